/* SPDX-License-Identifier: MIT */
/*
 * What the files of the assertions share. A claim is a function call:
 *
 *     claim_begin()   takes this thread's buffer for the text; refuses no
 *                     trace, and one that lost events
 *     claim_uses()    once per matcher: resolves handles, refuses what can't
 *                     be asked of this trace
 *     ...             looks, and writes a text if it does not hold
 *     claim_end()     NULL if there is no text; ends the life of all matchers
 *                     that this thread has built
 *
 *     per_thread.c     what a thread owns: the text, the matchers
 *     deferred_failures.c      failures on other threads
 *     ids.c       a map from awaits to numbers
 *     golden_file.c      golden files
 *     near.c      the event that almost matches, the name that almost is
 *     match_text.c     matchers, and why they don't match, in words
 *     match.c     what matchers are made of, and which events they mean
 *     side_by_side.c      expected beside happened
 *
 *     counts.c  list.c  any_order.c  first_wait.c  no_leak.c  golden.c   the claims
 */
#pragma once

#include "libawait-test/records/records.h"

#include <stddef.h>

#define NONE SIZE_MAX
#define NO_MEMORY "memory is out: whether this holds can't be told"

/* Text of a failure: what does not fit is cut, and ends in "...". */
struct text {
	char *at;
	size_t size, used;
};

/* --- event_text.c --- */

void text_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* #12, or #12.3 of generation 3: as gdb and await_describe() do. */
void text_id(struct text *text, uint64_t id);
/* -ENOENT, or the number. */
void text_error(struct text *text, int error);
void text_site(struct text *text, const struct await_site *site);
/* "hit", for an event; state -1 is any. NULL: there is none. */
const char *text_verb(int type, int state);
/* T1, and the system's number in parentheses. */
void text_thread(struct text *text, const struct await_trace *trace,
		 uint32_t thread);
void text_record(struct text *text, const struct await_trace *trace,
		 const struct record *record);
/* The part of it that does not depend on the machine; with these ids. */
void text_what(struct text *text, const struct record *record, uint64_t id,
	       uint64_t parent);
/* "event 3: ", and the event. */
void text_numbered(struct text *text, const struct await_trace *trace,
		   size_t index);
/* Of the await; never NULL. */
const char *text_function(const struct record *record);
/* Without the folder. */
const char *text_file(const char *path);

/* --- ids.c --- */

/* Zeroed, it is empty. */
struct ids {
	struct id_value {
		uint64_t id; /* 0: not used */
		size_t value;
	} * slots;
	size_t used, room;
};

/* The value of id, which is value if id was not there. NULL: no memory. */
size_t *ids_at(struct ids *ids, uint64_t id, size_t value);
/* NULL: it is not there. */
const size_t *ids_find(const struct ids *ids, uint64_t id);
void ids_free(struct ids *ids);

/* --- per_thread.c --- */

#define MATCHES 1024

enum match_kind {
	MATCH_EVENT,
	MATCH_INSIDE,
	MATCH_ALL,
	MATCH_ANY,
	MATCH_NONE,
	MATCH_LINK, /* one of a list */
	MATCH_MADE_AT,
	MATCH_CALLED_AT,
	MATCH_FROM,
	MATCH_STACK,
	MATCH_THREAD,
	MATCH_ERROR,
	MATCH_WHERE,
	MATCH_EXHAUSTED, /* there was no room for it in the ring */
	MATCH_NO_MEMORY, /* there is no ring */
};

/* Owned by the thread that built it, until its next claim. */
struct await_match {
	enum match_kind kind;
	int type, state; /* MATCH_EVENT; -1 is any */
	/* Which of the thread's claims it is for. */
	uint64_t claim;
	struct await_subject subject;
	const char *name; /* function, file, or text */
	int64_t number;	  /* line, thread or error */
	bool (*matches)(const struct await_seen *event, void *data);
	void *data;
	/* Of a list: its first link; of a link: what, and the next. */
	const struct await_match *first, *next;
};

struct local;

/* A matcher to be filled; never NULL, but perhaps of the last two kinds. */
struct await_match *local_match(enum match_kind kind);

/* --- claim.c --- */

struct claim {
	const struct await_trace *trace;
	struct local *local; /* NULL: memory is out */
	struct text text;
	/* The first record of each await, if a matcher needs it. */
	struct ids awaits;
	bool no_memory;
};

bool claim_begin(struct claim *claim, const struct await_trace *trace);
const char *claim_end(struct claim *claim);
/* match and filter may be NULL: every event. Only those events of which filter
 * is true have to be such that match can be asked. */
bool claim_uses(struct claim *claim, const struct await_match *match,
		const struct await_match *filter);
/* Notes that memory is out; false. */
bool claim_no_memory(struct claim *claim);

/* --- per_thread.c, again --- */

/* Gives claim this thread's buffer, empty. False: no memory. */
bool local_begin(struct claim *claim);
void local_end(struct local *local);
/* NULL, or why match is not this claim's. */
const char *local_wrong(const struct local *local,
			const struct await_match *match);
/* Its buffer, as it stands; at is NULL without memory. */
struct text *local_text(void);

/* --- match.c --- */

enum answer { NO, YES, UNKNOWN };

/* NULL matches every event. UNKNOWN: what is asked for was not recorded. */
enum answer match_ask(const struct await_match *match,
		      const struct claim *claim, const struct record *record);
static inline bool match_event(const struct await_match *match,
			       const struct claim *claim,
			       const struct record *record)
{
	return match_ask(match, claim, record) == YES;
}
/* The name of the await in whose function it happened, or NULL. */
const char *match_parent(const struct claim *claim,
			 const struct record *record);

/* --- match_text.c --- */

/* hit fetch, made at page.c:31 */
void words_match(struct text *text, const struct await_match *match);
/* Why record does not match: "failed, not ran". */
void words_differs(struct text *text, const struct await_match *match,
		   const struct claim *claim, const struct record *record);
/* "fetch", "#12", "any await" */
void words_subject(struct text *text, struct await_subject subject);
/* "expected fetch to run once, but it ran 2 times" */
void words_count(struct text *text, const struct await_match *match,
		 size_t least, size_t most, size_t count);
/* "1 event", "2 events" */
void words_events(struct text *text, size_t count);

/* --- near.c --- */

#define FAR 4u

/* 0: it matches; FAR or more: it has little to do with it. */
unsigned near_distance(const struct await_match *match,
		       const struct claim *claim, const struct record *record);
/* The nearest record from first on, where none matches, or NONE. */
size_t near_record(const struct await_match *match, const struct claim *claim,
		   size_t first);
/* Adds lines: the nearest event, and names that match asks for but no event
 * has. */
void near_say(struct claim *claim, const struct await_match *match,
	      size_t first);
void near_names(struct claim *claim, const struct await_match *match);

/* --- side_by_side.c --- */

/* Two lists to be shown side by side. */
struct show {
	size_t expected, happened;
	/* 0: as expected; below FAR: nearly; otherwise something else. */
	unsigned (*differ)(const struct show *show, size_t expected,
			   size_t happened);
	void (*left)(const struct show *show, size_t expected,
		     struct text *text);
	void (*right)(const struct show *show, size_t happened,
		      struct text *text);
	const void *data;
};

/* False: no memory. */
bool show_aligned(struct text *text, const struct show *show);

/* --- golden_file.c --- */

/* NULL and errno, or what the file holds, to be freed. */
char *file_read(const char *path);
/* 0 or a negative errno. */
int file_write(const char *path, const char *content);
