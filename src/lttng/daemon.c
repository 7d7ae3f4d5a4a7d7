/* SPDX-License-Identifier: MIT */
/* See daemon.h. */
#define _GNU_SOURCE
#include "lttng/daemon.h"

#include "lttng/home.h"
#include "lttng/request.h"
#include "lttng/session_count.h"

#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_MS = 10000, AGAIN_MS = 500, STOP_MS = 10000, ADVICE_SIZE = 256 };

void daemon_sleep(void)
{
	const struct timespec step = { .tv_nsec = DAEMON_STEP_MS * 1000000L };

	nanosleep(&step, NULL);
}

static int check_alive(void *unused, struct trouble *why)
{
	(void)unused;
	(void)why;
	return lttng_session_daemon_alive() == 1;
}

/* 1 if a session daemon runs, 0 if none does, -1 if it does not answer. */
static int is_alive(const struct lttng_host *host, struct trouble *why)
{
	const struct lttng_request request = { .run = check_alive };

	return lttng_request(host, &request, why);
}

/*
 * Starts it in a session of its own, with the default actions of all signals
 * and none of our files. Not by fork(), which would call the handlers that the
 * process has for that, of which the tracer's are slow. Returns its process id,
 * or a negative errno.
 */
static pid_t spawn(char *const argv[], int output)
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
	posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	rc = posix_spawnp(&pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return rc ? -rc : pid;
}

int daemon_spawn(struct daemon *daemon, const struct lttng_host *host,
		 char *const argv[])
{
	int rc;

	*daemon = (struct daemon){
		.host = host,
		.lock.fd = -1,
		.output = memfd_create(argv[0], MFD_CLOEXEC),
	};
	snprintf(daemon->name, sizeof(daemon->name), "%s", argv[0]);
	daemon->pid = spawn(argv, daemon->output);
	if (daemon->pid > 0)
		return 0;
	rc = daemon->pid;
	daemon->pid = 0;
	return rc;
}

/* What lttng-sessiond calls an error, from 2.14 on with the time and the thread
 * before it: `ERR - 12:34:56.789012345 [Main]: Unable ...`. */
static char *find_error(char *output)
{
	char *line = strstr(output, "Error: "), *after;

	if (line)
		return line;
	line = strstr(output, "ERR - ");
	after = line ? strstr(line, "]: ") : NULL;
	return after && after < line + strcspn(line, "\n") ? after + 3 : output;
}

/* The error has its first line with an error, or else the first line. */
int daemon_failed(const struct daemon *daemon, const char *advice,
		  struct trouble *why)
{
	char output[4096] = "", *line;
	ssize_t length = pread(daemon->output, output, sizeof(output) - 1, 0);

	output[length > 0 ? length : 0] = '\0';
	line = find_error(output);
	line[strcspn(line, "\n")] = '\0';
	return trouble(why, "%s does not start: %s; %s", daemon->name,
		       *line ? line : "it gives no reason", advice);
}

/* Kills its process group, which has what it started, too. By SIGKILL, the only
 * signal that reaches a process that is stopped. */
static void kill_all(struct daemon *daemon)
{
	kill(-daemon->pid, SIGKILL);
	waitpid(daemon->pid, NULL, 0);
	daemon->pid = 0;
}

/* If it has, its zombie and what it may have left are removed. */
bool daemon_has_ended(struct daemon *daemon)
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
		if (daemon_has_ended(daemon))
			return;
		daemon_sleep();
	}
	kill_all(daemon);
	lttng_host_note(daemon->host,
			"%s did not end within %d s and was killed",
			daemon->name, STOP_MS / 1000);
}

/* Whether it ended since there is another one. Either somebody else has started
 * that meanwhile, and it is about to answer; or it was killed, and a process
 * that it had forked has its sockets and its lock for a moment. */
static bool is_second(const struct daemon *daemon)
{
	char output[4096] = "";

	return pread(daemon->output, output, sizeof(output) - 1, 0) > 0 &&
	       (strstr(output, "A session daemon is already running") ||
		strstr(output, "another instance is running"));
}

/* Root of a user namespace that is not the machine's. */
static bool is_namespace_root(void)
{
	FILE *file = getuid() == 0 ? fopen("/proc/self/uid_map", "re") : NULL;
	unsigned long inside = 0, outside = 0, count = UINT32_MAX;

	if (!file)
		return false;
	if (fscanf(file, "%lu %lu %lu", &inside, &outside, &count) != 3)
		count = UINT32_MAX;
	fclose(file);
	return count != UINT32_MAX;
}

/* What to do when it does not start. */
static void advise(char advice[ADVICE_SIZE])
{
	const char *home = lttng_home();

	if (is_namespace_root() && access(LTTNG_ROOT_DIR, W_OK) < 0)
		snprintf(
			advice, ADVICE_SIZE,
			"root of a user namespace may not write to " LTTNG_ROOT_DIR
			", where LTTng has root's sockets: be "
			"yourself there (unshare --map-current-user)");
	else if (getuid() != 0 && (!home || access(home, W_OK | X_OK) < 0))
		snprintf(advice, ADVICE_SIZE,
			 "LTTng has its sockets below HOME, where you may not "
			 "write: set LTTNG_HOME to a directory of yours");
	else
		snprintf(advice, ADVICE_SIZE,
			 "see `lttng-sessiond --no-kernel`, or ask for "
			 "membership of the group tracing");
}

void daemon_close(struct daemon *daemon)
{
	if (daemon->output >= 0)
		close(daemon->output);
	daemon->output = -1;
}

/* Starts it again as long as another one is in its place that does not answer.
 * Returns 0, or -1: then it has ended. */
static int wait_until_alive(struct daemon *daemon, char *const argv[],
			    struct trouble *why)
{
	char advice[ADVICE_SIZE];
	int again = AGAIN_MS;

	for (int ms = 0; ms < START_MS; ms += DAEMON_STEP_MS) {
		bool ended = !daemon->pid || daemon_has_ended(daemon);
		int alive = is_alive(daemon->host, why);

		if (alive > 0)
			return 0;
		if (alive < 0) {
			if (!ended)
				kill_all(daemon);
			return -1;
		}
		if (ended && !is_second(daemon)) {
			advise(advice);
			return daemon_failed(daemon, advice, why);
		}
		if (ended && ms >= again) {
			again += AGAIN_MS;
			daemon_close(daemon);
			daemon_spawn(daemon, daemon->host, argv);
		}
		daemon_sleep();
	}
	if (daemon->pid)
		daemon_end(daemon);
	advise(advice);
	return trouble(why, "lttng-sessiond does not answer within %d s; %s",
		       START_MS / 1000, advice);
}

static int start(struct daemon *daemon, struct trouble *why)
{
	char name[] = "lttng-sessiond", no_kernel[] = "--no-kernel";
	char *const argv[] = { name, no_kernel, NULL };
	int rc;

	rc = daemon_spawn(daemon, daemon->host, argv);
	if (rc == 0)
		return wait_until_alive(daemon, argv, why);
	if (rc == -ENOENT)
		return trouble(why,
			       "no LTTng session daemon runs and "
			       "lttng-sessiond is not installed: install the "
			       "package lttng-tools");
	return trouble(why,
		       "no LTTng session daemon runs and lttng-sessiond cannot "
		       "be started: %s; start one, or ask for membership of "
		       "the group tracing",
		       strerror(-rc));
}

int daemon_ensure(struct daemon *daemon, const struct lttng_host *host,
		  struct trouble *why)
{
	struct daemon_lock lock;
	int rc;

	daemon_lock_take(&lock, host);
	*daemon = (struct daemon){ .host = host, .output = -1 };
	rc = is_alive(host, why);
	if (rc == 0)
		rc = start(daemon, why);
	if (rc < 0) {
		daemon_close(daemon);
		daemon_lock_release(&lock);
		return -1;
	}
	daemon->lock = lock;
	return 0;
}

void daemon_is_used(struct daemon *daemon)
{
	daemon_lock_release(&daemon->lock);
}

static int count_sessions(void *unused, struct trouble *why)
{
	(void)unused;
	return session_count(NULL, why);
}

/* To be alive is to have a socket, which the kernel answers for. */
static int check_answer(void *unused, struct trouble *why)
{
	if (lttng_session_daemon_alive() != 1)
		return 0;
	count_sessions(unused, why);
	return 1;
}

int daemon_answers(const struct lttng_host *host, int seconds,
		   struct trouble *why)
{
	const struct lttng_request request = { .run = check_answer,
					       .seconds = seconds };

	return lttng_request(host, &request, why);
}

/* daemon is ours and runs. One that answers nobody is of no use to others, who
 * may record with one that does not say whether they do. */
static void end_unless_used(struct daemon *daemon)
{
	const struct lttng_request request = { .run = count_sessions,
					       .advice = "It is ended" };
	struct trouble why;
	int sessions = lttng_request(daemon->host, &request, &why);

	if (sessions < 0) {
		lttng_host_note_trouble(daemon->host, &why);
		if (lttng_is_stuck())
			kill_all(daemon);
		else if (!daemon_has_ended(daemon))
			lttng_host_note(daemon->host,
					"lttng-sessiond (process %d) is left "
					"running: it does not say whether "
					"other sessions use it",
					(int)daemon->pid);
	} else if (sessions > 0) {
		lttng_host_note(daemon->host,
				"lttng-sessiond (process %d) is left running: "
				"other sessions use it by now",
				(int)daemon->pid);
	} else {
		daemon_end(daemon);
	}
}

bool daemon_lock_ours(struct daemon *daemon)
{
	if (daemon->pid <= 0 || daemon_has_ended(daemon))
		return false;
	if (daemon->lock.fd < 0)
		daemon_lock_take(&daemon->lock, daemon->host);
	return true;
}

void daemon_release(struct daemon *daemon)
{
	if (daemon_lock_ours(daemon))
		end_unless_used(daemon);
	daemon_lock_release(&daemon->lock);
	daemon_close(daemon);
}
