/* SPDX-License-Identifier: MIT */
/*
 * A trace as text that every run of the same program has alike, and the claim
 * that it is what a golden file holds. Awaits and threads are numbered in order
 * of appearance, from 1.
 */
#define _GNU_SOURCE /* strchrnul, secure_getenv */
#include "libawait-test/assert/claim.h"

#include "common/assert.h"
#include "common/export.h"
#include "libawait-test/assert/golden_file.h"
#include "libawait-test/assert/side_by_side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 512

/* Ids in order of appearance; the table finds their places there. */
struct numbering {
	uint64_t *ids;
	size_t count, room;
	struct table table;
};

/* ids is NULL when memory is out. */
static struct numbering numbering_of(size_t room)
{
	return (struct numbering){
		.ids = malloc((room + 1) * sizeof(uint64_t)),
		.room = room,
	};
}

static void numbering_free(struct numbering *numbering)
{
	table_free(&numbering->table);
	free(numbering->ids);
}

static bool is_id(const void *item, const void *id)
{
	return *(const uint64_t *)item == *(const uint64_t *)id;
}

/* 0: no memory. */
static size_t number(struct numbering *numbering, uint64_t id)
{
	void **place =
		table_place(&numbering->table, hash_number(0, id), is_id, &id);

	if (!place)
		return 0;
	if (!*place) {
		ASSERT(numbering->count < numbering->room);
		numbering->ids[numbering->count] = id;
		*place = &numbering->ids[numbering->count++];
	}
	return (size_t)((uint64_t *)*place - numbering->ids) + 1;
}

struct numbers {
	struct numbering awaits, threads;
};

/* False: no memory. */
static bool line_of(struct numbers *numbers, const struct await_trace *trace,
		    const struct record *record, struct text *line)
{
	size_t id = number(&numbers->awaits, record->id);
	size_t parent =
		record->parent ? number(&numbers->awaits, record->parent) : 0;
	size_t thread = number(&numbers->threads, record->thread);

	text_what(line, trace, record, id, parent);
	if (record->type == AWAIT_EVENT_CREATE) {
		text_add(line, " at ");
		text_site(line, record->site);
	}
	text_add(line, " on T%zu\n", thread);
	return id && thread && (parent || !record->parent);
}

static bool write_lines(const struct claim *claim,
			const struct await_match *filter, FILE *stream)
{
	const struct await_trace *trace = claim->trace;
	/* An event has an await, its parent, and a thread. */
	struct numbers numbers = { numbering_of(2 * trace->count),
				   numbering_of(trace->count) };
	bool right = numbers.awaits.ids && numbers.threads.ids;

	for (size_t i = 0; i < trace->count && right; i++) {
		char buffer[LINE_SIZE];
		struct text line = { buffer, sizeof(buffer), 0, NULL };

		if (!match_event(filter, claim, &trace->records[i]))
			continue;
		right = line_of(&numbers, trace, &trace->records[i], &line) &&
			fputs(buffer, stream) >= 0;
	}
	numbering_free(&numbers.awaits);
	numbering_free(&numbers.threads);
	return right;
}

static char *trace_text(const struct claim *claim,
			const struct await_match *filter)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	bool right;

	if (!stream)
		return NULL;
	right = write_lines(claim, filter, stream);
	if (fclose(stream) == 0 && right)
		return text;
	free(text);
	return NULL;
}

EXPORT char *await_trace_text(const struct await_trace *trace,
			      const struct await_match *filter)
{
	struct claim claim;
	char *text = NULL;

	/* Goes on if the trace lost events: that does not make it unreadable.
	 */
	claim_begin(&claim, trace);
	if (trace && claim.own && claim_prepare(&claim, filter, NULL))
		text = trace_text(&claim, filter);
	claim_end(&claim);
	return text;
}

static void update(struct claim *claim, const char *path, const char *content)
{
	char *held = golden_file_read(path);
	int rc;

	if (held && strcmp(held, content) == 0) {
		free(held);
		return;
	}
	free(held);
	rc = golden_file_write(path, content);
	if (rc == -ENOMEM)
		claim_no_memory(claim);
	else if (rc == 0)
		dprintf(STDERR_FILENO, "await: wrote %s (AWAIT_TEST_UPDATE)\n",
			path);
	else
		text_add(&claim->text, "%s can't be written: %s", path,
			 strerror(-rc));
}

/* Two texts as arrays of lines. */
struct texts {
	char **expected, **happened;
};

/* Splits text in place; NULL when memory is out. */
static char **lines_of(char *text, size_t *count)
{
	size_t lines = 0;
	char **split;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	split = malloc((lines + 1) * sizeof(*split));
	*count = 0;
	while (split && *text) {
		char *end = strchrnul(text, '\n');

		split[(*count)++] = text;
		text = *end ? end + 1 : end;
		*end = '\0';
	}
	return split;
}

static unsigned differ(const struct side_by_side *lists, size_t expected,
		       size_t happened)
{
	const struct texts *texts = lists->data;
	const char *left = texts->expected[expected];
	const char *right = texts->happened[happened];
	size_t same = 0;

	if (strcmp(left, right) == 0)
		return 0;
	while (left[same] && left[same] == right[same])
		same++;
	/* Nearer with the same verb and function than with the same verb. */
	if (!memchr(left, ' ', same))
		return FAR;
	return memchr(left, '#', same) ? 1 : 3;
}

static void left(const struct side_by_side *lists, size_t expected,
		 struct text *text)
{
	const struct texts *texts = lists->data;

	text_add(text, "%s", texts->expected[expected]);
}

static void right(const struct side_by_side *lists, size_t happened,
		  struct text *text)
{
	const struct texts *texts = lists->data;

	text_add(text, "%s", texts->happened[happened]);
}

static void compare(struct claim *claim, const char *path, char *held,
		    char *content)
{
	struct texts texts = { 0 };
	struct side_by_side lists = { 0, 0, differ, left, right, &texts };
	size_t same = 0;

	texts.expected = lines_of(held, &lists.expected);
	texts.happened = lines_of(content, &lists.happened);
	if (!texts.expected || !texts.happened) {
		claim_no_memory(claim);
		goto out;
	}
	while (same < lists.expected && same < lists.happened &&
	       differ(&lists, same, same) == 0)
		same++;
	if (same == lists.expected && same == lists.happened)
		goto out;
	text_add(&claim->text,
		 "expected what %s holds (AWAIT_TEST_UPDATE=1 writes it "
		 "anew), but it differs:",
		 path);
	if (!side_by_side_add(&claim->text, &lists))
		claim_no_memory(claim);
out:
	free(texts.expected);
	free(texts.happened);
}

static void golden(struct claim *claim, const struct await_match *filter,
		   const char *path)
{
	const char *update_wanted = secure_getenv("AWAIT_TEST_UPDATE");
	char *content = trace_text(claim, filter), *held;

	if (!content) {
		claim_no_memory(claim);
		return;
	}
	if (update_wanted && strcmp(update_wanted, "1") == 0) {
		update(claim, path, content);
		free(content);
		return;
	}
	held = golden_file_read(path);
	if (held)
		compare(claim, path, held, content);
	else if (errno == ENOENT)
		text_add(&claim->text,
			 "%s does not exist: AWAIT_TEST_UPDATE=1 writes it; "
			 "look at it then",
			 path);
	else
		text_add(&claim->text, "%s can't be read: %s", path,
			 strerror(errno));
	free(held);
	free(content);
}

EXPORT const char *await_claim_golden(const struct await_trace *trace,
				      const struct await_match *filter,
				      const char *path)
{
	struct claim claim;

	if (claim_begin(&claim, trace) && claim_prepare(&claim, filter, NULL)) {
		if (path)
			golden(&claim, filter, path);
		else
			text_add(&claim.text, "a golden file's path is NULL");
	}
	return claim_end(&claim);
}
