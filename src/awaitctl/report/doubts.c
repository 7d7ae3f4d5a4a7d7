/* SPDX-License-Identifier: MIT */
/* See model_warnings.h. */
#include "awaitctl/report/model_warnings.h"

#include <inttypes.h>
#include <stdio.h>

static bool discarded(const void *data, char text[WARNING_SIZE])
{
	const struct model *model = data;

	snprintf(text, WARNING_SIZE,
		 "%" PRIu64 " EVENTS DISCARDED (buffers full)",
		 model->discarded);
	return model->discarded > 0;
}

static bool uncounted(const void *data, char text[WARNING_SIZE])
{
	const struct model *model = data;

	snprintf(text, WARNING_SIZE,
		 "EVENTS LOST %" PRIu64 " TIMES, the trace does not say how "
		 "many",
		 model->uncounted);
	return model->uncounted > 0;
}

static bool incomplete(const void *data, char text[WARNING_SIZE])
{
	const struct model *model = data;

	if (model->incomplete)
		snprintf(text, WARNING_SIZE, "INCOMPLETE: %s",
			 model->incomplete);
	return model->incomplete != NULL;
}

static bool damaged(const void *data, char text[WARNING_SIZE])
{
	const struct model *model = data;

	snprintf(text, WARNING_SIZE,
		 "TRACE DAMAGED, read up to where it breaks off");
	return model->damaged;
}

static bool cut_off(const void *data, char text[WARNING_SIZE])
{
	const struct model *model = data;

	snprintf(text, WARNING_SIZE,
		 "%zu PROCESSES CUT OFF FROM LTTNG FOR SOME TIME, as they "
		 "closed its descriptors",
		 model->cut_off);
	return model->cut_off > 0;
}

static const struct warning known[] = {
	{ "events-discarded", discarded },
	{ "events-lost", uncounted },
	{ "incomplete", incomplete },
	{ "damaged", damaged },
	{ "cut-off", cut_off },
};

void model_warnings(const struct model *model, warnings_found *found,
		    void *data)
{
	warnings_check(known, sizeof(known) / sizeof(known[0]), model, found,
		       data);
}
