/* SPDX-License-Identifier: MIT */
/*
 * What of a recording is asked for: awaits of some sites, what some thread
 * does, what happens in some time. The model takes all events, so that states
 * and durations stay right; only figures are of that part.
 *
 * What happens at an event counts if the event is of that thread and in that
 * time; so a duration counts when it ends. What is known of an await as a whole
 * counts if it was created in that time, and what had not ended with the
 * recording if it began then: of one thread, none of either.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lives;
struct lives_await;
struct lives_site;
struct trace_event;

/* That of 0 is everything. */
struct lives_choice {
	bool has_window;
	int64_t since, until; /* the latter is outside */
	int64_t thread;	      /* its number; 0: all */
	bool failed;	      /* of the slowest first runs, those that failed */
	/* Awaits of the sites that it is true of; NULL: of all. Asked once for
	 * each. */
	bool (*site)(void *data, const struct lives_site *site);
	void *data;
};

bool choice_has_time(const struct lives *lives, int64_t time);

/* Whether what happens at the event counts, if its await does. */
bool choice_has_event(const struct lives *lives,
		      const struct trace_event *event);

/* NULL: nobody has named its function. */
bool choice_has_site(const struct lives *lives, const struct lives_site *site);

/* Whether what is known of it as a whole counts. */
bool choice_has_whole(const struct lives *lives,
		      const struct lives_await *await);

/* Whether that of a run, or of a wait that sleeps, counts. */
bool choice_has_unended(const struct lives *lives, int64_t began);

/* Whether anything is left out. */
bool choice_is_part(const struct lives *lives);
