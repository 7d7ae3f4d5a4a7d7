/* SPDX-License-Identifier: MIT */
/* See daemon.h. */
#define _GNU_SOURCE
#include "lttng/daemon.h"

#include "common/caller.h"
#include "lttng/request.h"

#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_MS = 10000, STOP_MS = 10000 };

void daemon_sleep(void)
{
	const struct timespec step = { .tv_nsec = DAEMON_STEP_MS * 1000000L };

	nanosleep(&step, NULL);
}

static int ask_alive(void *unused)
{
	(void)unused;
	return lttng_session_daemon_alive() == 1 ? 0 : EXIT_FAILED;
}

static int alive(void)
{
	return lttng_request(LTTNG_REQUEST_S, ask_alive, NULL,
			     "Continue or end it") == 0;
}

/*
 * In a session of its own, with all signals as they are by default and no
 * files of ours. Not by fork(): handlers that a process has for that (the
 * tracer's are slow) are none of a daemon's business. Returns its process id,
 * or a negative errno.
 */
static pid_t spawn(char *const argv[], int words)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	pid_t pid;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID |
						      POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, words, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, words, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	rc = posix_spawnp(&pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return rc ? -rc : pid;
}

int daemon_spawn(struct daemon *daemon, char *const argv[])
{
	int rc;

	*daemon = (struct daemon){
		.words = memfd_create(argv[0], MFD_CLOEXEC),
	};
	snprintf(daemon->name, sizeof(daemon->name), "%s", argv[0]);
	daemon->pid = spawn(argv, daemon->words);
	if (daemon->pid > 0)
		return 0;
	rc = daemon->pid;
	daemon->pid = 0;
	return rc;
}

/* Its first error, or whatever line it began with. */
void daemon_complain(const struct daemon *daemon, const char *advice)
{
	char words[4096] = "", *line;
	ssize_t length = pread(daemon->words, words, sizeof(words) - 1, 0);

	words[length > 0 ? length : 0] = '\0';
	line = strstr(words, "Error: ");
	if (!line)
		line = words;
	line[strcspn(line, "\n")] = '\0';
	say("%s does not start: %s; %s", daemon->name,
	    *line ? line : "it gives no reason", advice);
}

/* With what it started, its process group. SIGKILL, since one that is stopped
 * takes nothing else. */
static void kill_all(struct daemon *daemon)
{
	kill(-daemon->pid, SIGKILL);
	waitpid(daemon->pid, NULL, 0);
	daemon->pid = 0;
}

/* Our child is gone then, and what it may have left. */
bool daemon_ended(struct daemon *daemon)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)daemon->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == 0)
		return false;
	kill_all(daemon);
	return true;
}

void daemon_end(struct daemon *daemon)
{
	kill(daemon->pid, SIGTERM);
	for (int ms = 0; ms < STOP_MS; ms += DAEMON_STEP_MS) {
		if (daemon_ended(daemon))
			return;
		daemon_sleep();
	}
	kill_all(daemon);
	say("%s did not end within %d s and was killed", daemon->name,
	    STOP_MS / 1000);
}

static int wait_until_alive(struct daemon *daemon)
{
	for (int ms = 0; ms < START_MS; ms += DAEMON_STEP_MS) {
		if (alive())
			return 0;
		if (daemon_ended(daemon)) {
			/* Somebody else's may have been quicker. */
			if (alive())
				return 0;
			daemon_complain(daemon, "see `lttng-sessiond "
						"--no-kernel`, or ask for "
						"membership of the group "
						"tracing");
			return EXIT_FAILED;
		}
		daemon_sleep();
	}
	say("lttng-sessiond does not answer within %d s; see `lttng-sessiond "
	    "--no-kernel`",
	    START_MS / 1000);
	daemon_end(daemon);
	return EXIT_FAILED;
}

static int start(struct daemon *daemon)
{
	char name[] = "lttng-sessiond", no_kernel[] = "--no-kernel";
	char *const argv[] = { name, no_kernel, NULL };
	int rc;

	rc = daemon_spawn(daemon, argv);
	if (rc == 0)
		return wait_until_alive(daemon);
	if (rc == -ENOENT)
		say("no LTTng session daemon runs and lttng-sessiond is not "
		    "installed: install the package lttng-tools");
	else
		say("no LTTng session daemon runs and lttng-sessiond cannot "
		    "be started: %s; start one, or ask for membership of the "
		    "group tracing",
		    strerror(-rc));
	return EXIT_FAILED;
}

void daemon_close(struct daemon *daemon)
{
	if (daemon->words >= 0)
		close(daemon->words);
	daemon->words = -1;
}

int daemon_ensure(struct daemon *daemon)
{
	int rc;

	*daemon = (struct daemon){ .words = -1 };
	if (alive())
		return 0;
	if (lttng_is_stuck())
		return EXIT_FAILED;
	rc = start(daemon);
	if (rc)
		daemon_close(daemon);
	return rc;
}

static int ask_sessions(void *unused)
{
	struct lttng_session *sessions = NULL;
	int count = lttng_list_sessions(&sessions);

	(void)unused;
	free(sessions);
	return count > 0;
}

static int others_record(void)
{
	return lttng_request(LTTNG_REQUEST_S, ask_sessions, NULL,
			     "It is ended") &&
	       !lttng_is_stuck();
}

void daemon_release(struct daemon *daemon)
{
	if (daemon->pid > 0 && !daemon_ended(daemon)) {
		if (others_record())
			say("lttng-sessiond (process %d) is left running: "
			    "other sessions use it by now",
			    (int)daemon->pid);
		else if (lttng_is_stuck())
			kill_all(daemon);
		else
			daemon_end(daemon);
	}
	daemon_close(daemon);
}
