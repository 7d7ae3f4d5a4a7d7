/* SPDX-License-Identifier: MIT */
/* What is whole of a packet that a stream's file ends in. */
#pragma once

#include "ctf/metadata_layout.h"

#include <stdint.h>

/* Of the bytes of a packet that are there, which begin with its head: how many
 * are the head and whole events; 0 if not even the head is there. word: the
 * program's, in bytes. Without layouts only a packet whose events are all there
 * is whole. */
uint64_t torn_packet_content(const struct event_layouts *layouts,
			     const char *bytes, uint64_t size, unsigned word);
