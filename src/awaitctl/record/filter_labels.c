/* SPDX-License-Identifier: MIT */
/* See filter_labels.h. */
#define _GNU_SOURCE
#include "awaitctl/record/filter_labels.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/filter_tokens.h"

#include <await/core.h>
#include <await/sink.h>
#include <await/trace.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct label {
	const char *name; /* NULL behind the last */
	int value;
};

/* Those of trace/provider.h; a test records with each. */
static const struct label states[] = {
	{ "pending", AWAIT_PENDING },	  { "running", AWAIT_RUNNING },
	{ "resolved", AWAIT_RESOLVED },	  { "failed", AWAIT_FAILED },
	{ "cancelled", AWAIT_CANCELLED }, { 0 }
};

static const struct label origins[] = { { "lazy", AWAIT_LAZY },
					{ "nowait", AWAIT_NOWAIT },
					{ "promise", AWAIT_PROMISE },
					{ "static", AWAIT_TRACE_STATIC },
					{ 0 } };

static const struct label sources[] = { { "wait", AWAIT_RUN_WAIT },
					{ "start", AWAIT_RUN_START },
					{ 0 } };

static const struct enumeration {
	const char *field;
	const struct label *labels;
} enumerations[] = {
	{ "state", states },
	{ "outcome", states },
	{ "origin", origins },
	{ "source", sources },
};

static const struct enumeration *find(const struct filter_token *field)
{
	const size_t count = sizeof(enumerations) / sizeof(enumerations[0]);

	for (size_t i = 0; i < count; i++)
		if (filter_token_is(field, enumerations[i].field))
			return &enumerations[i];
	return NULL;
}

/* text has its quotes. */
static const struct label *find_label(const struct enumeration *enumeration,
				      const struct filter_token *text)
{
	const struct label *label = enumeration->labels;
	const struct filter_token inner = { TOKEN_STRING, text->start + 1,
					    text->length - 2 };

	if (text->length < 2)
		return NULL;
	while (label->name && !filter_token_is(&inner, label->name))
		label++;
	return label->name ? label : NULL;
}

/* Of all events; the other fields are numbers. A test compares. */
static bool is_text(const struct filter_token *field)
{
	static const char *const texts[] = { "function", "type", "file", "name",
					     "recordings" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (filter_token_is(field, texts[i]))
			return true;
	return false;
}

static int other_kind(const struct filter_token *field, const char *is,
		      const struct filter_token *value)
{
	say("%.*s is a %s: compared with %.*s it is never right",
	    (int)field->length, field->start, is, (int)value->length,
	    value->start);
	return EXIT_FAILED;
}

static int no_label(const struct enumeration *enumeration,
		    const struct filter_token *text)
{
	char labels[128];
	size_t length = 0;

	for (const struct label *label = enumeration->labels; label->name;
	     label++)
		length += (size_t)snprintf(labels + length,
					   sizeof(labels) - length, "%s%s",
					   length ? ", " : "", label->name);
	say("%s is never %.*s: it is one of %s", enumeration->field,
	    (int)text->length, text->start, labels);
	return EXIT_FAILED;
}

/* What is rewritten: `from` is what has not been copied to out yet. */
struct rewriting {
	FILE *out;
	const char *from;
};

static int replace(struct rewriting *rewriting,
		   const struct filter_token *field,
		   const struct filter_token *comparison,
		   const struct filter_token *text)
{
	const struct enumeration *enumeration = find(field);
	const struct label *label;

	if (is_text(field) || text->start < rewriting->from)
		return 0;
	if (!enumeration)
		return other_kind(field, "number", text);
	label = find_label(enumeration, text);
	if (!label)
		return no_label(enumeration, text);
	if (!filter_token_is(comparison, "==") &&
	    !filter_token_is(comparison, "!=")) {
		say("%s has no order: compare it with %.*s by == or !=",
		    enumeration->field, (int)text->length, text->start);
		return EXIT_FAILED;
	}
	fprintf(rewriting->out, "%.*s%d", (int)(text->start - rewriting->from),
		rewriting->from, label->value);
	rewriting->from = text->start + text->length;
	return 0;
}

/* A context may be of either kind. */
static int check_number(const struct filter_token *field,
			const struct filter_token *value)
{
	if (*value->start == '$' || !is_text(field))
		return 0;
	return other_kind(field, "text", value);
}

static bool is_operand(enum filter_token_kind kind)
{
	return kind == TOKEN_FIELD || kind == TOKEN_STRING ||
	       kind == TOKEN_VALUE;
}

/* last: the last two tokens, without parentheses. */
static int look(struct rewriting *rewriting, const struct filter_token last[2],
		const struct filter_token *token)
{
	if (last[1].kind != TOKEN_COMPARISON || !is_operand(token->kind))
		return 0;
	if (last[0].kind == TOKEN_FIELD && token->kind == TOKEN_STRING)
		return replace(rewriting, &last[0], &last[1], token);
	if (last[0].kind == TOKEN_STRING && token->kind == TOKEN_FIELD)
		return replace(rewriting, token, &last[1], &last[0]);
	if (last[0].kind == TOKEN_FIELD && token->kind == TOKEN_VALUE)
		return check_number(&last[0], token);
	if (last[0].kind == TOKEN_VALUE && token->kind == TOKEN_FIELD)
		return check_number(token, &last[0]);
	return 0;
}

static int rewrite(struct rewriting *rewriting)
{
	struct filter_token last[2] = { { TOKEN_OTHER, "", 0 },
					{ TOKEN_OTHER, "", 0 } };
	struct filter_token token;
	const char *at = rewriting->from;
	int status = 0;

	while (status == 0 && filter_token_next(&at, &token)) {
		if (token.kind == TOKEN_PAREN)
			continue;
		status = look(rewriting, last, &token);
		last[0] = last[1];
		last[1] = token;
	}
	fputs(rewriting->from, rewriting->out);
	return status;
}

int filter_labels_replace(char **replaced, const char *filter)
{
	size_t size;
	struct rewriting rewriting = { .from = filter };
	int status;

	*replaced = NULL;
	rewriting.out = must(open_memstream(replaced, &size));
	status = rewrite(&rewriting);
	if (fclose(rewriting.out))
		must(NULL);
	if (status == 0)
		return 0;
	free(*replaced);
	*replaced = NULL;
	return status;
}
