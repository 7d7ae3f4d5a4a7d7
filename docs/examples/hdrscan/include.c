/* SPDX-License-Identifier: MIT */
/*
 * Finds #include lines: as much of a preprocessor as that takes.
 *
 * Comments, strings and continued lines are known, conditions are not: an
 * #include counts whatever #if stands around it, for what a header may pull in
 * is the question. #import counts as #include.
 */
#include "header.h"

#include <string.h>

/* Behind the comment at text, or text itself if there is none. */
static const char *skip_comment(const char *text)
{
	if (text[0] == '/' && text[1] == '*') {
		const char *end = strstr(text + 2, "*/");

		return end ? end + 2 : text + strlen(text);
	}
	if (text[0] == '/' && text[1] == '/')
		while (*text && *text != '\n')
			text += text[0] == '\\' && text[1] ? 2 : 1;
	return text;
}

/* To the first thing in this line, or its end. */
static const char *skip_space(const char *text)
{
	for (;;) {
		const char *after = skip_comment(text);

		if (text[0] == '\\' && text[1] == '\n')
			after = text + 2;
		else if (*text && strchr(" \t\r\f\v", *text))
			after = text + 1;
		if (after == text)
			return text;
		text = after;
	}
}

/* Behind the string or character at text. One that does not end in its line
 * is an apostrophe in a text. */
static const char *skip_string(const char *text)
{
	char quote = *text++;

	while (*text && *text != '\n' && *text != quote)
		text += text[0] == '\\' && text[1] ? 2 : 1;
	return *text == quote ? text + 1 : text;
}

/* To the start of the next line. */
static const char *skip_line(const char *text)
{
	while (*text && *text != '\n') {
		const char *after = skip_comment(text);

		if (after != text)
			text = after;
		else if (*text == '"' || *text == '\'')
			text = skip_string(text);
		else
			text += text[0] == '\\' && text[1] ? 2 : 1;
	}
	return *text ? text + 1 : text;
}

/* Whether a directive starts at text; moves *text behind its name. */
static bool is_include(enum include_kind *kind, const char **text)
{
	static const struct {
		const char *name;
		enum include_kind kind;
	} names[] = {
		{ "include", INCLUDE_ANGLES },
		{ "include_next", INCLUDE_NEXT },
		{ "import", INCLUDE_ANGLES },
	};
	const char *word;
	size_t length;

	if (**text != '#')
		return false;
	word = skip_space(*text + 1);
	length = strspn(word, "abcdefghijklmnopqrstuvwxyz_");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == length &&
		    memcmp(names[i].name, word, length) == 0) {
			*kind = names[i].kind;
			*text = skip_space(word + length);
			return true;
		}
	return false;
}

bool include_find(struct include *include, const char **text)
{
	for (const char *p = *text; *p; p = skip_line(p)) {
		const char *end;

		p = skip_space(p);
		if (!is_include(&include->kind, &p))
			continue;
		if (*p == '"' && include->kind == INCLUDE_ANGLES)
			include->kind = INCLUDE_QUOTES;
		include->name = p + 1;
		include->length = strcspn(p + 1, *p == '<' ? ">\n" : "\"\n");
		end = include->name + include->length;
		if ((*p != '<' && *p != '"') || *end == '\n' || !*end) {
			include->kind = INCLUDE_COMPUTED;
			end = p;
		} else {
			end++;
		}
		*text = skip_line(end);
		return true;
	}
	return false;
}
