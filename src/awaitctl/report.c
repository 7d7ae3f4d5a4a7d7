/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a report: reader > model and symbols > text. The text is
 * written when all was read, so there is never half of one.
 */
#include "report.h"

#include "model.h"
#include "reader.h"
#include "say.h"
#include "symbols.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct findings {
	struct model model;
	struct symbols symbols;
};

static void on_event(void *data, const struct trace_event *event)
{
	struct findings *findings = data;

	model_event(&findings->model, event);
	if (symbols_event(&findings->symbols, event))
		must(NULL);
}

static void on_discarded(void *data, uint64_t count)
{
	struct findings *findings = data;

	model_discarded(&findings->model, count);
}

static int without_awaits(const char *directory, const struct model *model)
{
	if (model->discarded || model->uncounted)
		say("%s: all events of awaits were discarded; record with "
		    "less load",
		    directory);
	else
		say("%s has no events of awaits: does the program use "
		    "libawait, and is libawait-trace installed?",
		    directory);
	return EXIT_FAILED;
}

int report(const char *directory, unsigned slowest)
{
	static const struct reader_calls calls = {
		.event = on_event,
		.discarded = on_discarded,
	};
	struct findings findings = { 0 };
	enum reader_result result = reader_read(directory, &calls, &findings);

	if (result == READER_NOTHING)
		return EXIT_FAILED;
	if (!findings.model.events) {
		if (result == READER_DONE)
			without_awaits(directory, &findings.model);
		return EXIT_FAILED;
	}
	model_finish(&findings.model);
	text_print(&findings.model, &findings.symbols, result == READER_DAMAGED,
		   slowest, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write the report: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return result == READER_DONE ? 0 : EXIT_FAILED;
}
