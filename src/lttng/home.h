/* SPDX-License-Identifier: MIT */
/* Where LTTng's session daemons have their sockets. */
#pragma once

/* Root's has them here. */
#define LTTNG_ROOT_DIR "/var/run/lttng"

/* Those of others have them in ".lttng" below this, as LTTng chooses it; NULL
 * if there is none. */
const char *lttng_home(void);
