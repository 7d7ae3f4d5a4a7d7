/* SPDX-License-Identifier: MIT */
/* See session_flush.h. */
#include "lttng/session_flush.h"

#include "lttng/request.h"

#include <fts.h>
#include <lttng/lttng.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

/* A disk may take seconds for a write; a consumer that has data and does not
 * begin to write is stuck. Nothing is lost if it is taken for stuck too early:
 * what it writes later is in the buffers, too. */
enum { STEP_MS = 10, LOOK_MS = 250, STILL_MS = 1000, DATA_MS = 60000 };

static off_t count_written(const char *path)
{
	char *const paths[] = { (char *)path, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry;
	off_t bytes = 0;

	if (!tree)
		return 0;
	while ((entry = fts_read(tree)))
		if (entry->fts_info == FTS_F)
			bytes += entry->fts_statp->st_size;
	fts_close(tree);
	return bytes;
}

int session_flush_wait(const struct lttng_host *host, const char *session,
		       const char *path)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	off_t before = -1;
	int still_ms = 0;

	for (int ms = 0; ms < DATA_MS; ms += STEP_MS) {
		int rc = lttng_data_pending(session);

		if (rc <= 0)
			return rc;
		if (lttng_host_stop_requested(host))
			break;
		if (path && ms % LOOK_MS == 0) {
			off_t now = count_written(path);

			still_ms = now == before ? still_ms + LOOK_MS : 0;
			before = now;
			if (still_ms >= STILL_MS)
				return SESSION_FLUSH_STUCK;
		}
		lttng_request_restart_timeout();
		nanosleep(&step, NULL);
	}
	return SESSION_FLUSH_PENDING;
}
