/* SPDX-License-Identifier: MIT */
/* See checks.h: what the machine, or the container, allows. */
#define _GNU_SOURCE
#include "awaitctl/doctor/checks.h"

#include "lttng/channels_plan.h"
#include "process/procmem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHM "/dev/shm"

/* --- /dev/shm --- */

/* A file without a name is gone once it is closed. */
static int cannot_write(void)
{
	int fd = open(SHM, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	/* A file system that knows no such files. */
	if (errno == EOPNOTSUPP || errno == EISDIR)
		return access(SHM, W_OK | X_OK) ? errno : 0;
	return errno;
}

/* What the buffers of a recording without options need. */
static int check_room(struct trouble *why)
{
	struct channels_room room = channels_measure_room();
	struct channel plan[CHANNELS_MAX];
	size_t count = channels_plan(plan, &channels_usual, &room);

	return channels_check_room(plan, count, &room, why);
}

void check_shm(const struct doctor *doctor, struct finding *finding)
{
	struct statvfs status;
	struct trouble why;
	int error;

	(void)doctor;
	if (statvfs(SHM, &status) != 0) {
		found(finding, LEVEL_PROBLEM,
		      "is not there: %s; LTTng's buffers lie in it: "
		      "mount -t tmpfs -o mode=1777 tmpfs " SHM,
		      strerror(errno));
		return;
	}
	error = cannot_write();
	if (error) {
		found(finding, LEVEL_PROBLEM,
		      "cannot be written to: %s; LTTng's buffers lie in it: "
		      "%s",
		      strerror(error),
		      error == EROFS  ? "mount -o remount,rw " SHM :
		      error == ENOSPC ? "remove what fills it, or "
					"mount -o remount,nr_inodes=0 " SHM :
					"chmod 1777 " SHM);
		return;
	}
	if (check_room(&why)) {
		found(finding, LEVEL_PROBLEM,
		      "%s: mount -o remount,size=1G " SHM
		      ", docker run --shm-size=1g",
		      why.text);
		return;
	}
	found(finding, LEVEL_OK, "%" PRIu64 " MiB, %" PRIu64 " MiB free",
	      (uint64_t)status.f_blocks * status.f_frsize >> 20,
	      (uint64_t)status.f_bavail * status.f_frsize >> 20);
}

/* --- membarrier(2) --- */

void check_membarrier(const struct doctor *doctor, struct finding *finding)
{
	long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	(void)doctor;
	if (commands < 0)
		found(finding, LEVEL_PROBLEM,
		      "is refused: %s; programs run untraced: in a container, "
		      "use a seccomp profile that allows it, else a kernel "
		      "that has it (4.14 or later)",
		      strerror(errno));
	else if (!(commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED))
		found(finding, LEVEL_PROBLEM,
		      "the kernel has it without PRIVATE_EXPEDITED; programs "
		      "run untraced: use Linux 4.14 or later");
	else
		found(finding, LEVEL_OK, "the kernel has it");
}

/* --- ptrace --- */

/* Errors of what awaitctl ps and gdb do to a process; 0: it is allowed. */
struct looks {
	int read, attach;
};

static const char secret[] = "of the child";

/* At a child that does nothing. The parent's end of the pipe keeps it alive. */
static void look_at(pid_t child, struct looks *looks)
{
	char seen[sizeof(secret)];
	struct iovec local = { seen, sizeof(seen) };
	struct iovec remote = { (void *)(uintptr_t)secret, sizeof(secret) };

	errno = 0;
	if (process_vm_readv(child, &local, 1, &remote, 1, 0) !=
	    (ssize_t)sizeof(secret))
		looks->read = errno ? errno : EIO;
	if (ptrace(PTRACE_SEIZE, child, NULL, NULL) != 0)
		looks->attach = errno;
}

/* Returns 0, or the errno for which there is no child. */
static int try_a_child(struct looks *looks)
{
	int alive[2], error = 0;
	pid_t child;
	char byte;

	if (pipe2(alive, O_CLOEXEC))
		return errno;
	child = fork();
	if (child == 0) {
		close(alive[1]);
		while (read(alive[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	if (child < 0)
		error = errno;
	else
		look_at(child, looks);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	close(alive[0]);
	close(alive[1]);
	return error;
}

/* CAP_SYS_PTRACE among the effective ones; true if that is not known. */
static bool may_look_at_all(void)
{
	enum { CAP_SYS_PTRACE_BIT = 19 };
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t effective = UINT64_MAX;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %" SCNx64, &effective) == 1)
			break;
	if (file)
		fclose(file);
	return effective >> CAP_SYS_PTRACE_BIT & 1;
}

static void judge_scope(int scope, struct finding *finding)
{
	if (scope == 0 || (scope < 3 && may_look_at_all()))
		found(finding, LEVEL_OK,
		      "processes can be read and stopped (tried on a child)");
	else if (scope == 1)
		found(finding, LEVEL_WARNING,
		      "a process can be looked at by its parent alone "
		      "(kernel.yama.ptrace_scope is 1): gdb PROGRAM works; for "
		      "awaitctl ps and gdb -p be root, or "
		      "sysctl kernel.yama.ptrace_scope=0");
	else if (scope == 2)
		found(finding, LEVEL_PROBLEM,
		      "no process can be looked at (kernel.yama.ptrace_scope "
		      "is 2): be root, or sysctl kernel.yama.ptrace_scope=0");
	else
		found(finding, LEVEL_PROBLEM,
		      "no process can be looked at, not even by root "
		      "(kernel.yama.ptrace_scope is %d): set it to 0 in "
		      "/etc/sysctl.d and restart the machine",
		      scope);
}

void check_ptrace(const struct doctor *doctor, struct finding *finding)
{
	struct looks looks = { 0 };
	int error = try_a_child(&looks), scope = memory_ptrace_scope();

	(void)doctor;
	if (error)
		found(finding, LEVEL_UNKNOWN, "no child to try it on: %s",
		      strerror(error));
	else if (scope < 2 && (looks.read || looks.attach))
		found(finding, LEVEL_PROBLEM,
		      "a child cannot be %s: %s; in a container, give it "
		      "--cap-add=SYS_PTRACE, or a seccomp profile that allows "
		      "ptrace and process_vm_readv",
		      !looks.attach ? "read (awaitctl ps, top)" :
		      !looks.read   ? "stopped (gdb, lldb)" :
				      "read or stopped (awaitctl ps, gdb)",
		      strerror(looks.attach ? looks.attach : looks.read));
	else
		judge_scope(scope, finding);
}
