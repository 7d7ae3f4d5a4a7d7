/* SPDX-License-Identifier: MIT */
/*
 * Makes traces of the files of ring buffers: what was committed by whoever
 * died, and not yet read by LTTng's consumer daemon. lttng-crash(1) does so
 * too, up to the first event that is missing in a sub-buffer, and not beyond a
 * sub-buffer that begins with one.
 */
#pragma once

#include "ctf/unconsumed.h"

#include <stdbool.h>

struct salvaged {
	bool torn;	/* somebody died in the middle of an event */
	bool uncertain; /* it can't be told whether there was more */
	struct unconsumed unconsumed;
};

/*
 * Copies from there to a new directory what the traces in written lack (see
 * unconsumed.h). Returns 0, or says what failed and returns EXIT_FAILED.
 */
int salvage(const char *from, const char *to, const char *written,
	    struct salvaged *salvaged);
