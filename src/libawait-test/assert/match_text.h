/* SPDX-License-Identifier: MIT */
/* Matchers as text, and why an event does not match one. */
#pragma once

#include "libawait-test/assert/match.h"
#include "libawait-test/records/event_text.h"

/* hit fetch, made at page.c:31 */
void match_text(struct text *text, const struct await_match *match);
/* Why record does not match: "failed, not ran". */
void match_text_mismatch(struct text *text, const struct await_match *match,
			 const struct claim *claim,
			 const struct record *record);
/* "fetch", "#12", "any await" */
void match_text_subject(struct text *text, struct await_subject subject);
/* "expected fetch to run once, but it ran 2 times" */
void match_text_count(struct text *text, const struct await_match *match,
		      size_t least, size_t most, size_t count);
/* "1 event", "2 events" */
void match_text_events(struct text *text, size_t count);
