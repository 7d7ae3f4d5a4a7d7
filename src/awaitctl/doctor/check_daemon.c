/* SPDX-License-Identifier: MIT */
/*
 * See checks.h: LTTng's session daemon, and where it puts its sockets. liblttng
 * -ctl asks that of root first if the user may, else the user's own.
 */
#define _GNU_SOURCE
#include "awaitctl/doctor/checks.h"

#include "common/elf_class.h"
#include "common/number.h"
#include "lttng/daemon.h"
#include "lttng/home.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define GROUP "tracing"

/* Seconds that a daemon has for its answer. */
enum { ANSWER_S = 10 };

/* --- the group tracing --- */

/* Whether this process is in the group: 1, 0, or -1 if it does not exist. */
static int in_group(const struct group *group)
{
	gid_t groups[1024];
	int count = getgroups(1024, groups);

	if (!group)
		return -1;
	for (int i = 0; i < count; i++)
		if (groups[i] == group->gr_gid)
			return 1;
	return getegid() == group->gr_gid;
}

static const char *user_name(uid_t uid, char text[64])
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(text, 64, "%s", user->pw_name);
	else
		snprintf(text, 64, "user %u", (unsigned)uid);
	return text;
}

static bool is_listed(const struct group *group, const char *user)
{
	for (char **member = group->gr_mem; *member; member++)
		if (!strcmp(*member, user))
			return true;
	return false;
}

static bool is_daemon_of_root(const char *process)
{
	char path[300], name[32] = "";
	struct stat status;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", process);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file) || fstat(fileno(file), &status))
		status.st_uid = 1;
	fclose(file);
	return status.st_uid == 0 && !strcmp(name, "lttng-sessiond\n");
}

/* Others may not look into its folder. */
static bool root_has_daemon(void)
{
	DIR *processes = opendir("/proc");
	const struct dirent *each;
	bool found = false;

	while (processes && !found && (each = readdir(processes)))
		found = isdigit((unsigned char)each->d_name[0]) &&
			is_daemon_of_root(each->d_name);
	if (processes)
		closedir(processes);
	return found;
}

void check_group(const struct doctor *doctor, struct finding *finding)
{
	const struct group *group = getgrnam(GROUP);
	int in = in_group(group);
	char user[64];

	(void)doctor;
	user_name(geteuid(), user);
	if (geteuid() == 0)
		found(finding, LEVEL_OK, "root needs none");
	else if (in > 0)
		found(finding, LEVEL_OK, "%s is in it", user);
	else if (in == 0 && is_listed(group, user))
		found(finding, LEVEL_WARNING,
		      "%s is in it, but this login began before: log in again, "
		      "or run newgrp " GROUP,
		      user);
	else if (root_has_daemon())
		found(finding, LEVEL_WARNING,
		      "%s is not in it, so awaitctl does not use the session "
		      "daemon of root and starts another: if it is to, "
		      "usermod -aG " GROUP " %s",
		      user, user);
	else
		found(finding, LEVEL_OK,
		      "%s is not in it and needs it only for a session daemon "
		      "of root",
		      user);
}

/* --- where the sockets are --- */

/* The folder of the sockets, or the nearest one above that there is, which it
 * would be made in. */
static int cannot_use(const char *folder)
{
	char path[PATH_MAX], *end;

	snprintf(path, sizeof(path), "%s", folder);
	/* LTTng makes one level. */
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		end = strrchr(path, '/');
		if (end && end != path)
			*end = '\0';
	}
	return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) ? errno : 0;
}

static void check_root_dir(struct finding *finding)
{
	int error = cannot_use(LTTNG_ROOT_DIR);

	if (error)
		found(finding, LEVEL_PROBLEM,
		      "the session daemon of root cannot write to " LTTNG_ROOT_DIR
		      ": %s; mount a tmpfs on /run",
		      strerror(error));
	else
		found(finding, LEVEL_OK, LTTNG_ROOT_DIR ", for root");
}

void check_home(const struct doctor *doctor, struct finding *finding)
{
	/* The longest path that LTTng makes below it. */
	static const char longest[] = "/ustconsumerd64/command";
	struct sockaddr_un address;
	const char *place = lttng_home();
	char folder[PATH_MAX];
	int error;

	(void)doctor;
	if (geteuid() == 0) {
		check_root_dir(finding);
		return;
	}
	if (!place) {
		found(finding, LEVEL_PROBLEM,
		      "there is none for the files of a session daemon: set "
		      "LTTNG_HOME to a folder of yours");
		return;
	}
	snprintf(folder, sizeof(folder), "%s/.lttng", place);
	error = cannot_use(folder);
	if (error)
		found(finding, LEVEL_PROBLEM,
		      "a session daemon cannot keep its files in %s: %s; set "
		      "LTTNG_HOME to a folder of yours, for awaitctl and for "
		      "what is traced",
		      folder, strerror(error));
	else if (strlen(folder) + sizeof(longest) > sizeof(address.sun_path))
		found(finding, LEVEL_PROBLEM,
		      "%s is too long for the names of sockets: set LTTNG_HOME "
		      "to a folder of at most %zu characters, for awaitctl and "
		      "for what is traced",
		      place,
		      sizeof(address.sun_path) - sizeof(longest) -
			      strlen("/.lttng"));
	else
		found(finding, LEVEL_OK, "%s", folder);
}

/* --- the session daemon --- */

/* The process id in a daemon's file; 0: it is not there. */
static pid_t pid_in(const char *folder)
{
	char path[PATH_MAX + 32], text[32] = "";
	uint64_t pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/lttng-sessiond.pid", folder);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
	return number_parse(text, 1, INT_MAX, &pid) ? (pid_t)pid : 0;
}

static pid_t daemon_pid(void)
{
	char folder[PATH_MAX];
	const char *place = lttng_home();
	pid_t pid = 0;

	if (geteuid() == 0 || in_group(getgrnam(GROUP)) > 0)
		pid = pid_in(LTTNG_ROOT_DIR);
	if (pid || geteuid() == 0 || !place)
		return pid;
	snprintf(folder, sizeof(folder), "%s/.lttng", place);
	return pid_in(folder);
}

/* Whose program's file was removed or replaced since it started. */
static bool is_outdated(pid_t pid)
{
	char path[64], program[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	length = readlink(path, program, sizeof(program) - 1);
	if (length < 0)
		return false;
	program[length] = '\0';
	return strstr(program, " (deleted)") != NULL;
}

static void describe(pid_t pid, struct finding *finding)
{
	char path[64], user[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (pid == 0 || stat(path, &status) != 0)
		found(finding, LEVEL_OK,
		      "one answers; which process it is stands in no file");
	else if (is_outdated(pid))
		found(finding, LEVEL_WARNING,
		      "process %d of %s answers, but its program was replaced "
		      "since it started: restart it, it may be of another "
		      "version than what it starts",
		      (int)pid, user_name(status.st_uid, user));
	else
		found(finding, LEVEL_OK, "process %d of %s answers", (int)pid,
		      user_name(status.st_uid, user));
}

void check_daemon(const struct doctor *doctor, struct finding *finding)
{
	struct trouble why;
	int alive = daemon_answers(doctor->host, ANSWER_S, &why);

	if (alive > 0)
		describe(daemon_pid(), finding);
	else if (alive < 0)
		found(finding, LEVEL_PROBLEM, "%s", why.text);
	else
		found(finding, LEVEL_OK,
		      "none runs; awaitctl record starts one for as long as it "
		      "records");
}

/* --- programs of 32 bits --- */

/* The one that LTTng is told of, or the usual one. */
static bool has_consumer(void)
{
	static const char *const usual[] = {
		"/usr/lib/i386-linux-gnu/lttng/libexec/lttng-consumerd",
		"/usr/lib32/lttng/libexec/lttng-consumerd",
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (access(usual[i], X_OK) == 0)
			return true;
	return false;
}

/* libawait itself is for 64 bits; a daemon of LTTng serves all programs. */
void check_consumer32(const struct doctor *doctor, struct finding *finding)
{
	static const char *const ust[] = {
		"/usr/lib/i386-linux-gnu/liblttng-ust.so.1",
		"/usr/lib32/liblttng-ust.so.1",
	};
	const char *consumer = getenv("LTTNG_CONSUMERD32_BIN");
	bool traced = elf_class_is_32(ust[0]) || elf_class_is_32(ust[1]);

	(void)doctor;
	if (consumer && access(consumer, X_OK) != 0)
		found(finding, LEVEL_WARNING,
		      "LTTNG_CONSUMERD32_BIN is %s: %s; unset it, or name the "
		      "lttng-consumerd of 32 bits",
		      consumer, strerror(errno));
	else if (consumer || has_consumer())
		found(finding, LEVEL_OK,
		      "LTTng has a consumer daemon for them");
	else if (traced)
		found(finding, LEVEL_WARNING,
		      "LTTng-UST is here for them, but no consumer daemon: "
		      "they are not recorded; install lttng-tools of 32 bits "
		      "and set LTTNG_CONSUMERD32_BIN to its lttng-consumerd");
	else
		found(finding, LEVEL_OK,
		      "there is no LTTng-UST for them, and libawait is for 64 "
		      "bits");
}
