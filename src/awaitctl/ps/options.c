/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "awaitctl/ps/options.h"

#include "awaitctl/common/usage.h"
#include "common/await_text.h"
#include "common/number.h"

#include <await/core.h>

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- what each option takes; `to` is a struct ps_options --- */

static int take_limit(void *to, const char *text)
{
	struct ps_options *options = to;
	uint64_t number;

	if (!number_parse(text, 0, UINT_MAX, &number))
		return misused("--limit takes a number, not ", text);
	options->view.limit = (size_t)number;
	return 0;
}

static int take_count(void *to, const char *text)
{
	struct ps_options *options = to;
	uint64_t number;

	if (!number_parse(text, 1, UINT_MAX, &number))
		return misused("--count takes a number from 1 on, not ", text);
	options->count = (size_t)number;
	return 0;
}

static int take_delay(void *to, const char *text)
{
	struct ps_options *options = to;
	char *end;

	errno = 0;
	options->delay = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || errno ||
	    !(options->delay >= 0.1 && options->delay <= 3600))
		return misused("--delay takes seconds, 0.1 to 3600, not ",
			       text);
	return 0;
}

static int parse_key(enum view_key *key, const char *text, enum view_key first,
		     enum view_key last, const char *wrong)
{
	for (enum view_key i = first; i <= last; i++)
		if (!strcmp(text, view_key_name(i))) {
			*key = i;
			return 0;
		}
	return misused(wrong, text);
}

/* A list of states, with commas. */
static int take_states(void *to, const char *text)
{
	struct ps_options *options = to;
	size_t length;

	options->view.states = 0;
	for (const char *name = text;; name += length + 1) {
		uint32_t state = AWAIT_PENDING;

		length = strcspn(name, ",");
		while (state <= AWAIT_CANCELLED &&
		       (strlen(state_name(state)) != length ||
			strncmp(name, state_name(state), length) != 0))
			state++;
		if (state > AWAIT_CANCELLED)
			return misused("--state takes pending, running, "
				       "resolved, failed and cancelled, with "
				       "commas between, not ",
				       text);
		options->view.states |= 1u << state;
		if (!name[length])
			return 0;
	}
}

static int take_function(void *to, const char *text)
{
	struct ps_options *options = to;

	options->view.function = text;
	return 0;
}

static int take_type(void *to, const char *text)
{
	struct ps_options *options = to;

	options->view.type = text;
	return 0;
}

static int take_group(void *to, const char *text)
{
	struct ps_options *options = to;

	return parse_key(&options->view.group, text, VIEW_BY_STATE,
			 VIEW_BY_SITE,
			 "--by takes state, function, type or site, not ");
}

static int take_sort(void *to, const char *text)
{
	struct ps_options *options = to;

	return parse_key(&options->view.sort, text, VIEW_BY_ID,
			 VIEW_BY_ATTEMPTS,
			 "--sort takes id, state, function, type, site, "
			 "waiters or attempts, not ");
}

static int take_reverse(void *to, const char *text)
{
	struct ps_options *options = to;

	(void)text;
	options->view.reverse = true;
	return 0;
}

static int take_json(void *to, const char *text)
{
	struct ps_options *options = to;

	(void)text;
	options->json = true;
	return 0;
}

static const struct usage_option known[] = {
	{ "state", 0, required_argument, NULL, take_states },
	{ "function", 0, required_argument, NULL, take_function },
	{ "type", 0, required_argument, NULL, take_type },
	{ "by", 0, required_argument, NULL, take_group },
	{ "sort", 0, required_argument, NULL, take_sort },
	{ "reverse", 0, no_argument, NULL, take_reverse },
	{ "limit", 'n', required_argument, NULL, take_limit },
	{ "json", 0, no_argument, "ps", take_json },
	{ "delay", 'd', required_argument, "top", take_delay },
	{ "count", 0, required_argument, "top", take_count },
};

static int parse_pid(struct ps_options *options, int argc, char **argv)
{
	uint64_t number;

	if (argc - optind != 1)
		return misused(argv[0], ": give one process id");
	if (!number_parse(argv[optind], 1, INT_MAX, &number))
		return misused("not a process id: ", argv[optind]);
	options->pid = (pid_t)number;
	return 0;
}

int ps_options_read(struct ps_options *options, int argc, char **argv)
{
	bool is_top = !strcmp(argv[0], "top");
	int rc;

	*options = (struct ps_options){
		.view = { .sort = is_top ? VIEW_BY_STATE : VIEW_BY_ID,
			  .limit = PS_LIMIT },
		.delay = 1,
	};
	rc = usage_read(known, sizeof(known) / sizeof(known[0]), options, argc,
			argv);
	return rc ? rc : parse_pid(options, argc, argv);
}
