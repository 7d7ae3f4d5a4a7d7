/* SPDX-License-Identifier: MIT */
/* The awaits behind the records: their types, the calls that need them, and
 * the judgement of what these return. */
#pragma once

#include "oracle.h"

#include <time.h>

#define ERROR_BASE 5000 /* error n is -(ERROR_BASE + n): no errno */

struct part {
	struct record *record;
	uint64_t value;
};

struct cell {
	struct part part;
	char rest[8];
};

/* Makes record->aw; NULL when memory is out. */
void awaits_make(struct record *record);
int awaits_wait(struct record *record, struct part *out);
int awaits_wait_until(struct record *record, struct part *out,
		      const struct timespec *deadline);
int awaits_peek(struct record *record, struct part *out);
int awaits_resolve(struct record *record, uint64_t value);
int awaits_reject(struct record *record, int error);

/* The await this thread is cancelling. */
extern __thread struct record *cancelling;

/* What was known before an operation began. */
struct look {
	uint32_t ended;
	bool sure; /* seen resolved: a wait is a hit; else it may be */
	bool cancelled, settled;
	bool in_vain; /* no wait can succeed: it, or its whole, is cancelled */
};

struct look look_at(struct record *record);
/* A wait that began then got this value, or this error. */
void check_value(struct record *record, const struct part *got);
void check_error(struct record *record, const struct look *before, int rc);

/* What thread who offers for a promise: a value, or an error. */
bool offers_value(const struct record *record, uint32_t who);
