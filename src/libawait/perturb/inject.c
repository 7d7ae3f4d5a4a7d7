/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_PERTURB=delay-nth and fail-nth: the Nth run of the process sleeps
 * before its function is called, or fails and its function is not called.
 *
 * Runs are counted from 1 over all threads, in the order in which they begin,
 * which is that of their EXEC_BEGIN events. Each option prints the first run
 * that it changes, and how.
 */
#include "libawait/perturb/inject.h"

#include "common/await_text.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/out.h"
#include "libawait/inspect/peek_text.h"
#include "libawait/perturb/perturb.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Constant once the first await is made. */
static struct run_range delayed, failing;
static uint64_t delay_us;
static int error;

static AWAIT_ATOMIC(uint64_t) runs;
static AWAIT_ATOMIC(bool) delay_printed, failure_printed;

void inject_delay_at(struct run_range which, uint64_t us)
{
	delayed = which;
	delay_us = us;
}

void inject_failure_at(struct run_range which, int rc)
{
	failing = which;
	error = rc;
}

static bool is_in(const struct run_range *nth, uint64_t number)
{
	return nth->first != 0 && number >= nth->first && number <= nth->last;
}

/* Whether it was not printed yet; from now on it was. Relaxed: it orders
 * nothing. */
static bool is_first(AWAIT_ATOMIC(bool) * printed)
{
	return !atomic_exchange_explicit(printed, true, memory_order_relaxed);
}

/* Begins the line for a run, "run 3, #7 fetch: ", which ends with what happens
 * to it. */
static struct line begin_line(struct out *out, const struct await *aw,
			      uint64_t number)
{
	struct line line = note_begin(out, "LIBAWAIT_PERTURB: run ");

	line_unsigned(&line, number);
	line_text(&line, ", ");
	line_named_id(&line, aw, await_core_id(aw));
	line_char(&line, ' ');
	line_name(&line, aw->site->func->name);
	line_text(&line, ": ");
	return line;
}

static void sleep_us(uint64_t us)
{
	struct timespec left = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000 * 1000),
	};

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

static void delay(const struct await *aw, uint64_t number)
{
	struct out out;
	struct line line;

	if (is_first(&delay_printed)) {
		line = begin_line(&out, aw, number);
		line_text(&line, "delayed by ");
		line_unsigned(&line, delay_us);
		line_text(&line, " us");
		if (delayed.last > delayed.first)
			line_text(&line, ", as are all later ones");
		note_end(&out, &line);
	}
	sleep_us(delay_us);
}

static int fail(const struct await *aw, uint64_t number)
{
	bool can = !(aw->site->func->flags & AWAIT_INFALLIBLE);
	bool more = failing.last > failing.first;
	struct out out;
	struct line line;

	/* If many fail, only the first that does is printed. */
	if ((can || !more) && is_first(&failure_printed)) {
		line = begin_line(&out, aw, number);
		line_text(&line,
			  can ? "fails with " : "runs, for it cannot fail");
		if (can)
			line_error(&line, error, 0);
		if (more)
			line_text(&line, ", as do all later ones that can");
		note_end(&out, &line);
	}
	return can ? error : 0;
}

COLD int inject_run(const struct await *aw)
{
	int rc = 0;
	uint64_t number;

	if (!perturb_applies(thread_self_))
		return 0;
	/* Relaxed: a count, no more. */
	number = atomic_fetch_add_explicit(&runs, 1, memory_order_relaxed) + 1;
	if (is_in(&delayed, number))
		delay(aw, number);
	if (is_in(&failing, number))
		rc = fail(aw, number);
	return rc;
}
