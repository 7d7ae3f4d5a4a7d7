/* SPDX-License-Identifier: MIT */
/* See filter_tokens.h. */
#include "awaitctl/common/filter_tokens.h"

#include <ctype.h>
#include <string.h>

/* text is at the first quote. */
static const char *skip_quoted(const char *text)
{
	char quote = *text++;

	while (*text && *text != quote)
		text += text[0] == '\\' && text[1] ? 2 : 1;
	return *text ? text + 1 : text;
}

static const char *skip_word(const char *text)
{
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return text;
}

static const char *skip_context(const char *text)
{
	while (*text &&
	       (isalnum((unsigned char)*text) || strchr("$_.:", *text)))
		text++;
	return text;
}

/* Returns what follows a comparison, or text if it is at none. */
static const char *skip_comparison(const char *text)
{
	if (strchr("<>=!", text[0]) && text[1] == '=')
		return text + 2;
	/* << and >> shift. */
	if (strchr("<>", text[0]) && text[1] != text[0])
		return text + 1;
	return text;
}

static const char *skip_operator(struct filter_token *token, const char *text)
{
	const char *end = skip_comparison(text);

	token->kind = TOKEN_COMPARISON;
	if (end > text)
		return end;
	token->kind = strchr("()", *text) ? TOKEN_PAREN : TOKEN_OTHER;
	return text[0] == text[1] && strchr("<>", *text) ? text + 2 : text + 1;
}

bool filter_token_next(const char **at, struct filter_token *token)
{
	const char *text = *at + strspn(*at, " \t\n"), *end;

	if (!*text)
		return false;
	if (*text == '"' || *text == '\'') {
		token->kind = TOKEN_STRING;
		end = skip_quoted(text);
	} else if (*text == '$') {
		token->kind = TOKEN_VALUE;
		end = skip_context(text);
	} else if (isdigit((unsigned char)*text)) {
		token->kind = TOKEN_VALUE;
		end = skip_word(text);
	} else if (isalpha((unsigned char)*text) || *text == '_') {
		token->kind = TOKEN_FIELD;
		end = skip_word(text);
	} else {
		end = skip_operator(token, text);
	}
	token->start = text;
	token->length = (size_t)(end - text);
	*at = end;
	return true;
}

bool filter_token_is(const struct filter_token *token, const char *word)
{
	return strlen(word) == token->length &&
	       strncmp(token->start, word, token->length) == 0;
}
