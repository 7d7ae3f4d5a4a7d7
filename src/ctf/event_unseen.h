/* SPDX-License-Identifier: MIT */
/*
 * What is unfinished and looks finished: the bytes in gaps are less than those
 * that were not committed.
 *
 * Most often a gap begins where what is known ends; it does not only if what is
 * there was committed later than what is behind. So the other ways need gaps
 * that are seen, unless there is no such way; then those events are suspected
 * that were the last of their threads, if there are some of that size.
 */
#pragma once

#include "ctf/event_readings.h"
#include "ctf/event_sums.h"

/* Fills `unseen`: at which ends there are as many bytes of events that may be
 * unfinished as the way there lacks in gaps. Returns 0, or -1 without memory.
 */
int event_unseen_find(struct event_readings *all);

/* Notes what event_unseen_may_be() is to say, after what is kept has changed.
 */
void event_unseen_note(struct event_readings *all);

/* event_sum_find(), until that has taken too long: then there are several. */
enum event_sum event_unseen_sum(struct event_readings *all,
				const uint64_t *sizes, uint32_t count,
				uint64_t bytes, bool *chosen);

/* Whether there is an event in some way that is kept and may be unfinished,
 * though it looks finished. last: only if it is the last of its thread. One
 * beside a gap may not: a way with a larger gap stands for that. */
bool event_unseen_may_be(const struct event_readings *all, uint32_t i,
			 bool last);
