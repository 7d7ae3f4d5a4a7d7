/* SPDX-License-Identifier: MIT */
/*
 * The file `metadata` of a trace: packets of text. babeltrace2 2.0 never
 * returns from one that ends within a packet; so it is checked first.
 */
#pragma once

#include <stdbool.h>

/* False if it ends within a packet, or is empty. Everything else is
 * babeltrace2's to judge. */
bool metadata_is_whole(const char *path);
