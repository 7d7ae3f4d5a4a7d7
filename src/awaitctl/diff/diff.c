/* SPDX-License-Identifier: MIT */
/*
 * From two directories to what differs. The text is written when all has been
 * read, so there is never half of it.
 */
#include "awaitctl/diff/diff.h"

#include "awaitctl/common/say.h"
#include "awaitctl/diff/diff_json.h"
#include "awaitctl/diff/diff_text.h"
#include "awaitctl/diff/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print(const struct comparison *comparison,
		 const struct diff_options *options)
{
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));
	bool written;

	if (options->json)
		diff_json_print(comparison, out);
	else
		diff_text_print(comparison, options, out);
	if (fclose(out))
		must(NULL);
	written = fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0;
	free(text);
	if (written)
		return 0;
	say("cannot write what differs: %s", strerror(errno));
	return EXIT_FAILED;
}

static int read_both(struct comparison *comparison, struct reading *reading,
		     const struct diff_options *options)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < 2; i++) {
		struct run *run = &comparison->run[i];

		run->directory = options->directories[i];
		run->findings.all = options->all;
		status = run_read(run, reading, i);
		if (status == 0)
			status = match_choose(run, options->processes[i]);
	}
	return status;
}

static void match(struct comparison *comparison,
		  const struct diff_options *options)
{
	struct run *a = &comparison->run[0], *b = &comparison->run[1];

	match_processes(a, b, !options->processes[0] || options->one_process);
	match_threads(a, b);
	run_settle(a);
	run_settle(b);
	match_sites(a, b);
	match_awaits(a, b);
}

static int diff_of(struct reading *reading, void *data)
{
	const struct diff_options *options = data;
	struct comparison comparison = { 0 };
	int status = read_both(&comparison, reading, options);

	if (status == 0) {
		match(&comparison, options);
		comparison_make(&comparison);
		status = print(&comparison, options);
	}
	if (status == 0 && comparison.verdict != VERDICT_SAME)
		status = EXIT_FAILED;
	comparison_free(&comparison);
	return status;
}

int diff(const struct diff_options *options)
{
	return reading_exit(reading_do(options->directories, 2, options->all,
				       diff_of, (void *)options));
}
