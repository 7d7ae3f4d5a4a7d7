/* SPDX-License-Identifier: MIT */
/* See failed.h. */
#include "lttng/failed.h"

#include <lttng/lttng.h>

int lttng_failed(struct trouble *why, int rc, const char *what,
		 const char *name, const char *advice)
{
	return trouble(why, "%s %s: %s; %s", what, name, lttng_strerror(rc),
		       advice);
}
