/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "awaitctl/export/options.h"

#include "awaitctl/common/usage.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static int take_format(void *to, const char *name)
{
	const struct export_format *format = export_format_named(name);

	if (!format)
		return misused("export: not perfetto, firefox, folded, "
			       "speedscope, dot or csv: ",
			       name);
	((struct export_options *)to)->format = format;
	return 0;
}

static int take_output(void *to, const char *file)
{
	((struct export_options *)to)->file = file;
	return 0;
}

static int take_all(void *to, const char *none)
{
	(void)none;
	((struct export_options *)to)->all = true;
	return 0;
}

int export_options_read(struct export_options *options, int argc, char **argv)
{
	static const struct usage_option known[] = {
		{ "format", 0, required_argument, NULL, take_format },
		{ "output", 'o', required_argument, NULL, take_output },
		{ "all", 0, no_argument, NULL, take_all },
	};
	const size_t count = sizeof(known) / sizeof(known[0]);
	bool to_stdout;
	int rc;

	*options = (struct export_options){ 0 };
	rc = usage_read(known, count, options, argc, argv);
	if (rc)
		return rc;
	if (!options->format)
		return misused("export: give --format", "");
	if (argc - optind != 1)
		return misused("export: give one directory", "");
	to_stdout = !options->file || !strcmp(options->file, "-");
	if (to_stdout && export_is_binary(options->format) &&
	    isatty(STDOUT_FILENO))
		return misused("export: that format is no text: give -o FILE",
			       "");
	return 0;
}
