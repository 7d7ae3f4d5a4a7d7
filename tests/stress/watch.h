/* SPDX-License-Identifier: MIT */
/*
 * A sink that counts hits and creations, and windows in which it must have
 * seen every one: a window is open from the return of await_sink_add() until
 * before await_sink_remove() is called. The callback counts in the thread that
 * hits, so a thread knows after each operation whether it was seen.
 */
#pragma once

#include "oracle.h"

struct watched {
	uint32_t window, hits, creations;
};

struct watched watch_begin(void);
/* If one window was open all the time since, exactly these were seen. */
void watch_end(const struct record *record, const struct watched *before,
	       uint32_t hits, uint32_t creations);

/* Arms and opens; closes and disarms. False where the kernel cannot. */
bool watch_open(void);
void watch_close(void);

/*
 * Opens and closes while the crowd works: a helper. Windows are as long as some
 * steps take, not some time. In some of them, another sink that wants hits
 * comes and goes.
 */
void watch_come_and_go(void);

/*
 * Another sink: it makes some outcomes late, between their claim and their
 * publication, so that others come in between. It also sees what those who
 * sleep wake up to: this thread's last word on it, AWAIT_FREE if there is none
 * since watch_awake() was called last.
 */
void watch_brake(bool on);
enum await_state watch_awake(void);
/* This thread begins a wait; then: that was for the await of this id, and
 * returned rc, which is what the sink saw, if it saw anything. */
void watch_waits(void);
void watch_waited(const struct record *record, uint64_t id, int rc);

/* What the sink saw on all threads since watch_open(). */
uint32_t watch_hits(void);
uint32_t watch_creations(void);

/* Operations that watch_end() judged. */
extern AWAIT_ATOMIC(uint32_t) watch_judged;
