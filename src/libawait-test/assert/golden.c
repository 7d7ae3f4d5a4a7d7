/* SPDX-License-Identifier: MIT */
/*
 * A trace as text that is the same in every run that does the same, beside a
 * file that holds it. A file is written whole or not at all: beside its place,
 * then moved there.
 */
#define _GNU_SOURCE /* asprintf, gettid */
#include "libawait-test/assert/claims.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 512

struct numbers {
	struct ids awaits, threads;
};

static size_t number(struct ids *ids, uint64_t id)
{
	const size_t *at = ids_at(ids, id, ids->used + 1);

	return at ? *at : 0;
}

/* False: no memory. */
static bool line_of(struct numbers *numbers, const struct record *record,
		    struct text *line)
{
	size_t id = number(&numbers->awaits, record->id);
	size_t parent =
		record->parent ? number(&numbers->awaits, record->parent) : 0;
	size_t thread = number(&numbers->threads, (uint64_t)record->thread + 1);

	text_what(line, record, id, parent);
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
	struct numbers numbers = { 0 };
	bool right = true;

	for (size_t i = 0; i < trace->count && right; i++) {
		char buffer[LINE_SIZE];
		struct text line = { buffer, sizeof(buffer), 0 };

		if (!match_event(filter, claim, &trace->records[i]))
			continue;
		right = line_of(&numbers, &trace->records[i], &line) &&
			fputs(buffer, stream) >= 0;
	}
	ids_free(&numbers.awaits);
	ids_free(&numbers.threads);
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

	/* A trace that lost events has a text all the same. */
	claim_begin(&claim, trace);
	if (trace && claim.local && claim_uses(&claim, filter, NULL))
		text = trace_text(&claim, filter);
	claim_end(&claim);
	return text;
}

static void update(struct claim *claim, const char *path, const char *content)
{
	char *held = file_read(path);
	int rc;

	if (held && strcmp(held, content) == 0) {
		free(held);
		return;
	}
	free(held);
	rc = file_write(path, content);
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

/* Splits text; NULL when memory is out. */
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

static unsigned differ(const struct show *show, size_t expected,
		       size_t happened)
{
	const struct texts *texts = show->data;
	const char *left = texts->expected[expected];
	const char *right = texts->happened[happened];
	size_t same = 0;

	if (strcmp(left, right) == 0)
		return 0;
	while (left[same] && left[same] == right[same])
		same++;
	/* The same verb and function is near, the same verb less so. */
	if (!memchr(left, ' ', same))
		return FAR;
	return memchr(left, '#', same) ? 1 : 3;
}

static void left(const struct show *show, size_t expected, struct text *text)
{
	const struct texts *texts = show->data;

	text_add(text, "%s", texts->expected[expected]);
}

static void right(const struct show *show, size_t happened, struct text *text)
{
	const struct texts *texts = show->data;

	text_add(text, "%s", texts->happened[happened]);
}

static void compare(struct claim *claim, const char *path, char *held,
		    char *content)
{
	struct texts texts = { 0 };
	struct show show = { 0, 0, differ, left, right, &texts };
	size_t same = 0;

	texts.expected = lines_of(held, &show.expected);
	texts.happened = lines_of(content, &show.happened);
	if (!texts.expected || !texts.happened) {
		claim_no_memory(claim);
		goto out;
	}
	while (same < show.expected && same < show.happened &&
	       differ(&show, same, same) == 0)
		same++;
	if (same == show.expected && same == show.happened)
		goto out;
	text_add(&claim->text,
		 "expected what %s holds (AWAIT_TEST_UPDATE=1 writes it "
		 "anew), but it differs:",
		 path);
	if (!show_aligned(&claim->text, &show))
		claim_no_memory(claim);
out:
	free(texts.expected);
	free(texts.happened);
}

static void golden(struct claim *claim, const struct await_match *filter,
		   const char *path)
{
	const char *update_wanted = getenv("AWAIT_TEST_UPDATE");
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
	held = file_read(path);
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

	if (claim_begin(&claim, trace) && claim_uses(&claim, filter, NULL)) {
		if (path)
			golden(&claim, filter, path);
		else
			text_add(&claim.text, "a golden file's path is NULL");
	}
	return claim_end(&claim);
}
