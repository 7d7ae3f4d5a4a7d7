/* SPDX-License-Identifier: MIT */
/* What a page draws of a recording that has more than it can draw. */
#include "awaitctl/html/drawn.h"
#include "awaitctl/html/drawn_put.h"
#include "lives/lives.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct lives_process process = { .host = "here", .vpid = 7 };
static struct lives_thread thread = { .process = &process, .tid = 8 };
static struct lives_function function = { .name = "f", .type = "int" };
static struct lives_site site = { .function = &function };
static struct drawn drawn;
static char *text;

static void tell(struct lives_await *await, enum change_kind kind, int64_t time,
		 struct lives_change change)
{
	change.kind = kind;
	change.await = await;
	change.thread = &thread;
	change.time = time;
	change.within_known = true;
	assert_int_equal(drawn_take(&drawn, &change), 0);
}

/* One that runs for so long; an await without runs, if for 0. */
static void live(uint64_t id, int64_t begin, int64_t took, enum change_end end)
{
	char name[] = "its own";
	struct lives_await await = {
		.process = &process, .id = id, .site = &site, .name = name
	};
	const struct lives_change of_run = { .end = end,
					     .began_known = true,
					     .began = begin + 1 };
	const struct lives_change none = { 0 };

	tell(&await, CHANGE_CREATED, begin, none);
	if (took) {
		tell(&await, CHANGE_RUN_BEGAN, begin + 1, none);
		tell(&await, CHANGE_RUN_ENDED, begin + 1 + took, of_run);
	}
	tell(&await, CHANGE_END, begin + 2 + took, none);
}

static void put(void)
{
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	drawn_put(&drawn, out);
	fclose(out);
}

static bool has(uint64_t id)
{
	const struct drawn_await *all = (void *)drawn.awaits.items;

	for (size_t i = 0; i < drawn.awaits.count; i++)
		if (all[i].id == id)
			return true;
	return false;
}

static int teardown(void **state)
{
	(void)state;
	drawn_free(&drawn);
	free(text);
	text = NULL;
	return 0;
}

/* Those that ran longest are kept, what had not ended before all; and what is
 * not drawn is counted, in the chains and waits too. */
static void longest(void **state)
{
	const struct chain *chain;

	(void)state;
	drawn_begin(&drawn, 4, 3);
	for (int i = 1; i <= 100; i++)
		live((uint64_t)i, i * 1000, (i * 37) % 101, ENDED_SEEN);
	live(200, 200000, 1, ENDED_BY_TRACE);
	assert_int_equal(drawn.awaits.count, 4);
	assert_int_equal(drawn.spans.count, 3);
	put();
	assert_true(has(200));
	for (uint64_t i = 1; i <= 100; i++)
		assert_int_equal(has(i), (i * 37) % 101 >= 98);
	assert_non_null(
		strstr(text, "\"awaits\": {\"count\": 4, \"not_drawn\": 97"));
	assert_non_null(
		strstr(text, "\"spans\": {\"count\": 3, \"not_drawn\": 98"));
	assert_int_equal(drawn.chains.count, CHAINS_FIRST + 1);
	chain = &drawn.chains.nodes[CHAINS_FIRST];
	assert_int_equal(chain->runs, 100);
	assert_int_equal(chain->unended, 1);
	assert_int_equal(chain->self_ns, 100 * 101 / 2);
	assert_int_equal(drawn.waits.count, 1);
	assert_int_equal(drawn.waits.edges[0]->runs, 101);
}

/* A run of which the await is not drawn is not, either. */
static void without_await(void **state)
{
	(void)state;
	drawn_begin(&drawn, 1, 10);
	live(1, 1000, 5, ENDED_SEEN);
	live(2, 2000, 6, ENDED_SEEN);
	put();
	assert_true(has(2));
	assert_non_null(
		strstr(text, "\"spans\": {\"count\": 1, \"not_drawn\": 1"));
}

/* Chains end somewhere; the time of what is beyond that is not lost. */
static void endless(void **state)
{
	enum { DEEP = 60000 };
	struct lives_await await = { .process = &process, .site = &site };
	uint64_t self = 0;

	(void)state;
	drawn_begin(&drawn, 1, 1);
	for (uint64_t i = 1; i <= DEEP; i++) {
		await.id = i;
		tell(&await, CHANGE_RUN_BEGAN, (int64_t)i,
		     (struct lives_change){ .within = i - 1 });
	}
	for (uint64_t i = DEEP; i >= 1; i--) {
		await.id = i;
		tell(&await, CHANGE_RUN_ENDED, (int64_t)(2 * DEEP - i + 1),
		     (struct lives_change){ .within = i - 1,
					    .began_known = true,
					    .began = (int64_t)i });
	}
	for (uint32_t i = 0; i < drawn.chains.count; i++)
		self += drawn.chains.nodes[i].self_ns;
	assert_int_equal(self, 2 * DEEP - 1);
	assert_int_equal(drawn.chains.count + drawn.chains.folded,
			 DEEP + CHAINS_FIRST);
	assert_true(drawn.chains.folded > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(longest, teardown),
		cmocka_unit_test_teardown(without_await, teardown),
		cmocka_unit_test_teardown(endless, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
