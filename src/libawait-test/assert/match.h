/* SPDX-License-Identifier: MIT */
/*
 * Matchers: what the macros of <await/test.h> build, and whether an event
 * matches one.
 */
#pragma once

#include "libawait-test/records/records.h"

struct claim;

enum match_kind {
	MATCH_EVENT,
	MATCH_INSIDE,
	MATCH_ALL,
	MATCH_ANY,
	MATCH_NONE,
	MATCH_LINK, /* an element of the list of one of those three */
	MATCH_MADE_AT,
	MATCH_CALLED_AT,
	MATCH_FROM,
	MATCH_STACK,
	MATCH_THREAD,
	MATCH_ERROR,
	MATCH_WHERE,
	MATCH_EXHAUSTED, /* this thread has no room for another matcher */
	MATCH_NO_MEMORY,
};

/* Owned by the thread that built it (per_thread.h), until its next claim. */
struct await_match {
	enum match_kind kind;
	int type, state; /* MATCH_EVENT; -1 is any */
	uint64_t claim;	 /* the number of the claim that it was built for */
	struct await_subject subject;
	const char *name; /* function, file, or text */
	int64_t number;	  /* line, thread or error */
	bool (*matches)(const struct await_seen *event, void *data);
	void *data;
	/* A list has its first link here, a link its matcher and the next link.
	 */
	const struct await_match *first, *next;
};

/* UNKNOWN: a stack is needed that was not recorded. */
enum answer { NO, YES, UNKNOWN };

/* match may be NULL: every event matches. claim_prepare() has accepted it. */
enum answer match_evaluate(const struct await_match *match,
			   const struct claim *claim,
			   const struct record *record);
static inline bool match_event(const struct await_match *match,
			       const struct claim *claim,
			       const struct record *record)
{
	return match_evaluate(match, claim, record) == YES;
}

/* The name of the await in whose function the event happened, or NULL. */
const char *match_parent(const struct claim *claim,
			 const struct record *record);
