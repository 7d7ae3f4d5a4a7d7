/* SPDX-License-Identifier: MIT */
/*
 * See html.h. The recording is read twice: for its figures and its processes,
 * and for what is drawn. The page is written around the data; it is made of
 * what is in page/ when awaitctl is built (embed.py), so that it is never
 * missing.
 */
#include "awaitctl/html/html.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/whole_file.h"
#include "awaitctl/html/page.h"
#include "awaitctl/html/page_data.h"
#include "awaitctl/read/recording.h"
#include "awaitctl/report/look.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a browser draws well: more are not drawn, and the page says so. */
enum { AWAITS_MOST = 250000, SPANS_MOST = 500000 };

struct html {
	const char *directory; /* as the user calls it */
	const struct report_options *options;
	struct whole_file file;
};

static int write_page(struct html *html, const struct page_data *data)
{
	FILE *out = html->file.out;
	struct trouble why;

	if (whole_file_restart(&html->file, &why))
		return say_trouble(&why);
	fwrite(page_before, 1, page_before_size, out);
	page_data_put(data, out);
	fwrite(page_after, 1, page_after_size, out);
	return whole_file_commit(&html->file, &why) ? say_trouble(&why) : 0;
}

static int html_on(struct reading *reading, void *data)
{
	struct html *html = data;
	const struct report_options *options = html->options;
	struct symbols symbols = { .debuginfod = options->debuginfod,
				   .alone = true };
	struct findings findings = { .all = options->all,
				     .stacks = options->stacks,
				     .lives.slowest = options->slowest };
	struct lives again = { 0 };
	struct drawn drawn;
	const struct page_data page = { html->directory, &findings, &symbols,
					options, &drawn };
	int status = recording_read(&findings, reading, 0, &symbols);

	if (status)
		return status;
	drawn_begin(&drawn, AWAITS_MOST, SPANS_MOST);
	drawn.ends_unknown = findings.lives.ends_unknown;
	recording_tell(&findings, reading, 0, &again, drawn_take, &drawn);
	if (reading->no_lines)
		symbols_free(&symbols);
	reading_print(reading);
	if (write_page(html, &page) || findings.damaged ||
	    (options->check && look_at_any(&findings)))
		return EXIT_FAILED;
	return 0;
}

/* The last part of its path, and .html, in the current directory. */
static void name_page(char name[PATH_MAX], const char *directory)
{
	char *path = realpath(directory, NULL);
	const char *last = path ? strrchr(path, '/') : NULL;

	snprintf(name, PATH_MAX, "%s.html",
		 last && last[1] ? last + 1 : "report");
	free(path);
}

int html_report(const char *directory, const struct report_options *options)
{
	struct html html = { .directory = directory, .options = options };
	char name[PATH_MAX];
	struct trouble why;
	int status;

	name_page(name, directory);
	if (whole_file_open(&html.file, *options->html ? options->html : name,
			    &why))
		return say_trouble(&why);
	status = reading_do(&directory, 1, options->all, html_on, &html);
	whole_file_close(&html.file);
	return reading_exit(status);
}
