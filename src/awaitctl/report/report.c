/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a report. The text is written when all has been read, so
 * there is never half a report.
 */
#include "awaitctl/report/report.h"

#include "awaitctl/common/say.h"
#include "awaitctl/read/recording.h"
#include "awaitctl/report/look.h"
#include "awaitctl/report/report_csv.h"
#include "awaitctl/report/report_json.h"
#include "awaitctl/report/report_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Written as a whole or not at all. */
static int print(const struct findings *findings, const struct symbols *symbols,
		 const struct report_options *options)
{
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));

	(options->json ? report_json_print :
	 options->csv  ? report_csv_print :
			 report_text_print)(findings, symbols, options, out);
	if (fclose(out))
		must(NULL);
	if (fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0)
		return 0;
	say("cannot write the report: %s", strerror(errno));
	return EXIT_FAILED;
}

/* A table alone has none. */
static bool shows_stacks(const struct report_options *options)
{
	return options->stacks && !options->csv &&
	       (options->json || options->by == ROWS_BY);
}

/* A filter that nothing passes is a mistake. Says so. */
static bool nothing_chosen(const struct findings *findings,
			   const struct reading *reading)
{
	const struct chosen *chosen = &findings->chosen;
	const char *directory = reading->sources[0].path;
	char text[CHOSEN_TEXT];

	if (!chosen_any(chosen))
		return false;
	if (chosen->failed && findings->lives.ends_unknown) {
		say("%s: what failed is unknown, as the filter of the "
		    "recording hides how runs ended",
		    directory);
		return true;
	}
	if (findings_are_empty(findings))
		say("%s: nothing in it passes %s", directory,
		    chosen_text(chosen, text));
	return findings_are_empty(findings);
}

static int report_on(struct reading *reading, void *data)
{
	const struct report_options *options = data;
	struct symbols symbols = { .debuginfod = options->debuginfod,
				   .alone = true };
	struct findings findings = { .all = options->all,
				     .chosen = options->chosen,
				     .stacks = shows_stacks(options),
				     .lives.slowest = options->slowest };
	int status = recording_read(&findings, reading, 0, &symbols);

	if (status || nothing_chosen(&findings, reading))
		return EXIT_FAILED;
	if (reading->no_lines)
		symbols_free(&symbols);
	reading_print(reading);
	if (print(&findings, &symbols, options) || findings.damaged ||
	    (options->check && look_at_any(&findings)))
		return EXIT_FAILED;
	return 0;
}

int report(const char *directory, const struct report_options *options)
{
	return reading_exit(reading_do(&directory, 1, options->all, report_on,
				       (void *)options));
}
