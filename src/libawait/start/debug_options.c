/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG, a list of options with commas between them: read once, when
 * the library is loaded. <await/inspect.h> says what each does.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "libawait/inspect/describe.h"

#include <await/inspect.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One line on stderr; name, of length bytes, may be NULL. */
static void say(const char *before, const char *name, size_t length,
		const char *after)
{
	struct out out = { .fd = STDERR_FILENO };
	struct line line = out_line(&out);

	line_text(&line, "await: LIBAWAIT_DEBUG: ");
	line_text(&line, before);
	for (size_t i = 0; i < length; i++)
		line_char(&line, name[i] >= ' ' ? name[i] : '?');
	line_text(&line, after);
	out_end(&out, &line);
	out_flush(&out);
}

static void on_usr2(int unused)
{
	(void)unused;
	await_dump(STDERR_FILENO);
}

static void want_dump_on_usr2(void)
{
	struct sigaction action = {
		.sa_handler = on_usr2,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	}, old;

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL &&
	    sigaction(SIGUSR2, &action, NULL) == 0)
		return;
	say("dump-on-usr2: the program uses SIGUSR2 itself", NULL, 0, "");
}

static void want_leaks(void)
{
	leaks_begin();
}

static void want_args(void)
{
	sink_arm_always(ARMED_ARGS);
}

static void want_cycles(void)
{
	sink_arm_always(ARMED_CYCLES);
}

static void want_check(void)
{
	/* Hits, too, are to come by. */
	sink_arm_always(ARMED_CHECK | AWAIT_EVENT_BIT(AWAIT_EVENT_HIT));
}

static const struct option {
	const char *name;
	void (*want)(void);
} options[] = {
	{ "args", want_args },
	{ "check", want_check },
	{ "cycles", want_cycles },
	{ "leaks", want_leaks },
	{ "dump-on-usr2", want_dump_on_usr2 },
};
#define KNOWN "args, check, cycles, fail-alloc=N, leaks, dump-on-usr2"

/* fail-alloc=N, or N+ for that one and all that follow. */
static bool take_fail_alloc(const char *option, size_t length)
{
	static const char name[] = "fail-alloc=";
	size_t at = sizeof(name) - 1;
	uint64_t number = 0;

	if (length <= at || memcmp(option, name, at) != 0)
		return false;
	for (; at < length && option[at] >= '0' && option[at] <= '9'; at++)
		number = number * 10 + (uint64_t)(option[at] - '0');
	if (number == 0 || number > INT32_MAX)
		return false;
	if (at == length)
		memory_refuse(number, number);
	else if (at + 1 == length && option[at] == '+')
		memory_refuse(number, UINT64_MAX);
	else
		return false;
	return true;
}

static bool take(const char *name, size_t length)
{
	if (take_fail_alloc(name, length))
		return true;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strlen(options[i].name) != length ||
		    memcmp(options[i].name, name, length) != 0)
			continue;
		options[i].want();
		return true;
	}
	return false;
}

__attribute__((constructor)) static void read_options(void)
{
	/* secure_getenv: what is printed says where code lies. */
	const char *at = secure_getenv("LIBAWAIT_DEBUG");

	while (at && *at != '\0') {
		size_t length = strcspn(at, ",");

		if (length > 0 && !take(at, length))
			say("unknown option ", at, length,
			    ", known are: " KNOWN);
		at += length + (at[length] == ',');
	}
}
