/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_PERTURB, for tests that look for mistakes of order:
 *
 *     eager                           an await runs as it is created
 *     delay-nth=N[+][:MICROSECONDS]   the Nth run sleeps before
 *     fail-nth=N[+][:ERRNO]           the Nth run fails instead
 *     shuffle[=SEED]                  other threads run
 *
 * ARMED_PERTURB sends creations, runs and waits that would run to the hooks;
 * without it none of them is called. What a sink does is neither perturbed nor
 * counted, as it is not emitted to sinks.
 */
#define _GNU_SOURCE /* strerrorname_np */
#include "libawait/start/perturb_options.h"

#include "common/number.h"
#include "libawait/core/sink.h"
#include "libawait/inspect/out.h"
#include "libawait/perturb/eager.h"
#include "libawait/perturb/inject.h"
#include "libawait/perturb/shuffle.h"
#include "libawait/start/env.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DELAY_US 1000
#define DELAY_MOST_US 3600000000u
#define ERROR_MOST 4095

/* --- values: what follows =, or NULL --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* N, N+ or nothing, which is 1; *rest is what follows the colon, or NULL. */
static bool take_nth(const char *value, struct run_range *nth,
		     const char **rest)
{
	uint64_t number;

	*nth = (struct run_range){ 1, 1 };
	*rest = value;
	if (!value || !is_digit(*value))
		return true;
	value = number_prefix(value, INT64_MAX, &number);
	if (!value || number == 0)
		return false;
	*nth = (struct run_range){ number, number };
	if (*value == '+') {
		nth->last = UINT64_MAX;
		value++;
	}
	*rest = *value == ':' ? value + 1 : NULL;
	return *value == ':' || *value == '\0';
}

static bool take_delay(const char *value)
{
	uint64_t us = DELAY_US;
	struct run_range nth;

	if (!take_nth(value, &nth, &value) ||
	    (value && !number_parse(value, 0, DELAY_MOST_US, &us)))
		return false;
	inject_delay_at(nth, us);
	return true;
}

/* 0 if there is none. */
static int error_of_name(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} others[] = {
		{ "EWOULDBLOCK", EWOULDBLOCK },
		{ "ENOTSUP", ENOTSUP },
		{ "EDEADLOCK", EDEADLOCK },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].name, name) == 0)
			return others[i].number;
	for (int i = 1; i <= ERROR_MOST; i++) {
		const char *known = strerrorname_np(i);

		if (known && strcmp(known, name) == 0)
			return i;
	}
	return 0;
}

/* EIO, -EIO, 5 or -5. 0 if it is none of these. */
static int error_of(const char *text)
{
	uint64_t number;

	text += *text == '-';
	if (!is_digit(*text))
		return error_of_name(text);
	return number_parse(text, 1, ERROR_MOST, &number) ? (int)number : 0;
}

static bool take_fail(const char *value)
{
	int error = EIO;
	struct run_range nth;

	if (!take_nth(value, &nth, &value))
		return false;
	if (value)
		error = error_of(value);
	if (error == 0)
		return false;
	inject_failure_at(nth, -error);
	return true;
}

static bool take_eager(const char *value)
{
	if (value)
		return false;
	eager_begin();
	return true;
}

/* Short, so that people can type it. */
static uint64_t any_seed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_nsec / 1000 + (uint64_t)getpid() * 7919) %
	       1000000;
}

static bool take_shuffle(const char *value)
{
	struct out out;
	struct line line;
	uint64_t seed;

	if (value && !number_parse(value, 0, INT64_MAX, &seed))
		return false;
	if (!value) {
		seed = any_seed();
		line = note_begin(&out, "LIBAWAIT_PERTURB: shuffle=");
		line_unsigned(&line, seed);
		note_end(&out, &line);
	}
	shuffle_begin(seed);
	return true;
}

static const struct env_option options[] = {
	{ "eager", "eager", take_eager },
	{ "delay-nth", "delay-nth=N[+][:MICROSECONDS]", take_delay },
	{ "fail-nth", "fail-nth=N[+][:ERRNO]", take_fail },
	{ "shuffle", "shuffle[=SEED]", take_shuffle },
};

void perturb_options_read(void)
{
	if (env_read("LIBAWAIT_PERTURB", options,
		     sizeof(options) / sizeof(options[0])))
		sink_arm_always(ARMED_PERTURB);
}
