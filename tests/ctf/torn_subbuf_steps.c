/* SPDX-License-Identifier: MIT */
/* The steps that it takes to find events, of which several sub-buffers have as
 * many as there are: what takes too many is uncertain. */
#include "make.h"

#include "ctf/torn_subbuf.h"

enum { BEGIN = 1000, EVENTS = 50, GAP = 17 };

static char bytes[MAKE_SUBBUF];
static struct shm_subbuf subbuf;
static struct torn_subbuf torn;

static void begin(struct steps *steps)
{
	struct packet_head head = make_head(0, BEGIN);

	memcpy(bytes, &head, sizeof(head));
	subbuf = (struct shm_subbuf){ .bytes = bytes,
				      .size = MAKE_SUBBUF,
				      .reserved = MAKE_HEAD,
				      .committed = MAKE_HEAD,
				      .contiguous = MAKE_HEAD,
				      .steps = steps };
	for (int i = 0; i < EVENTS; i++) {
		const struct made_event made = { .time = BEGIN + (uint64_t)i,
						 .thread = 4400 + i };
		size_t size = make_event(bytes + subbuf.reserved, &made);

		if (i == GAP)
			memset(bytes + subbuf.reserved, 0, size);
		else
			subbuf.committed += size;
		subbuf.reserved += size;
	}
}

static void find(void)
{
	struct event_layouts *layouts = event_layouts_parse(make_metadata);

	assert_non_null(layouts);
	torn_subbuf_find(&torn, event_layouts_stream(layouts, 0), &subbuf,
			 MAKE_HEAD, UINT64_MAX);
	event_layouts_free(layouts);
}

static void they_are_shared(void **state)
{
	struct steps steps = { STEPS_FIRST };
	uint64_t took;

	(void)state;
	begin(&steps);
	find();
	assert_true(torn.certain);
	assert_int_equal(torn.count, 2);
	took = STEPS_FIRST - steps.left;
	assert_in_range(took, 1, STEPS_OF_BYTE * MAKE_SUBBUF);
	find();
	assert_int_equal(steps.left, STEPS_FIRST - 2 * took);
	steps.left = 0;
	find();
	assert_false(torn.certain);
	assert_int_equal(torn.count, 0);
	assert_int_equal(torn.uncertain.bytes, subbuf.reserved - MAKE_HEAD);
}

/* Wherever they end, no part of what was found is taken for all. One sub-buffer
 * gets half of them: the others are not to have none. */
static void too_few_make_it_uncertain(void **state)
{
	struct steps steps = { STEPS_FIRST };
	uint64_t took;

	(void)state;
	begin(&steps);
	find();
	took = STEPS_FIRST - steps.left;
	for (uint64_t few = 0; few <= 2 * took; few += took / 20) {
		steps.left = few;
		find();
		assert_in_range(steps.left, few / 2, few);
		assert_false(torn.certain);
		assert_true(torn.uncertain.bytes > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_shared),
		cmocka_unit_test(too_few_make_it_uncertain),
	};

	return cmocka_run_group_tests_name("torn_subbuf_steps", tests, NULL,
					   NULL);
}
