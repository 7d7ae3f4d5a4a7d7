/* SPDX-License-Identifier: MIT */
/* See match_text.h. */
#include "libawait-test/assert/match_text.h"

#include "common/assert.h"
#include "libawait-test/assert/claim.h"
#include "libawait-test/records/functions.h"

#include <inttypes.h>
#include <string.h>

void match_text_subject(struct text *text, struct await_subject subject)
{
	if (subject.kind == 'f')
		text_add(text, "%s", (const char *)subject.pointer);
	else if (subject.kind == 'i')
		text_id(text, subject.id);
	else
		text_add(text, "any await");
}

static void add_list(struct text *text, const struct await_match *match)
{
	const char *between = match->kind == MATCH_ALL ? ", " : " or ";
	const char *open = match->kind == MATCH_ALL ? "" :
			   match->kind == MATCH_ANY ? "(" :
						      "not (";

	text_add(text, "%s", open);
	for (const struct await_match *link = match->first; link;
	     link = link->next) {
		match_text(text, link->first);
		text_add(text, "%s", link->next ? between : "");
	}
	text_add(text, "%s", match->kind == MATCH_ALL ? "" : ")");
}

static void add_event(struct text *text, const struct await_match *match)
{
	const char *verb = text_verb(match->type, match->state);

	if (verb)
		text_add(text, "%s ", verb);
	else
		text_add(text, match->subject.kind == 'a' ? "any event" :
							    "any event of ");
	if (verb || match->subject.kind != 'a')
		match_text_subject(text, match->subject);
}

void match_text(struct text *text, const struct await_match *match)
{
	if (!match) {
		text_add(text, "any event");
		return;
	}
	switch (match->kind) {
	case MATCH_EVENT:
		add_event(text, match);
		break;
	case MATCH_ALL:
	case MATCH_ANY:
	case MATCH_NONE:
		add_list(text, match);
		break;
	case MATCH_INSIDE:
		text_add(text, "inside ");
		match_text_subject(text, match->subject);
		break;
	case MATCH_MADE_AT:
	case MATCH_CALLED_AT:
		text_add(text, "%s at %s",
			 match->kind == MATCH_MADE_AT ? "made" : "called",
			 match->name);
		if (match->number)
			text_add(text, ":%" PRId64, match->number);
		break;
	case MATCH_FROM:
		text_add(text, "from %s", match->name);
		break;
	case MATCH_STACK:
		text_add(text, "with %s on the stack", match->name);
		break;
	case MATCH_THREAD:
		text_add(text, "on thread %" PRId64, match->number);
		break;
	case MATCH_ERROR:
		text_add(text, "with error ");
		text_error(text, (int)match->number);
		break;
	case MATCH_WHERE:
		text_add(text, "%s", match->name);
		break;
	case MATCH_LINK:
	case MATCH_EXHAUSTED:
	case MATCH_NO_MEMORY:
		ASSERT(!"claim_prepare() rejects them");
		break;
	}
}

static void mismatch_event(struct text *text, const struct await_match *match,
			   const struct record *record)
{
	const char *between = "";

	if ((match->type != -1 && match->type != record->type) ||
	    (match->state != -1 && match->state != record->state)) {
		text_add(text, "%s, not %s",
			 text_verb(record->type, record->state),
			 text_verb(match->type, match->state));
		between = "; ";
	}
	if (match->subject.kind == 'f' &&
	    strcmp(match->subject.pointer, text_function(record)) != 0) {
		text_add(text, "%s", between);
		text_name(text, text_function(record));
		text_add(text, ", not %s",
			 (const char *)match->subject.pointer);
	} else if (match->subject.kind == 'i' &&
		   match->subject.id != record->id) {
		text_add(text, "%s", between);
		text_id(text, record->id);
		text_add(text, ", not ");
		text_id(text, match->subject.id);
	}
}

static void mismatch_inside(struct text *text, const struct await_match *match,
			    const struct claim *claim,
			    const struct record *record)
{
	const char *parent = match_parent(claim, record);

	if (record->parent == 0) {
		text_add(text, "in no await");
	} else {
		text_add(text, "in %s%s", parent ? parent : "",
			 parent ? " " : "");
		text_id(text, record->parent);
	}
	text_add(text, ", not ");
	match_text(text, match);
}

static void mismatch_all(struct text *text, const struct await_match *match,
			 const struct claim *claim, const struct record *record)
{
	const char *between = "";

	for (match = match->first; match; match = match->next) {
		if (match_event(match->first, claim, record))
			continue;
		text_add(text, "%s", between);
		match_text_mismatch(text, match->first, claim, record);
		between = "; ";
	}
}

static void mismatch_from(struct text *text, const struct await_match *match,
			  const struct claim *claim,
			  const struct record *record)
{
	const char *name =
		functions_name(claim->trace, record->time_ns, record->addr);

	text_add(text, "from ");
	if (name)
		text_name(text, name);
	else
		text_add(text, "0x%" PRIx64 " (of no known function)",
			 record->addr);
	text_add(text, ", not %s", match->name);
}

void match_text_mismatch(struct text *text, const struct await_match *match,
			 const struct claim *claim, const struct record *record)
{
	switch (match->kind) {
	case MATCH_EVENT:
		mismatch_event(text, match, record);
		return;
	case MATCH_ALL:
		mismatch_all(text, match, claim, record);
		return;
	case MATCH_INSIDE:
		mismatch_inside(text, match, claim, record);
		return;
	case MATCH_FROM:
		mismatch_from(text, match, claim, record);
		return;
	case MATCH_MADE_AT:
		text_add(text, "made at ");
		text_site(text, record->site);
		break;
	case MATCH_THREAD:
		text_add(text, "on ");
		text_thread(text, claim->trace, record->thread);
		break;
	case MATCH_ERROR:
		text_add(text, "with error ");
		text_error(text, record->error);
		break;
	default:
		text_add(text, "not ");
		match_text(text, match);
		return;
	}
	text_add(text, ", not ");
	match_text(text, match);
}

void match_text_events(struct text *text, size_t count)
{
	text_add(text, "%zu event%s", count, count == 1 ? "" : "s");
}

static void add_times(struct text *text, size_t count)
{
	if (count == 1)
		text_add(text, "once");
	else
		text_add(text, "%zu times", count);
}

/* "expected fetch to ...", "but it ..."; NULL: events of several types. */
static const char *const *deeds(const struct await_match *match)
{
	static const char *const by_type[AWAIT_EVENT_COUNT][2] = {
		[AWAIT_EVENT_CREATE] = { "be created", "was created" },
		[AWAIT_EVENT_EXEC_BEGIN] = { "run", "ran" },
		[AWAIT_EVENT_EXEC_END] = { "end a run", "ended a run" },
		[AWAIT_EVENT_HIT] = { "be hit", "was hit" },
		[AWAIT_EVENT_BLOCK_BEGIN] = { "block a wait",
					      "blocked a wait" },
		[AWAIT_EVENT_BLOCK_END] = { "wake a wait", "woke a wait" },
		[AWAIT_EVENT_CYCLE] = { "be refused", "was refused" },
		[AWAIT_EVENT_DESTROY] = { "be destroyed", "was destroyed" },
		[AWAIT_EVENT_RESOLVE] = { "be settled", "was settled" },
		[AWAIT_EVENT_CANCEL] = { "be cancelled", "was cancelled" },
		[AWAIT_EVENT_WAIT_END] = { "end a wait", "ended a wait" },
		[AWAIT_EVENT_NAME] = { "be named", "was named" },
		[AWAIT_EVENT_START] = { "be started", "was started" },
	};
	static const char *const ran[] = { "run to a value", "ran to a value" };
	static const char *const failed[] = { "fail", "failed" };
	static const char *const resolved[] = { "be resolved", "was resolved" };
	static const char *const rejected[] = { "be rejected", "was rejected" };
	bool run;

	if (!match || match->kind != MATCH_EVENT || match->type < 0)
		return NULL;
	run = match->type == AWAIT_EVENT_EXEC_END;
	if (match->state == AWAIT_RESOLVED)
		return run ? ran : resolved;
	if (match->state == AWAIT_FAILED)
		return run ? failed : rejected;
	return by_type[match->type];
}

static void add_wanted(struct text *text, size_t least, size_t most)
{
	if (least == most) {
		add_times(text, least);
	} else if (most == AWAIT_UNLIMITED) {
		text_add(text, "at least ");
		add_times(text, least);
	} else if (least == 0) {
		text_add(text, "at most ");
		add_times(text, most);
	} else {
		text_add(text, "%zu to %zu times", least, most);
	}
}

void match_text_count(struct text *text, const struct await_match *match,
		      size_t least, size_t most, size_t count)
{
	const char *const *deed = deeds(match);
	bool never = least == 0 && most == 0;

	text_add(text, "expected ");
	if (deed)
		match_text_subject(text, match->subject);
	else
		match_text(text, match);
	text_add(text, "%s %s", never ? " never to" : " to",
		 deed ? deed[0] : "happen");
	if (!never) {
		text_add(text, " ");
		add_wanted(text, least, most);
	}
	text_add(text, ", but it ");
	if (count == 0) {
		text_add(text, "never %s", deed ? deed[1] : "did");
		return;
	}
	text_add(text, "%s ", deed ? deed[1] : "did");
	add_times(text, count);
}
