/* SPDX-License-Identifier: MIT */
/* The slowest first runs of a process, as many as lives.h is to keep: a heap
 * with the fastest of them on top. */
#pragma once

#include "lives/lives.h"

/* Of an await that has ended, or ends with the trace. Returns 0, or -1 without
 * memory. */
int slowest_note(struct lives *lives, const struct lives_await *await);

/* Slower ones first; of equal ones the older. */
int slowest_compare(const struct lives_slow *a, const struct lives_slow *b);

void slowest_free(struct lives *lives, struct lives_process *process);
