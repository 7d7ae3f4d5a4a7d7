/* SPDX-License-Identifier: MIT */
/* See consumers.h. */
#define _GNU_SOURCE
#include "lttng/consumers.h"

#include "lttng/daemon.h"

#include <dirent.h>
#include <lttng/health.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define NAME "lttng-consumerd\n"

/* What LTTng would take otherwise. */
enum { PATIENCE_MS = 500 };

bool consumers_live(void)
{
	struct lttng_health *health = lttng_health_create_consumerd(
		sizeof(void *) == 8 ? LTTNG_HEALTH_CONSUMERD_UST_64 :
				      LTTNG_HEALTH_CONSUMERD_UST_32);
	bool lives = health && lttng_health_query(health) == 0;

	lttng_health_destroy(health);
	return lives;
}

static bool is_consumer(pid_t pid)
{
	char path[64], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		*name = '\0';
	fclose(file);
	return strcmp(name, NAME) == 0;
}

/* Opened before it is looked at, it is no other process meanwhile. */
static void end_consumer(pid_t pid)
{
	int process = pidfd_open(pid, 0);

	if (process < 0)
		return;
	if (is_consumer(pid))
		pidfd_send_signal(process, SIGTERM, NULL, 0);
	close(process);
}

/* Those that one thread has started. */
static void end_children(pid_t process, const char *thread)
{
	char path[320];
	FILE *file;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/children", (int)process,
		 thread);
	file = fopen(path, "re");
	while (file && fscanf(file, "%d", &child) == 1)
		end_consumer(child);
	if (file)
		fclose(file);
}

void consumers_end(pid_t session_daemon)
{
	const struct dirent *entry;
	char path[64];
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)session_daemon);
	threads = opendir(path);
	while (threads && (entry = readdir(threads)))
		if (*entry->d_name != '.')
			end_children(session_daemon, entry->d_name);
	if (threads)
		closedir(threads);
	/* Whoever has understood the signal does not answer any more. */
	for (int ms = 0; ms < PATIENCE_MS && consumers_live();
	     ms += DAEMON_STEP_MS)
		daemon_sleep();
}
