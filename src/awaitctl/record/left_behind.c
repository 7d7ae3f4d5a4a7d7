/* SPDX-License-Identifier: MIT */
/*
 * A program may end before processes that it has started, as daemons leave
 * their parent. Those of them that are recorded are known by the recording's
 * tag in their environment, and by the tracer among their files. A process that
 * writes over its environment, as some do to change what `ps` shows, is missed.
 */
#define _GNU_SOURCE
#include "awaitctl/record/left_behind.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/record/proc_file.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

enum { STEP_MS = 50, LEFT_MAX = 64, NAMED_MAX = 8 };

struct left_behind {
	size_t count;		   /* of all */
	int pidfds[LEFT_MAX];	   /* of the first */
	char names[NAMED_MAX][64]; /* "NAME (PID)" */
};

static bool is_left(pid_t pid, const char *tag)
{
	char variable[sizeof(IDENTITY_VARIABLE) + IDENTITY_ENVIRONMENT_SIZE];
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file = proc_open(pid, "environ");

	snprintf(variable, sizeof(variable), "%s=", IDENTITY_VARIABLE);
	while (file && !found && getdelim(&line, &size, '\0', file) > 0)
		found = !strncmp(line, variable, strlen(variable)) &&
			strstr(line, tag);
	free(line);
	if (file)
		fclose(file);
	return found && proc_contains(pid, "maps", '\n', "/libawait-lttng.so");
}

static void add(struct left_behind *left, pid_t pid)
{
	char command[32];
	int pidfd;

	if (left->count < LEFT_MAX) {
		pidfd = pidfd_open(pid, 0);
		if (pidfd < 0)
			return; /* it has just ended */
		left->pidfds[left->count] = pidfd;
	}
	if (left->count < NAMED_MAX) {
		proc_command(pid, command, sizeof(command));
		snprintf(left->names[left->count], sizeof(left->names[0]),
			 "%s (%d)", command, (int)pid);
	}
	left->count++;
}

static void find(struct left_behind *left, const struct identity *identity)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	char tag[IDENTITY_TAG_LENGTH + 1];

	*left = (struct left_behind){ 0 };
	snprintf(tag, sizeof(tag), "%.*s", IDENTITY_TAG_LENGTH, identity->text);
	while (proc && (entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && is_left(pid, tag))
			add(left, pid);
	}
	if (proc)
		closedir(proc);
}

static void say_left(const struct left_behind *left, bool wait)
{
	char names[NAMED_MAX * 72] = "";
	size_t length = 0;

	for (size_t i = 0; i < left->count && i < NAMED_MAX; i++)
		length +=
			(size_t)snprintf(names + length, sizeof(names) - length,
					 "%s%s", i ? ", " : "", left->names[i]);
	if (left->count > NAMED_MAX)
		snprintf(names + length, sizeof(names) - length, ", ...");
	say("the program has ended, and traced processes of it still run: %zu, "
	    "%s; %s",
	    left->count, names,
	    wait ? "recording until they end, or Ctrl-C" :
		   "what they do from now on is not recorded; see --wait");
}

static bool is_any_left(const struct left_behind *left)
{
	for (size_t i = 0; i < left->count && i < LEFT_MAX; i++) {
		struct pollfd ended = { .fd = left->pidfds[i],
					.events = POLLIN };

		if (poll(&ended, 1, 0) == 0)
			return true;
	}
	return false;
}

static void forget(struct left_behind *left)
{
	for (size_t i = 0; i < left->count && i < LEFT_MAX; i++)
		close(left->pidfds[i]);
	left->count = 0;
}

/* Returns false if a signal asks to stop. */
static bool wait_for(const struct left_behind *left,
		     void (*snapshot)(struct session *),
		     struct session *session)
{
	siginfo_t info;

	while (is_any_left(left)) {
		int signal = signals_next(STEP_MS, &info);

		if (signal == SIGUSR1)
			snapshot(session);
		else if (signal && signal != SIGCHLD)
			return false;
	}
	return true;
}

void left_behind_check(const struct identity *identity, bool wait,
		       void (*snapshot)(struct session *),
		       struct session *session)
{
	struct left_behind left;
	bool goes_on = true, said = false;

	find(&left, identity);
	/* Those that are there may start others. */
	while (left.count && goes_on) {
		if (!said)
			say_left(&left, wait);
		said = true;
		goes_on = wait && wait_for(&left, snapshot, session);
		forget(&left);
		if (goes_on)
			find(&left, identity);
	}
	forget(&left);
}
