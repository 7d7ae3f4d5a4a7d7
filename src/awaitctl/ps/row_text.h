/* SPDX-License-Identifier: MIT */
/*
 * An await of another process in words, as libawait itself says them:
 *
 *     fetch("/etc/hosts", 0)             pending, running
 *     fetch(...) = {4 bytes}             resolved: arguments are gone
 *     fetch("/nope", 0): -ENOENT (No such file or directory), 2 attempts
 *     nowait = 33
 *     promise, only who waits holds it unless lent (1 reference)
 *
 * Kinds and sizes come from the descriptors; no debug information is needed.
 */
#pragma once

#include "awaitctl/ps/view.h"

/* Longer ones are cut. */
enum { WORDS_MAX = 512 };

struct words {
	char call[WORDS_MAX];
	char value[WORDS_MAX]; /* of a resolved one, or "" */
	char alone[64];	       /* "only who waits holds it ...", or "" */
	uint32_t tid;	       /* that runs it, or 0 */
	bool stop;	       /* it was asked to stop */
	/* As it was seen. If it changed meanwhile, call is the name alone. */
	bool whole;
};

void words_take(struct words *words, const struct view *view,
		struct view_row *row);

/* ": -ENOENT (No such file or directory), 2 attempts", of a failed one. */
void words_error(const struct view_row *row, char *text, size_t size);
/* "-ENOENT", or the number. */
void words_error_name(int32_t error, char name[32]);
/* "#12.3" */
void words_id(uint64_t id, char text[32]);
/* `#12.3 "config"`, of one with a name. */
enum { WORDS_ID_MAX = 384 }; /* of a name each byte may take four */
void words_named_id(const struct process_copy *copy,
		    const struct slots_await *seen, char text[WORDS_ID_MAX]);
/* "main.c:31" */
void words_site(const struct names_site *site, char *text, size_t size);
/* Whether an AWAIT_STATIC holds it: "main.c:9, static started". */
bool words_static(const struct view_row *row);
void words_created(const struct view_row *row, char *text, size_t size);
