/* SPDX-License-Identifier: MIT */
/* See program.h. */
#define _GNU_SOURCE
#include "awaitctl/record/program.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/record/spawn.h"
#include "awaitctl/tracedir/identity.h"
#include "common/elf_class.h"
#include "lttng/consumer32.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* LTTng's own 3 s are for programs that nobody wants to record: on a busy
 * machine it goes on unrecorded when they are over. */
#define REGISTER "LTTNG_UST_REGISTER_TIMEOUT"
#define PATIENCE_MS "10000"

/* Returns 0, or the errno with which executing path would fail. */
static int executable(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	return access(path, X_OK) < 0 ? errno : 0;
}

/* Searches like execvp(): an empty element of PATH is the current directory,
 * and a file that may not be executed is passed over for one that may. */
static int search_path(const char *name, char path[PATH_MAX])
{
	const char *next = getenv("PATH");
	int error = ENOENT;

	if (!next)
		next = "/bin:/usr/bin";
	while (next) {
		const char *end = strchrnul(next, ':');
		int found;

		snprintf(path, PATH_MAX, "%.*s%s%s", (int)(end - next), next,
			 end == next ? "" : "/", name);
		found = executable(path);
		if (found == 0)
			return 0;
		/* A directory that may not be searched is no answer. */
		if (found == EACCES && access(path, F_OK) == 0)
			error = EACCES;
		next = *end ? end + 1 : NULL;
	}
	return error;
}

static int cannot_start(const char *name, int error, struct trouble *why)
{
	if (error == ENOENT && !strchr(name, '/'))
		return trouble(why,
			       "cannot start %s: PATH has no such program; "
			       "give its path",
			       name);
	if (error == EACCES)
		return trouble(why,
			       "cannot start %s: you may not execute it "
			       "(chmod +x?)",
			       name);
	return trouble(why, "cannot start %s: %s; check the path and the file",
		       name, strerror(error));
}

int program_check(const char *name, struct trouble *why)
{
	char path[PATH_MAX];
	int error =
		strchr(name, '/') ? executable(name) : search_path(name, path);

	return error ? cannot_start(name, error, why) : 0;
}

void program_say_class(const char *name, const struct lttng_host *host)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", name);
	if (!strchr(name, '/') && search_path(name, path))
		return;
	if (elf_class_is_32(path) && consumer32_is_missing(host))
		say("%s is a 32-bit program, and LTTng's session daemon has no "
		    "consumer for those: its awaits cannot be recorded, only "
		    "those of 64-bit programs that it starts; %s",
		    name, CONSUMER32_ADVICE);
}

size_t program_settings(struct setting settings[SETTINGS_MAX],
			const struct record_options *options,
			const char *recordings)
{
	const char *chosen = getenv("LIBAWAIT_TRACE");
	const char *patience = getenv(REGISTER);
	size_t count = 0;

	settings[count++] =
		(struct setting){ "LIBAWAIT_TRACE", chosen ? chosen : "1" };
	settings[count++] = (struct setting){ IDENTITY_VARIABLE, recordings };
	settings[count++] =
		(struct setting){ REGISTER, patience ? patience : PATIENCE_MS };
	if (options->depth)
		settings[count++] = (struct setting){ "LIBAWAIT_TRACE_DEPTH",
						      options->depth };
	if (options->channels.blocking)
		settings[count++] =
			(struct setting){ "LTTNG_UST_ALLOW_BLOCKING", "1" };
	return count;
}

struct start {
	const struct record_options *options;
	const struct identity *identity;
};

static void prepare(void *data)
{
	const struct start *start = data;
	char recordings[IDENTITY_ENVIRONMENT_SIZE];
	struct setting settings[SETTINGS_MAX];
	size_t count;

	identity_environment(start->identity, recordings);
	count = program_settings(settings, start->options, recordings);
	for (size_t i = 0; i < count; i++)
		setenv(settings[i].name, settings[i].value, 1);
}

int program_start(pid_t *pid, const struct record_options *options,
		  const struct identity *identity, char *const argv[],
		  struct trouble *why)
{
	struct start start = { options, identity };

	*pid = spawn(argv, prepare, &start);
	return *pid < 0 ? cannot_start(argv[0], -*pid, why) : 0;
}

/*
 * The kernel itself sends the signals of keys that are typed at a terminal, to
 * the whole foreground process group: the program has them already, and must
 * not get them twice. A signal from another process is passed on; whether it
 * was sent to the group as well cannot be seen.
 */
static void pass_on(pid_t pid, int signal, const siginfo_t *info)
{
	if (info->si_code != SI_KERNEL)
		kill(pid, signal);
}

int program_wait(pid_t pid, void (*snapshot)(struct session *),
		 struct session *session)
{
	siginfo_t info;
	int status, stops = 0;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		int signal = signals_next(-1, &info);

		if (signal == 0 || signal == SIGCHLD)
			continue;
		if (signal == SIGUSR1)
			snapshot(session);
		else if (stops++ == 0)
			pass_on(pid, signal, &info);
		else
			kill(pid, SIGKILL);
	}
	/* A signal that was sent to the whole group and ended the program is
	 * no second request, to give up its trace, too. */
	while (signals_take_stop())
		continue;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
