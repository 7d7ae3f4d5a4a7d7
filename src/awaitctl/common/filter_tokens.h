/* SPDX-License-Identifier: MIT */
/*
 * The words of an expression of LTTng's filter language, as far as they say
 * which fields it names and what these are compared with. Whether it is a right
 * one is LTTng's to say.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum filter_token_kind {
	TOKEN_FIELD,	  /* error */
	TOKEN_STRING,	  /* "text", with its quotes; the last may lack */
	TOKEN_VALUE,	  /* 0x7f, $ctx.vpid, $app.provider:name */
	TOKEN_COMPARISON, /* == != < > <= >= */
	TOKEN_PAREN,	  /* ( ) */
	TOKEN_OTHER,	  /* one character of any other operator */
};

/* A part of the expression, which it points into. */
struct filter_token {
	enum filter_token_kind kind;
	const char *start;
	size_t length;
};

/* Takes the token at *at, behind blanks, and moves *at behind it. False at the
 * end of the expression. */
bool filter_token_next(const char **at, struct filter_token *token);

/* Whether the text of the token is that word. */
bool filter_token_is(const struct filter_token *token, const char *word);
