/* SPDX-License-Identifier: MIT */
/* See ps.h. */
#define _GNU_SOURCE
#include "awaitctl/ps/ps.h"

#include "awaitctl/record/options.h"
#include "awaitctl/common/say.h"
#include "awaitctl/ps/view_json.h"
#include "awaitctl/ps/view_text.h"
#include "common/await_text.h"
#include "common/number.h"

#include <await/core.h>

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_limit(struct ps_options *options, const char *text)
{
	uint64_t number;

	if (!number_parse(text, 0, UINT_MAX, &number))
		return misused("--limit takes a number, not ", text);
	options->view.limit = number;
	return 0;
}

static int parse_count(struct ps_options *options, const char *text)
{
	uint64_t number;

	if (!number_parse(text, 1, UINT_MAX, &number))
		return misused("--count takes a number from 1 on, not ", text);
	options->count = number;
	return 0;
}

static int parse_delay(struct ps_options *options, const char *text)
{
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
static int parse_states(struct ps_options *options, const char *text)
{
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

static int parse_option(struct ps_options *options, int option, char **argv)
{
	struct view_options *view = &options->view;

	switch (option) {
	case 's':
		return parse_states(options, optarg);
	case 'f':
		options->view.function = optarg;
		return 0;
	case 't':
		view->type = optarg;
		return 0;
	case 'b':
		return parse_key(&view->group, optarg, KEY_STATE, KEY_SITE,
				 "--by takes state, function, type or site, "
				 "not ");
	case 'o':
		return parse_key(&view->sort, optarg, KEY_ID, KEY_ATTEMPTS,
				 "--sort takes id, state, function, type, "
				 "site, waiters or attempts, not ");
	case 'r':
		view->reverse = true;
		return 0;
	case 'n':
		return parse_limit(options, optarg);
	case 'j':
		options->json = true;
		return 0;
	case 'd':
		return parse_delay(options, optarg);
	case 'c':
		return parse_count(options, optarg);
	default:
		return bad_option(option, argv);
	}
}

int ps_options_read(struct ps_options *options, int argc, char **argv)
{
	static const struct option ps_only[] = {
		{ "state", required_argument, NULL, 's' },
		{ "function", required_argument, NULL, 'f' },
		{ "type", required_argument, NULL, 't' },
		{ "by", required_argument, NULL, 'b' },
		{ "sort", required_argument, NULL, 'o' },
		{ "reverse", no_argument, NULL, 'r' },
		{ "limit", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	static const struct option top_only[] = {
		{ "state", required_argument, NULL, 's' },
		{ "function", required_argument, NULL, 'f' },
		{ "type", required_argument, NULL, 't' },
		{ "by", required_argument, NULL, 'b' },
		{ "sort", required_argument, NULL, 'o' },
		{ "reverse", no_argument, NULL, 'r' },
		{ "limit", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "delay", required_argument, NULL, 'd' },
		{ "count", required_argument, NULL, 'c' },
		{ 0 },
	};
	bool is_top = !strcmp(argv[0], "top");
	int option, rc = 0;

	*options = (struct ps_options){
		.view = { .sort = is_top ? KEY_STATE : KEY_ID,
			  .limit = PS_LIMIT },
		.delay = 1,
	};
	while (!rc &&
	       (option = getopt_long(argc, argv, is_top ? ":n:d:h" : ":n:h",
				     is_top ? top_only : ps_only, NULL)) >= 0)
		rc = option == 'h' ? -1 : parse_option(options, option, argv);
	if (!rc)
		rc = parse_pid(options, argc, argv);
	return rc;
}

int ps_look(struct process *process, const struct ps_options *options,
	    FILE *out, struct trouble *why)
{
	struct view view;
	int rc = view_take(&view, process, &options->view, why);

	if (!rc && options->json)
		viewjson_print(&view, out);
	else if (!rc)
		viewtext_print(&view,
			       " (-n N shows N, -n 0 all; --state, --function "
			       "and --type select)",
			       out);
	view_free(&view);
	return rc;
}

static int look(const struct ps_options *options)
{
	struct process process;
	struct trouble why;
	int rc;

	if (process_open(&process, options->pid, &why)) {
		say("%s", why.text);
		return EXIT_FAILED;
	}
	rc = ps_look(&process, options, stdout, &why);
	process_close(&process);
	if (rc) {
		say("%s", why.text);
		return EXIT_FAILED;
	}
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return 0;
}

int ps(int argc, char **argv)
{
	struct ps_options options;
	int rc = ps_options_read(&options, argc, argv);

	if (rc)
		return rc;
	rc = look(&options);
	return rc;
}
