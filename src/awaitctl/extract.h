/* SPDX-License-Identifier: MIT */
/*
 * Makes traces of the files of ring buffers: what was committed by whoever
 * died, and not yet read by LTTng's consumer daemon. lttng-crash(1) does so
 * too, up to the first event that is missing in a sub-buffer, and not beyond a
 * sub-buffer that begins with one.
 */
#pragma once

#include <stdbool.h>

/*
 * Copies from there to a new directory. Returns 0, or says what failed and
 * returns EXIT_FAILED. Sets *unsure if it can't be told whether there was more
 * than was found.
 */
int extract(const char *from, const char *to, bool *unsure);
