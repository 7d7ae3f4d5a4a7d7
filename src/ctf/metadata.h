/* SPDX-License-Identifier: MIT */
/*
 * The file `metadata` of a trace: packets of text. babeltrace2 2.0 never comes
 * back from one that ends within a packet, so that is looked for before.
 */
#pragma once

#include <stdbool.h>

/* False if it ends too early. Anything else is babeltrace2's to judge. */
bool metadata_is_whole(const char *path);
