/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "awaitctl/report/options.h"

#include "awaitctl/common/usage.h"
#include "common/number.h"

#include <getopt.h>
#include <limits.h>

static int take_slowest(void *to, const char *text)
{
	uint64_t number;

	if (!number_parse(text, 0, UINT_MAX, &number))
		return misused("report: not a number: ", text);
	((struct report_options *)to)->slowest = (unsigned)number;
	return 0;
}

static int take_all(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->all = true;
	return 0;
}

static int take_debuginfod(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->debuginfod = true;
	return 0;
}

static int take_json(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->json = true;
	return 0;
}

static int take_check(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->check = true;
	return 0;
}

static int take_stacks(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->stacks = true;
	return 0;
}

static int take_csv(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->csv = true;
	return 0;
}

static int take_html(void *to, const char *file)
{
	if (file && !*file)
		return misused("report: --html= needs a file", "");
	((struct report_options *)to)->html = file ? file : "";
	return 0;
}

static int take_sort(void *to, const char *text)
{
	enum rows_sort sort = rows_sort_named(text);

	if (sort == ROWS_SORTS)
		return misused("report: cannot sort by ", text);
	((struct report_options *)to)->sort = sort;
	return 0;
}

static int take_by(void *to, const char *text)
{
	enum rows_by by = rows_named(text);

	if (by == ROWS_BY)
		return misused("report: not function, site, process or "
			       "thread: ",
			       text);
	((struct report_options *)to)->by = by;
	return 0;
}

static int take_function(void *to, const char *text)
{
	((struct report_options *)to)->chosen.function = text;
	return 0;
}

static int take_site(void *to, const char *text)
{
	((struct report_options *)to)->chosen.site = text;
	return 0;
}

static int take_number(int64_t *number, const char *text)
{
	uint64_t given;

	if (!number_parse(text, 1, INT64_MAX, &given))
		return misused("report: not the number of a process or "
			       "thread: ",
			       text);
	*number = (int64_t)given;
	return 0;
}

static int take_pid(void *to, const char *text)
{
	return take_number(&((struct report_options *)to)->chosen.pid, text);
}

static int take_tid(void *to, const char *text)
{
	return take_number(&((struct report_options *)to)->chosen.tid, text);
}

static int take_time(struct chosen_time *time, const char *text)
{
	if (!chosen_time_parse(time, text))
		return misused("report: not a time, as 1.5s, 200ms, 12us, or a "
			       "number of seconds: ",
			       text);
	return 0;
}

static int take_since(void *to, const char *text)
{
	return take_time(&((struct report_options *)to)->chosen.since, text);
}

static int take_until(void *to, const char *text)
{
	return take_time(&((struct report_options *)to)->chosen.until, text);
}

static int take_failed(void *to, const char *none)
{
	(void)none;
	((struct report_options *)to)->chosen.failed = true;
	return 0;
}

static int check(const struct report_options *options, int directories)
{
	char text[CHOSEN_TEXT];

	if (directories != 1)
		return misused("report: give one directory", "");
	if (options->json + options->csv + (options->html != NULL) > 1)
		return misused("report: give --json, --csv or --html", "");
	if (options->html && chosen_any(&options->chosen))
		return misused("report: --html is of the whole recording, "
			       "without ",
			       chosen_text(&options->chosen, text));
	return 0;
}

int report_options_read(struct report_options *options, int argc, char **argv)
{
	static const struct usage_option known[] = {
		{ "slowest", 'n', required_argument, NULL, take_slowest },
		{ "all", 0, no_argument, NULL, take_all },
		{ "debuginfod", 0, no_argument, NULL, take_debuginfod },
		{ "by", 0, required_argument, NULL, take_by },
		{ "check", 0, no_argument, NULL, take_check },
		{ "json", 0, no_argument, NULL, take_json },
		{ "csv", 0, no_argument, NULL, take_csv },
		{ "stacks", 0, no_argument, NULL, take_stacks },
		{ "html", 0, optional_argument, NULL, take_html },
		{ "sort", 0, required_argument, NULL, take_sort },
		{ "function", 0, required_argument, NULL, take_function },
		{ "site", 0, required_argument, NULL, take_site },
		{ "pid", 0, required_argument, NULL, take_pid },
		{ "tid", 0, required_argument, NULL, take_tid },
		{ "since", 0, required_argument, NULL, take_since },
		{ "until", 0, required_argument, NULL, take_until },
		{ "failed", 0, no_argument, NULL, take_failed },
	};
	const size_t count = sizeof(known) / sizeof(known[0]);
	int rc;

	*options = (struct report_options){ .slowest = 10, .by = ROWS_BY };
	rc = usage_read(known, count, options, argc, argv);
	return rc ? rc : check(options, argc - optind);
}
