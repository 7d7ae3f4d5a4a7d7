/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "awaitctl/diff/options.h"

#include "awaitctl/common/usage.h"
#include "common/number.h"

#include <getopt.h>
#include <limits.h>

static int take_rows(void *to, const char *text)
{
	uint64_t number;

	if (!number_parse(text, 0, UINT_MAX, &number))
		return misused("diff: not a number: ", text);
	((struct diff_options *)to)->rows = (unsigned)number;
	return 0;
}

static int take_all(void *to, const char *none)
{
	(void)none;
	((struct diff_options *)to)->all = true;
	return 0;
}

static int take_json(void *to, const char *none)
{
	(void)none;
	((struct diff_options *)to)->json = true;
	return 0;
}

/* That of A, then that of B. */
static int take_process(void *to, const char *text)
{
	struct diff_options *options = to;

	if (options->processes[1])
		return misused("diff: --process is given once for both, or "
			       "twice, not again: ",
			       text);
	options->processes[options->processes[0] ? 1 : 0] = text;
	return 0;
}

int diff_options_read(struct diff_options *options, int argc, char **argv)
{
	static const struct usage_option known[] = {
		{ "rows", 'n', required_argument, NULL, take_rows },
		{ "all", 0, no_argument, NULL, take_all },
		{ "process", 0, required_argument, NULL, take_process },
		{ "json", 0, no_argument, NULL, take_json },
	};
	const size_t count = sizeof(known) / sizeof(known[0]);
	int rc;

	*options = (struct diff_options){ .rows = 10 };
	rc = usage_read(known, count, options, argc, argv);
	if (rc)
		return rc;
	if (argc - optind != 2 &&
	    !(argc - optind == 1 && options->processes[1]))
		return misused("diff: give two directories, or one and "
			       "--process twice",
			       "");
	options->directories[0] = argv[optind];
	options->directories[1] = argv[argc - 1];
	options->one_process = options->processes[0] && !options->processes[1];
	if (options->one_process)
		options->processes[1] = options->processes[0];
	return 0;
}
