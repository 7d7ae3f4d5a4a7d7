/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into awaitctl, it ends the process as damage can: within
 * libbabeltrace2 when events are fetched for the AWAITCTL_ENDS_READING-th time,
 * or within libdw with AWAITCTL_ENDS_LOOKUP. See test_untrusted.py.
 *
 * With AWAITCTL_HASTENS a second passes whenever it asks for the time. See
 * test_shown.py.
 *
 * With AWAITCTL_HOLDS_READING, the path of a FIFO, it writes there before the
 * first event, or when events are fetched for the AWAITCTL_HOLDS_AT-th time,
 * and goes no further; with AWAITCTL_STOPS_COPY Ctrl-C comes as soon as a
 * temporary directory was made. See test_intact.py.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <babeltrace2/babeltrace.h>
#include <elfutils/libdwfl.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Whoever reads the FIFO sees its end when this process has ended. */
static void hold(const char *fifo)
{
	int file = open(fifo, O_WRONLY);

	if (write(file, "x", 1) != 1)
		abort();
	while (1)
		pause();
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int asked;
	int rc = (int)syscall(SYS_clock_gettime, clock, now);

	if (getenv("AWAITCTL_HASTENS"))
		now->tv_sec += ++asked;
	return rc;
}

char *mkdtemp(char *template)
{
	char *(*next)(char *);
	char *made;

	*(void **)&next = dlsym(RTLD_NEXT, "mkdtemp");
	made = next(template);
	if (getenv("AWAITCTL_STOPS_COPY"))
		kill(getpid(), SIGINT);
	return made;
}

bt_message_iterator_next_status
bt_message_iterator_next(bt_message_iterator *iterator,
			 bt_message_array_const *messages, uint64_t *count)
{
	bt_message_iterator_next_status (*next)(
		bt_message_iterator *, bt_message_array_const *, uint64_t *);
	const char *end = getenv("AWAITCTL_ENDS_READING");
	const char *fifo = getenv("AWAITCTL_HOLDS_READING");
	const char *at = getenv("AWAITCTL_HOLDS_AT");
	static int calls;

	calls++;
	if (fifo && calls == (at ? atoi(at) : 1))
		hold(fifo);
	if (end && calls == atoi(end)) {
		fputs("libbabeltrace2 would say something here\n", stderr);
		abort();
	}
	*(void **)&next = dlsym(RTLD_NEXT, "bt_message_iterator_next");
	return next(iterator, messages, count);
}

Dwarf_Die *dwfl_module_addrdie(Dwfl_Module *module, Dwarf_Addr address,
			       Dwarf_Addr *bias)
{
	Dwarf_Die *(*next)(Dwfl_Module *, Dwarf_Addr, Dwarf_Addr *);

	if (getenv("AWAITCTL_ENDS_LOOKUP"))
		abort();
	*(void **)&next = dlsym(RTLD_NEXT, "dwfl_module_addrdie");
	return next(module, address, bias);
}
