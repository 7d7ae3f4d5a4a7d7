/* SPDX-License-Identifier: MIT */
/*
 * The names of awaits that recordings of this process may see. They are kept
 * from the first recording on, also those that are given between two.
 */
#pragma once

#include "libawait-test/records/given_names.h"

#include <stdbool.h>

/* Of the last recording; constant once that has ended. */
extern struct given_names recorded_names;

/* Of any thread; without memory the await has no name. recording: it is under
 * way. */
void recorded_names_keep(const struct await *aw, uint64_t id, const char *name,
			 bool recording);
/* A recording begins. first: names that were given before are looked for. */
void recorded_names_begin(bool first);
/* For fork(). */
void recorded_names_lock(void);
void recorded_names_unlock(void);
