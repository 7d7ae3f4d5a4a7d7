/* SPDX-License-Identifier: MIT */
/* See debug_options.h. */
#define _GNU_SOURCE
#include "libawait/start/debug_options.h"

#include "common/number.h"
#include "libawait/core/fail_alloc.h"
#include "libawait/core/sink.h"
#include "libawait/diag/leaks.h"
#include "libawait/inspect/out.h"
#include "libawait/start/env.h"

#include <await/inspect.h>

#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static void on_usr2(int unused)
{
	(void)unused;
	await_dump(STDERR_FILENO);
}

static bool take_dump_on_usr2(const char *value)
{
	struct sigaction action = {
		.sa_handler = on_usr2,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	}, old;
	struct out out;
	struct line line;

	if (value)
		return false;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL &&
	    sigaction(SIGUSR2, &action, NULL) == 0)
		return true;
	line = note_begin(&out, "LIBAWAIT_DEBUG: dump-on-usr2: the program "
				"uses SIGUSR2 itself");
	note_end(&out, &line);
	return true;
}

static bool take_leaks(const char *value)
{
	if (value)
		return false;
	leaks_begin();
	return true;
}

static bool arm_unless(const char *value, uint32_t bits)
{
	if (value)
		return false;
	sink_arm_always(bits);
	return true;
}

static bool take_args(const char *value)
{
	return arm_unless(value, ARMED_ARGS);
}

static bool take_cycles(const char *value)
{
	return arm_unless(value, ARMED_CYCLES);
}

static bool take_check(const char *value)
{
	/* Hits must be checked, too, so they are armed. */
	return arm_unless(value,
			  ARMED_CHECK | AWAIT_EVENT_BIT(AWAIT_EVENT_HIT));
}

/* N, or N+ for that allocation and all later ones. */
static bool take_fail_alloc(const char *value)
{
	uint64_t number;

	value = value ? number_prefix(value, INT32_MAX, &number) : NULL;
	if (!value || number == 0)
		return false;
	if (value[0] == '\0')
		fail_alloc_set(number, number);
	else if (value[0] == '+' && value[1] == '\0')
		fail_alloc_set(number, UINT64_MAX);
	else
		return false;
	return true;
}

static const struct env_option options[] = {
	{ "args", "args", take_args },
	{ "check", "check", take_check },
	{ "cycles", "cycles", take_cycles },
	{ "fail-alloc", "fail-alloc=N[+]", take_fail_alloc },
	{ "leaks", "leaks", take_leaks },
	{ "dump-on-usr2", "dump-on-usr2", take_dump_on_usr2 },
};

void debug_options_read(void)
{
	env_read("LIBAWAIT_DEBUG", options,
		 sizeof(options) / sizeof(options[0]));
}
