/* SPDX-License-Identifier: MIT */
/*
 * What of a recording somebody asks for on a command line: awaits of some
 * functions, sites or processes, what some thread does, what happens in some
 * time, what fails.
 */
#pragma once

#include "lives/lives.h"

/* "1.5s", "200ms", "12us", "7ns", or a number of seconds: after the recording's
 * first event, or, with a minus, before its last. */
struct chosen_time {
	const char *text; /* NULL: none is given */
	bool before_end;
	int64_t ns;
};

/* That of 0 asks for everything. */
struct chosen {
	const char *function; /* a glob */
	const char *site;     /* the end of a path, of whole names */
	int64_t pid, tid;     /* 0: all */
	struct chosen_time since, until;
	bool failed; /* functions, sites and so on where a run has failed */
};

bool chosen_time_parse(struct chosen_time *time, const char *text);

/* In a recording whose first and last event were then; as far as there are such
 * times. */
int64_t chosen_time_at(const struct chosen_time *time, int64_t first,
		       int64_t last);

bool chosen_any(const struct chosen *chosen);

/* Whether there is a time that is not known before all has been read. */
bool chosen_has_window(const struct chosen *chosen);

/* For struct lives_choice: data is a struct chosen. */
bool chosen_has_site(void *data, const struct lives_site *site);

enum { CHOSEN_TEXT = 4096 };

/* As one gives it on a command line, cut if it is longer than that. Returns
 * text. */
const char *chosen_text(const struct chosen *chosen, char text[CHOSEN_TEXT]);
