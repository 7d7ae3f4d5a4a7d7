/* SPDX-License-Identifier: MIT */
/*
 * What was in a sub-buffer before it was begun: the packets of the laps before,
 * which LTTng's consumer daemon wrote to the stream's file, and behind their
 * ends those of laps before them. In the first lap all is 0.
 */
#pragma once

#include "ctf/shm_ring.h"

#include <stdint.h>

/* Fills `bytes`, of a sub-buffer's size, with what was there before the packet
 * of that number. Returns how many of the first bytes are known; 0 if there are
 * not enough steps. */
uint64_t older_bytes_read(const char *stream, const struct shm_ring *ring,
			  uint64_t size, uint64_t number, char *bytes,
			  struct steps *steps);
