/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_PERTURB, a list of options with commas between them, for tests that
 * look for mistakes of order: read once, when the library is loaded.
 *
 *     eager                           an await runs as it is created
 *     delay-nth=N[+][:MICROSECONDS]   the Nth run sleeps before
 *     fail-nth=N[+][:ERRNO]           the Nth run fails instead
 *     shuffle[=SEED]                  other threads run
 *
 * ARMED_PERTURB sends creations, runs and waits that would run here; without it
 * nothing of this is called. What a sink does is neither perturbed nor counted,
 * as it is not told to sinks.
 */
#define _GNU_SOURCE /* secure_getenv, strerrorname_np */
#include "libawait/perturb/perturb.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DELAY_US 1000
#define DELAY_MOST_US 3600000000u
#define ERROR_MOST 4095

static bool eager; /* constant from main() on */

void perturb_created(struct await *aw, const void *addr)
{
	if (eager && aw->site->func->run && perturb_applies(thread_self()))
		wait_run_new(aw, addr);
}

struct line perturb_line(struct out *out)
{
	struct line line = out_line(out);

	line_text(&line, "await: LIBAWAIT_PERTURB: ");
	return line;
}

void perturb_line_end(struct out *out, struct line *line)
{
	out_end(out, line);
	out_flush(out);
}

/* --- values; each is what follows =, or NULL --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a number up to most off the front of *text. */
static bool take_number(const char **text, uint64_t most, uint64_t *number)
{
	const char *at = *text;

	for (*number = 0; is_digit(*at) && *number <= most; at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	if (at == *text || *number > most)
		return false;
	*text = at;
	return true;
}

/* That number is all of the text. */
static bool is_number(const char *text, uint64_t most, uint64_t *number)
{
	return take_number(&text, most, number) && *text == '\0';
}

/* N, N+ or nothing, which is 1; *rest is what follows the colon, or NULL. */
static bool take_nth(const char *value, struct nth *nth, const char **rest)
{
	uint64_t number;

	*nth = (struct nth){ 1, 1 };
	*rest = value;
	if (!value || !is_digit(*value))
		return true;
	if (!take_number(&value, INT64_MAX / 10, &number) || number == 0)
		return false;
	*nth = (struct nth){ number, number };
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
	struct nth nth;

	if (!take_nth(value, &nth, &value) ||
	    (value && !is_number(value, DELAY_MOST_US, &us)))
		return false;
	nth_delay(nth, us);
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
	return is_number(text, ERROR_MOST, &number) ? (int)number : 0;
}

static bool take_fail(const char *value)
{
	int error = EIO;
	struct nth nth;

	if (!take_nth(value, &nth, &value))
		return false;
	if (value)
		error = error_of(value);
	if (error == 0)
		return false;
	nth_fail(nth, -error);
	return true;
}

static bool take_eager(const char *value)
{
	if (value)
		return false;
	eager = true;
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
	struct out out = { .fd = STDERR_FILENO };
	struct line line;
	uint64_t seed;

	if (value && !is_number(value, INT64_MAX / 10, &seed))
		return false;
	if (!value) {
		seed = any_seed();
		line = perturb_line(&out);
		line_text(&line, "shuffle=");
		line_unsigned(&line, seed);
		perturb_line_end(&out, &line);
	}
	shuffle_begin(seed);
	return true;
}

/* --- the list --- */

static const struct option {
	const char *name;
	const char *usage;
	bool (*take)(const char *value);
} options[] = {
	{ "eager", "eager", take_eager },
	{ "delay-nth", "delay-nth=N[+][:MICROSECONDS]", take_delay },
	{ "fail-nth", "fail-nth=N[+][:ERRNO]", take_fail },
	{ "shuffle", "shuffle[=SEED]", take_shuffle },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* option is NULL if there is none of that name. */
static void refuse(const char *text, const struct option *option)
{
	struct out out = { .fd = STDERR_FILENO };
	struct line line = perturb_line(&out);

	line_text(&line, option ? "bad value: " : "unknown option ");
	for (; *text != '\0'; text++)
		line_char(&line, *text >= ' ' ? *text : '?');
	line_text(&line, option ? ", it is " : ", known are: ");
	for (size_t i = 0; i < OPTIONS; i++) {
		if (option && option != &options[i])
			continue;
		line_text(&line, options[i].usage);
		if (!option && i + 1 < OPTIONS)
			line_text(&line, ", ");
	}
	perturb_line_end(&out, &line);
}

static bool take(const char *text)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] == '=' ? text + length + 1 : NULL;
	const struct option *option = NULL;

	for (size_t i = 0; i < OPTIONS; i++)
		if (strlen(options[i].name) == length &&
		    memcmp(options[i].name, text, length) == 0)
			option = &options[i];
	if (option && option->take(value))
		return true;
	refuse(text, option);
	return false;
}

__attribute__((constructor)) static void read_options(void)
{
	/* secure_getenv: a privileged program does what it always does. */
	const char *at = secure_getenv("LIBAWAIT_PERTURB");
	bool any = false;
	char text[100]; /* longer than all that mean something */

	while (at && *at != '\0') {
		size_t length = strcspn(at, ",");
		size_t copied =
			length < sizeof(text) ? length : sizeof(text) - 1;

		memcpy(text, at, copied);
		text[copied] = '\0';
		if (length > 0)
			any |= take(text);
		at += length + (at[length] == ',');
	}
	if (any)
		sink_arm_always(ARMED_PERTURB);
}
