/* SPDX-License-Identifier: MIT */
/* See recording.h. */
#include "awaitctl/read/recording.h"

#include "awaitctl/common/say.h"

/* What becomes of the events. */
struct taken {
	struct lives *lives;
	struct symbols *symbols; /* or NULL: nobody asks where files were */
	bool stacks;		 /* somebody asks for them */
};

/* Its other program, if it had one, had other files. */
static void note_program(struct symbols *symbols,
			 const struct trace_event *event)
{
	uint64_t began = event_number(event, FIELD_BEGAN);

	if (event->kind != EVENT_DUMP_PROCESS || !began || began > event->clock)
		return;
	if (symbols_program(symbols, event->process,
			    event->time - (int64_t)(event->clock - began)))
		must(NULL);
}

static void on_event(void *data, const struct trace_event *event)
{
	struct taken *to = data;

	if (to->symbols)
		note_program(to->symbols, event);
	if (lives_event(to->lives, event))
		must(NULL);
}

static void on_mapped_file(void *data, const struct mapped_file *file)
{
	struct taken *to = data;

	if (symbols_note(to->symbols, file))
		must(NULL);
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct taken *to = data;

	if (lives_recorded(to->lives, host, time))
		must(NULL);
}

static void on_discarded(void *data, uint64_t count)
{
	struct taken *to = data;

	lives_discarded(to->lives, count);
}

static enum reader_result read_into(struct taken *taken,
				    struct reading *reading, size_t source)
{
	const struct reader_calls calls = {
		.stacks = taken->stacks,
		.event = on_event,
		.mapped_file = taken->symbols ? on_mapped_file : NULL,
		.packet_end = on_packet_end,
		.discarded = on_discarded,
	};

	return reading_read(reading, source, calls, taken);
}

static int without_awaits(const char *directory,
			  const struct findings *findings)
{
	const struct filtered *filtered = findings->filtered;

	if (findings->incomplete)
		say("%s: no event of an await is in what was written",
		    directory);
	else if (findings->others)
		say("%s: no event of an await is of the program that was "
		    "recorded, all are of others; see report --all",
		    directory);
	else if (findings->lives.discarded || findings->lives.uncounted)
		say("%s: all events of awaits were discarded; record with "
		    "less load",
		    directory);
	else if (filtered)
		say("%s: no event of an await is in it; those that passed the "
		    "filter %s would be",
		    directory, filtered->text);
	else
		say("%s has no events of awaits: does the program use "
		    "libawait, and is libawait-trace installed?",
		    directory);
	return EXIT_FAILED;
}

static int find_window(struct findings *findings, struct reading *reading,
		       size_t source)
{
	const struct chosen *chosen = &findings->chosen;
	struct lives_choice *choice = &findings->lives.choice;
	struct findings whole = { .all = findings->all };
	int status = recording_read(&whole, reading, source, NULL);
	int64_t first = whole.first_event, last = whole.last_event;

	findings_free(&whole);
	choice->has_window = true;
	choice->since = INT64_MIN;
	choice->until = INT64_MAX;
	if (chosen->since.text)
		choice->since = chosen_time_at(&chosen->since, first, last);
	if (chosen->until.text)
		choice->until = chosen_time_at(&chosen->until, first, last);
	return status;
}

int recording_read(struct findings *findings, struct reading *reading,
		   size_t source, struct symbols *symbols)
{
	const struct source *from = &reading->sources[source];
	struct taken taken = { .lives = &findings->lives,
			       .symbols = symbols,
			       .stacks = findings->stacks };
	enum reader_result result;

	findings->filtered = from->is_filtered ? &from->filtered : NULL;
	findings->incomplete = *from->incomplete ? from->incomplete : NULL;
	if (chosen_has_window(&findings->chosen) &&
	    find_window(findings, reading, source))
		return EXIT_FAILED;
	findings_begin(findings);
	result = read_into(&taken, reading, source);
	if (result == READER_NOTHING)
		return EXIT_FAILED;
	/* What a damaged trace ends with may look like any event: what was
	 * understood before is worth more. */
	if (findings->lives.foreign &&
	    (result == READER_DONE || !findings->lives.site_count))
		return say_trouble(&findings->lives.why_foreign);
	if (findings_finish(findings))
		must(NULL);
	if (!findings->events) {
		if (result == READER_DONE)
			without_awaits(from->path, findings);
		return EXIT_FAILED;
	}
	findings->damaged = result == READER_DAMAGED;
	return 0;
}

struct telling {
	const struct lives *first;
	int (*told)(void *data, const struct lives_change *change);
	void *data;
	bool stopped;
};

/* Both times the processes come in the same order. */
static int tell_counted(void *data, const struct lives_change *change)
{
	struct telling *to = data;
	size_t i = change->await->process->index;

	if (to->stopped || i >= to->first->process_count ||
	    !findings_count(to->first->processes[i]))
		return 0;
	to->stopped = to->told(to->data, change) != 0;
	return 0;
}

int recording_tell(const struct findings *findings, struct reading *reading,
		   size_t source, struct lives *again,
		   int (*told)(void *data, const struct lives_change *change),
		   void *data)
{
	struct telling telling = { &findings->lives, told, data, false };
	struct taken taken = { .lives = again };

	again->told = tell_counted;
	again->told_data = &telling;
	again->waits_unknown = findings->lives.waits_unknown;
	again->ends_unknown = findings->lives.ends_unknown;
	read_into(&taken, reading, source);
	if (lives_finish(again))
		must(NULL);
	return telling.stopped ? -1 : 0;
}
