/* SPDX-License-Identifier: MIT */
/* Awaits that were created in a trace and not destroyed in it, grouped by the
 * place where they were created. What an AWAIT_STATIC holds is no leak. */
#include "libawait-test/assert/claim.h"

#include "common/export.h"
#include "libawait-test/assert/by_id.h"

#include <await/inspect.h>

#include <stdlib.h>
#include <string.h>

#define SITES 10
#define IDS 8

struct alive {
	struct claim *claim;
	size_t *records; /* of their creations; NO_INDEX: already reported */
	size_t count, created;
};

static bool same_site(const struct await_site *a, const struct await_site *b)
{
	/* A loaded trace may have several sites for one place. */
	return a == b ||
	       (a->line == b->line && a->file && b->file &&
		strcmp(a->file, b->file) == 0 && a->func->name &&
		b->func->name && strcmp(a->func->name, b->func->name) == 0);
}

/* Adds the ids of all that were created where records[first] was, and marks
 * them as reported. Returns how many. */
static size_t add_ids(struct alive *alive, struct text *text, size_t first)
{
	const struct record *records = alive->claim->trace->records;
	const struct await_site *site = records[alive->records[first]].site;
	size_t count = 0;

	for (size_t i = first; i < alive->count; i++) {
		const struct record *record;

		if (alive->records[i] == NO_INDEX)
			continue;
		record = &records[alive->records[i]];
		if (!same_site(record->site, site))
			continue;
		alive->records[i] = NO_INDEX;
		if (count++ >= IDS)
			continue;
		text_add(text, "%s", count > 1 ? ", " : "");
		text_id(text, record->id);
	}
	if (count > IDS)
		text_add(text, ", ...");
	return count;
}

static size_t say_site(struct alive *alive, size_t first)
{
	struct text *text = &alive->claim->text;
	const struct record *record =
		&alive->claim->trace->records[alive->records[first]];
	char buffer[1024] = "";
	struct text ids = { buffer, sizeof(buffer), 0, text->trace };
	size_t count = add_ids(alive, &ids, first);

	text_add(text, "\n  %zu ", count);
	text_name(text, text_function(record));
	text_add(text, " created at ");
	text_site(text, record->site);
	if (record->site->function) {
		text_add(text, " in ");
		text_name(text, record->site->function);
	}
	text_add(text, ": %s", buffer);
	return count;
}

static void say(struct alive *alive)
{
	struct text *text = &alive->claim->text;
	size_t said = 0;

	text_add(text,
		 "expected no leak, but %zu of the %zu awaits that were "
		 "created %s not destroyed:",
		 alive->count, alive->created,
		 alive->count == 1 ? "was" : "were");
	for (size_t i = 0, sites = 0; i < alive->count && sites < SITES; i++) {
		if (alive->records[i] == NO_INDEX)
			continue;
		said += say_site(alive, i);
		sites++;
	}
	if (said < alive->count)
		text_add(text, "\n  ... and %zu elsewhere",
			 alive->count - said);
}

/* Fills the table with the last creation or destruction of each await. */
static bool follow(struct alive *alive, struct table *last)
{
	const struct await_trace *trace = alive->claim->trace;

	for (size_t i = 0; i < trace->count; i++) {
		struct record *record = &trace->records[i];
		void **place;

		if (record->type != AWAIT_EVENT_CREATE &&
		    record->type != AWAIT_EVENT_DESTROY)
			continue;
		place = by_id_place(last, record->id);
		if (!place)
			return claim_no_memory(alive->claim);
		*place = record;
		alive->created += record->type == AWAIT_EVENT_CREATE;
	}
	return true;
}

/* Whether one of the same site was created later, and is alive. */
static bool has_next(const struct await_trace *trace, const struct table *last,
		     size_t index)
{
	const struct await_site *site = trace->records[index].site;

	for (size_t i = index + 1; i < trace->count; i++) {
		const struct record *record = &trace->records[i];

		if (record->type == AWAIT_EVENT_CREATE &&
		    record->site == site &&
		    by_id_find(last, record->id) == record)
			return true;
	}
	return false;
}

/* Whether an AWAIT_STATIC holds it: not if that was reset, so that others do.
 * Of this process, that is looked up, unless the await has ended by now; a
 * loaded trace shows only whether another one was made since. */
static bool is_held(const struct await_trace *trace, const struct table *last,
		    size_t index)
{
	const struct record *record = &trace->records[index];
	const struct await_site *site = record->site;
	const struct await *held;

	if (!site->held_at)
		return false;
	if (trace->owner)
		return !has_next(trace, last, index);
	memcpy(&held, (const char *)site + site->held_at, sizeof(held));
	return held == record->aw || !await_core_valid(record->aw) ||
	       await_core_id(record->aw) != record->id;
}

static bool collect(struct alive *alive, const struct table *last)
{
	const struct await_trace *trace = alive->claim->trace;

	alive->records = malloc((alive->created + 1) * sizeof(size_t));
	if (!alive->records)
		return claim_no_memory(alive->claim);
	for (size_t i = 0; i < trace->count; i++) {
		const struct record *record = &trace->records[i];

		if (record->type == AWAIT_EVENT_CREATE &&
		    by_id_find(last, record->id) == record &&
		    !is_held(trace, last, i))
			alive->records[alive->count++] = i;
	}
	return true;
}

EXPORT const char *await_claim_no_leak(const struct await_trace *trace)
{
	struct claim claim;
	struct alive alive = { .claim = &claim };
	struct table last = { 0 };

	if (claim_begin(&claim, trace) && follow(&alive, &last) &&
	    collect(&alive, &last) && alive.count > 0)
		say(&alive);
	free(alive.records);
	table_free(&last);
	return claim_end(&claim);
}
