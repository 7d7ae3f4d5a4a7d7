/* SPDX-License-Identifier: MIT */
/*
 * Traces made by hand, for tests of claims: no awaits, no recorder. Addresses
 * lie in functions that build.c makes up: 0x1000 + N is line N of show() in
 * page.c, 0x2000 + N of main() in main.c, 0x3000 + N of tiny(), which is
 * inlined into main(); others lie in none.
 */
#pragma once

#include "testing.h"

#include "libawait-test/records/records.h"

#define SHOW(line) (0x1000 + (line))
#define MAIN(line) (0x2000 + (line))
#define TINY(line) (0x3000 + (line))

struct build {
	struct await_trace trace;
	struct record records[256];
	uint64_t stacks[256];
};

extern const struct await_site fetch_site;  /* page.c:31 */
extern const struct await_site render_site; /* view.c:7 */

/* Set on threads that stand for others than the test's. */
extern __thread bool build_other_thread;

/* Adds an event of await id, on thread 4711, in show(). The caller may change
 * what it is. */
struct record *build_event(struct build *build, int type, int state,
			   const struct await_site *site, uint64_t id);
/* Gives the event a stack of these calls, innermost first, up to a 0. */
void build_stack(struct build *build, struct record *record,
		 const uint64_t *calls);

/*
 * What most tests use:
 *
 *     1  created fetch #1     by show
 *     2  begins fetch #1
 *     3  ran fetch #1         took 500 ns
 *     4  hit fetch #1         by main
 *     5  created render #2.1  in fetch #1
 *     6  begins render #2.1   on another thread
 *     7  failed render #2.1   there, -EIO
 *     8  destroyed fetch #1
 */
const struct await_trace *build_page(struct build *build);
