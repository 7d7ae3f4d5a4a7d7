/* SPDX-License-Identifier: MIT */
/*
 * What a page draws, from what is told of lives (lives/change.h): awaits, and
 * the runs and sleeps of each; and, of all of them, chains and waits. Of a long
 * recording the awaits are kept that ran and slept for longest, and the longest
 * runs and sleeps; how many are not is known. What had not ended is kept first.
 */
#pragma once

#include "awaitctl/html/chains.h"
#include "awaitctl/html/longest.h"
#include "awaitctl/html/places.h"
#include "awaitctl/html/waits.h"
#include "lives/change.h"

struct drawn_await {
	uint64_t busy; /* for longest.h */
	uint64_t number, id;
	char *name; /* or NULL */
	uint32_t site, process, creator;
	bool created;	      /* its creation was seen */
	bool waited;	      /* a wait was seen, */
	int64_t waited_at;    /* the first one then */
	int64_t begins, ends; /* the first and the last that is known of it */
	enum change_end end;
	uint8_t state; /* enum await_state, as far as it was seen; or 0 */
	uint64_t runs, hits;
};

struct drawn_span {
	uint64_t took;	 /* for longest.h */
	uint64_t await;	 /* its number */
	uint64_t within; /* likewise; 0: of none, or not known */
	uint32_t thread, waker;
	int64_t begins, ends;
	bool begin_known, woken;
	bool sleeps; /* otherwise it runs */
	bool by_start;
	uint8_t state;
	enum change_end end;
	int64_t woken_at;
	uint32_t attempt;
	int32_t error;
};

struct drawn {
	/* Set at the beginning: what a filter hides. */
	bool ends_unknown;
	struct places places;
	struct chains chains;
	struct waits waits;
	struct longest awaits, spans;
	struct table alive; /* what is known of those that have not ended */
	uint64_t numbers;
	bool any;
	int64_t begins, ends; /* of all that is drawn */
};

/* Both limits are numbers of items. */
void drawn_begin(struct drawn *drawn, size_t awaits, size_t spans);

/* told() of recording_tell(); data is a struct drawn. Exits without memory. */
int drawn_take(void *data, const struct lives_change *change);

void drawn_free(struct drawn *drawn);
