/* SPDX-License-Identifier: MIT */
/*
 * File descriptors of LTTng-UST in a program that closes all there are, as
 * daemons do: by close() in a loop, closefrom(), close_range(), or a system
 * call of its own. LTTng ends the process when it then cannot close one of its
 * own, at its exit, in its next child, or when the session ends; and what the
 * program opens next gets LTTng's numbers, so that LTTng would write there.
 *
 * LTTng notes each descriptor that it keeps with functions of its library
 * liblttng-ust-common, which it calls by name. The same names here come first,
 * as that library is loaded for this one alone. They
 *
 * - move each descriptor up to where programs get none, unless they have very
 *   many;
 * - put a stand-in in the place of each that was closed, before LTTng does
 *   anything with descriptors: it calls lttng_ust_lock_fd_tracker() first. So
 *   fork() and exit() find all in order. At the session daemon's next command
 *   LTTng notices that it is cut off, and connects anew.
 *
 * Events need no descriptors; without them LTTng's consumer only is not told
 * that a buffer is full. In a program that is linked with LTTng-UST itself, or
 * where its libraries are preloaded, LTTng's own functions come first: there
 * liblttng-ust-fd helps against close(), as LTTng says.
 */
#define _GNU_SOURCE /* F_DUPFD_CLOEXEC, dup3 */
#include "descriptors.h"

#include "common/array.h"
#include "common/export.h"

#include <await/core.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* LTTng's declarations of these are in no header before 2.16. */
void lttng_ust_lock_fd_tracker(void);
int lttng_ust_add_fd_to_tracker(int fd);
void lttng_ust_delete_fd_from_tracker(int fd);

static struct {
	void (*lock)(void);
	int (*add)(int fd);
	void (*delete)(int fd);
} lttng;

/* Guarded by LTTng's lock. */
static int *kept;
static size_t count;

/* The same as bits, for those who close. Relaxed: whoever closes while LTTng
 * opens may come first. */
#define GUARDED 4096u
static AWAIT_ATOMIC(uint64_t) bits[GUARDED / 64];

/* Relaxed: a count that stands for itself. */
static AWAIT_ATOMIC(uint32_t) times_lost;

/* LTTng's first call comes from its constructor, before it starts threads,
 * which could not look anything up while a library is being loaded. */
static void find_lttng(void)
{
	void *common =
		dlopen("liblttng-ust-common.so.1", RTLD_LAZY | RTLD_NOLOAD);

	*(void **)&lttng.lock = dlsym(common, "lttng_ust_lock_fd_tracker");
	*(void **)&lttng.add = dlsym(common, "lttng_ust_add_fd_to_tracker");
	*(void **)&lttng.delete =
		dlsym(common, "lttng_ust_delete_fd_from_tracker");
}

static void set_bit(int fd, bool set)
{
	uint64_t bit = 1ull << fd % 64;

	if (fd < 0 || (unsigned int)fd >= GUARDED)
		return;
	if (set)
		atomic_fetch_or_explicit(&bits[fd / 64], bit,
					 memory_order_relaxed);
	else
		atomic_fetch_and_explicit(&bits[fd / 64], ~bit,
					  memory_order_relaxed);
}

unsigned int descriptors_next(unsigned int from)
{
	for (unsigned int i = from / 64; i < GUARDED / 64; i++) {
		uint64_t word =
			atomic_load_explicit(&bits[i], memory_order_relaxed);

		if (i == from / 64)
			word &= ~0ull << from % 64;
		if (word)
			return i * 64 + (unsigned int)__builtin_ctzll(word);
	}
	return UINT_MAX;
}

static void put_stand_ins(void)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		int stand_in;

		if (fcntl(kept[i], F_GETFD) >= 0 || errno != EBADF)
			continue;
		any = true;
		stand_in = eventfd(0, EFD_CLOEXEC);
		if (stand_in < 0 || stand_in == kept[i])
			continue;
		dup3(stand_in, kept[i], O_CLOEXEC);
		close(stand_in);
	}
	if (any)
		atomic_fetch_add_explicit(&times_lost, 1, memory_order_relaxed);
}

uint32_t descriptors_times_lost(void)
{
	return atomic_load_explicit(&times_lost, memory_order_relaxed);
}

void descriptors_forked(void)
{
	atomic_store_explicit(&times_lost, 0, memory_order_relaxed);
}

EXPORT void lttng_ust_lock_fd_tracker(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int error = errno;

	pthread_once(&once, find_lttng);
	lttng.lock();
	put_stand_ins();
	errno = error;
}

/* A number of which the program, which gets the lowest, has no use; or -1. It
 * is not much higher: the kernel copies a table of that size for each child. */
static int move_up(int fd)
{
	struct rlimit limit;
	int least = 512;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1024)
		least = (int)limit.rlim_cur / 2;
	return fd < least ? fcntl(fd, F_DUPFD_CLOEXEC, least) : -1;
}

EXPORT int lttng_ust_add_fd_to_tracker(int fd)
{
	int moved = move_up(fd);
	int taken = lttng.add(moved >= 0 ? moved : fd);
	int *grown;

	/* It is closed by who gave it, if it is not taken. */
	if (moved >= 0)
		close(taken >= 0 ? fd : moved);
	if (taken < 0)
		return taken;
	grown = array_grow(kept, count, sizeof(*kept));
	if (grown) {
		kept = grown;
		kept[count++] = taken;
		set_bit(taken, true);
	}
	return taken;
}

EXPORT void lttng_ust_delete_fd_from_tracker(int fd)
{
	for (size_t i = 0; i < count; i++)
		if (kept[i] == fd)
			kept[i--] = kept[--count];
	set_bit(fd, false);
	lttng.delete(fd);
}
