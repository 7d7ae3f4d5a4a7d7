/* SPDX-License-Identifier: MIT */
/* See recover.h. Everything below returns errors; only this file prints. */
#include "awaitctl/recover/recover.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/recover/recovery.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "lttng/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int nothing_to_recover(const char *directory)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/ust", directory);
	if (access(path, F_OK) == 0) {
		say("%s: there is nothing to recover; next: awaitctl report %s",
		    directory, directory);
		return 0;
	}
	say("%s is no recording: give the directory that awaitctl record made",
	    directory);
	return EXIT_FAILED;
}

static int without_buffers(struct shm_dir *dir, const char *directory,
			   const struct lttng_host *host)
{
	struct recovery recovery = { .host = host };

	recover_without_buffers(&recovery, dir, directory);
	return recovery.outcome == RECOVER_FAILED ? EXIT_FAILED : 0;
}

static int with_buffers(struct shm_dir *dir, const char *directory,
			const struct lttng_host *host)
{
	struct session session = { .host = host,
				   .shm = dir->path,
				   .where = directory };
	struct recovery recovery = { .host = host };
	struct trouble why;
	char missing[256];
	int left;

	snprintf(session.name, sizeof(session.name), "%s", shm_dir_name(dir));
	left = session_find(host, session.name, NULL, &why);
	if (left < 0)
		say_trouble(&why);
	recover_end(&recovery, left > 0 ? &session : NULL, dir, directory);
	if (recovery.outcome == RECOVER_FAILED)
		return EXIT_FAILED;
	if (incomplete_is(directory, missing, sizeof(missing)))
		say("INCOMPLETE: %s", missing);
	if (recovery.salvaged.uncertain)
		say("a program died in the middle of an event: " RECOVER_UNCERTAIN_WORDS);
	say("recovered the trace in %s; next: awaitctl report %s", directory,
	    directory);
	return 0;
}

int recover(const char *directory, const struct lttng_host *host)
{
	char output[PATH_MAX];
	struct shm_dir dir;

	if (!realpath(directory, output)) {
		say("cannot read %s: %s; give the directory that awaitctl "
		    "record made",
		    directory, strerror(errno));
		return EXIT_FAILED;
	}
	signals_hold(false);
	switch (shm_dir_find(&dir, output)) {
	case SHM_DIR_NONE:
		return nothing_to_recover(directory);
	case SHM_DIR_GONE:
		return without_buffers(&dir, directory, host);
	case SHM_DIR_LOCKED:
		shm_dir_release(&dir);
		say("%s is being recorded or recovered: let that end first",
		    directory);
		return EXIT_FAILED;
	case SHM_DIR_FOUND:
		break;
	}
	return with_buffers(&dir, directory, host);
}
