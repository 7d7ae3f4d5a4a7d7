/* SPDX-License-Identifier: MIT */
/* See procmem.h. */
#define _GNU_SOURCE
#include "process/procmem.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_file(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int memory_ptrace_scope(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &scope) != 1)
		scope = 0;
	fclose(file);
	return scope;
}

static int not_permitted(pid_t pid, struct trouble *why)
{
	int scope = memory_ptrace_scope();

	if (scope > 0)
		return trouble(why,
			       "may not read the memory of process %d "
			       "(kernel.yama.ptrace_scope is %d): be root, or "
			       "set it to 0 with sysctl",
			       (int)pid, scope);
	return trouble(why,
		       "may not read the memory of process %d: be its user, "
		       "or root",
		       (int)pid);
}

static int no_memory(pid_t pid, struct trouble *why)
{
	return trouble(why,
		       "process %d has no memory: it has ended, or belongs to "
		       "the kernel",
		       (int)pid);
}

/* Whether it has memory, which anybody may know: what has none belongs to root,
 * so to others its files are closed. */
static bool has_memory(pid_t pid)
{
	char pages[2] = { 0 };
	int fd = open_file(pid, "statm");
	bool none = fd >= 0 && read(fd, pages, sizeof(pages)) == 2 &&
		    !memcmp(pages, "0 ", 2);

	if (fd >= 0)
		close(fd);
	return !none;
}

/* By what is no permission: a seccomp filter, an emulator. */
static int refused(pid_t pid, int error, struct trouble *why)
{
	return trouble(why,
		       "cannot read the memory of process %d: %s: is awaitctl "
		       "in a sandbox? (awaitctl doctor)",
		       (int)pid, strerror(error));
}

/* Refuses 32-bit programs. */
static int check_class(pid_t pid, struct trouble *why)
{
	unsigned char ident[EI_NIDENT];
	int fd = open_file(pid, "exe");
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? no_memory(pid, why) :
					 not_permitted(pid, why);
	n = read(fd, ident, sizeof(ident));
	close(fd);
	if (n == sizeof(ident) && ident[EI_CLASS] == ELFCLASS32)
		return trouble(why,
			       "process %d is a 32-bit program; only 64-bit "
			       "ones can be read",
			       (int)pid);
	return 0;
}

static bool exists(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return access(path, F_OK) == 0;
}

/* The bytes that it has in memory or in swap; 0 if unknown. */
static uint64_t resident(pid_t pid)
{
	char path[64], line[128];
	uint64_t sum = 0, kb;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %" SCNu64, &kb) == 1 ||
		    sscanf(line, "VmSwap: %" SCNu64, &kb) == 1)
			sum += kb << 10;
	if (file)
		fclose(file);
	return sum;
}

/* Slabs are read five times, whole, and some awaits again. */
void memory_next_part(struct memory *memory)
{
	uint64_t size = resident(memory->pid);

	memory->spent = false;
	memory->bytes_left = ((uint64_t)1 << 30) + 16 * size;
	memory->reads_left = ((uint64_t)1 << 20) + size / 64;
}

void memory_begin(struct memory *memory)
{
	memory->stopped = false;
	memory_next_part(memory);
}

void memory_stop(struct memory *memory)
{
	memory->spent = true;
	memory->stopped = true;
}

int memory_open(struct memory *memory, pid_t pid, struct trouble *why)
{
	uint8_t byte;
	ssize_t n;
	int error;

	*memory = (struct memory){ .pid = pid };
	memory_begin(memory);
	memory->fd = open_file(pid, "mem");
	if (memory->fd < 0 && (errno == ENOENT || errno == ESRCH))
		return exists(pid) ? no_memory(pid, why) :
				     trouble(why, "no process %d", (int)pid);
	if (memory->fd < 0 && (errno == EACCES || errno == EPERM))
		return has_memory(pid) ? not_permitted(pid, why) :
					 no_memory(pid, why);
	if (memory->fd < 0)
		return refused(pid, errno, why);
	/* Nothing is mapped at 0, so this is an error, EIO; of a process
	 * without memory it is the end of the file. */
	n = pread(memory->fd, &byte, 1, 0);
	error = errno;
	if (n == 0 || (n < 0 && error != EIO)) {
		memory_close(memory);
		return n == 0 ? no_memory(pid, why) : refused(pid, error, why);
	}
	if (check_class(pid, why)) {
		memory_close(memory);
		return -1;
	}
	return 0;
}

void memory_close(struct memory *memory)
{
	close(memory->fd);
}

static bool take(struct memory *memory, uint64_t bytes)
{
	if (memory->reads_left == 0 || memory->bytes_left < bytes)
		memory_stop(memory);
	if (memory->spent)
		return false;
	memory->reads_left--;
	memory->bytes_left -= bytes;
	return true;
}

size_t memory_read_some(struct memory *memory, uint64_t at, void *to,
			size_t size)
{
	size_t done = 0;

	while (done < size && at + done <= INT64_MAX) {
		ssize_t n;

		if (!take(memory, size - done))
			break;
		n = pread(memory->fd, (char *)to + done, size - done,
			  (off_t)(at + done));

		if (n == 0)
			memory->gone = true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}
