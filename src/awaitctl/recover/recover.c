/* SPDX-License-Identifier: MIT */
/* See recover.h. Everything below returns errors; only this file prints. */
#include "awaitctl/recover/recover.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/recover/recovery.h"
#include "awaitctl/recover/uncertain_text.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/output.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "lttng/session.h"

#include <stdio.h>
#include <string.h>

static int nothing_to_recover(const struct folder *output,
			      const char *directory)
{
	struct identity identity;

	if (folder_has(output, "ust") || identity_read(&identity, output)) {
		say("%s: there is nothing to recover; next: awaitctl report %s",
		    directory, directory);
		return 0;
	}
	say("%s is no recording: give the directory that awaitctl record made",
	    directory);
	return EXIT_FAILED;
}

static int without_buffers(struct shm_dir *dir, const struct lttng_host *host)
{
	struct recovery recovery = { .host = host };

	recover_without_buffers(&recovery, dir);
	return recovery.outcome == RECOVER_FAILED ? EXIT_FAILED : 0;
}

/* Returns the exit status. */
static int say_end(const struct recovery *recovery, const struct shm_dir *dir,
		   const char *directory)
{
	const struct salvaged *salvaged = &recovery->salvaged;
	char missing[RECOVER_TEXT], left[PATH_MAX + 64] = "";

	if (recovery->outcome == RECOVER_FAILED)
		return EXIT_FAILED;
	if (!uncertain_is_all(salvaged) &&
	    incomplete_is(directory, missing, sizeof(missing)))
		say("INCOMPLETE: %s", missing);
	if (salvaged->is_uncertain) {
		uncertain_text(missing, sizeof(missing), salvaged);
		say("a program died in the middle of an event: %s", missing);
	}
	if (!dir->ours)
		snprintf(left, sizeof(left),
			 " (from %s, which does not say whose it is and so "
			 "stays)",
			 dir->folder.path);
	say("recovered the trace in %s%s; next: awaitctl report %s", directory,
	    left, directory);
	return 0;
}

/* Only a session with the name of an identity that was proved is ended. */
static int with_buffers(struct shm_dir *dir, const char *directory,
			const struct lttng_host *host)
{
	struct session session = { .host = host,
				   .shm = dir->rings,
				   .where = dir->output->path };
	struct session_found found = { 0 };
	struct recovery recovery = { .host = host };
	struct trouble why;
	int left;

	snprintf(session.name, sizeof(session.name), "%s", shm_dir_name(dir));
	left = session_find(host, session.name, &found, &why);
	if (left < 0)
		say_trouble(&why);
	if (left > 0 && !dir->ours && !strcmp(found.path, session.where)) {
		say("LTTng's session %s still writes to %s, and does not say "
		    "that it is this recording's: `lttng destroy %s` first, if "
		    "it is",
		    session.name, directory, session.name);
		shm_dir_release(dir);
		return EXIT_FAILED;
	}
	recover_end(&recovery, left > 0 && dir->ours ? &session : NULL, dir);
	return say_end(&recovery, dir, directory);
}

static int recover_output(const struct output *output, const char *directory,
			  const struct lttng_host *host)
{
	struct shm_dir dir;
	struct trouble why;

	switch (shm_dir_find(&dir, &output->folder, &why)) {
	case SHM_DIR_NONE:
		return nothing_to_recover(&output->folder, directory);
	case SHM_DIR_GONE:
		return without_buffers(&dir, host);
	case SHM_DIR_FOREIGN:
		return say_trouble(&why);
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

int recover(const char *directory, const struct lttng_host *host)
{
	struct output output = { 0 };
	struct trouble why;
	int status;

	if (output_open(&output, directory, &why))
		return say_trouble(&why);
	signals_hold(false);
	status = recover_output(&output, directory, host);
	folder_close(&output.folder);
	return status;
}
