/* SPDX-License-Identifier: MIT */
/* See failed.h. */
#include "lttng/failed.h"

#include <lttng/lttng.h>

int lttng_failed(struct trouble *why, int rc, const char *what,
		 const char *name, const char *advice)
{
	/* At whatever step the session daemon notices. */
	if (rc == -LTTNG_ERR_NO_USTCONSUMERD)
		advice = "its consumer daemon has died: end lttng-sessiond, "
			 "and with it all its sessions, and begin again";
	return trouble(why, "%s %s: %s; %s", what, name, lttng_strerror(rc),
		       advice);
}
