/* SPDX-License-Identifier: MIT */
/* Stale bytes behind a gap look like events of much later, as only the low half
 * of a time is stored: it is known when the next sub-buffer was begun. */
#include "make.h"

#include "ctf/torn_subbuf.h"

enum { BEGIN = 1000000, END = BEGIN + 100 };

static char bytes[MAKE_SUBBUF];
static struct shm_subbuf subbuf;
static struct torn_subbuf torn;

static void add(uint64_t time, bool committed)
{
	const struct made_event made = { .time = time };
	size_t size = make_event(bytes + subbuf.reserved, &made);

	subbuf.reserved += size;
	subbuf.committed += committed ? size : 0;
}

static void find(uint64_t latest)
{
	struct event_layouts *layouts = event_layouts_parse(make_metadata);

	assert_non_null(layouts);
	torn_subbuf_find(&torn, event_layouts_stream(layouts, 0), &subbuf,
			 MAKE_HEAD, latest);
	event_layouts_free(layouts);
}

/* Two events, and where one was reserved, what is left of an earlier lap. */
static void begin(void)
{
	struct packet_head head = make_head(0, BEGIN);

	memcpy(bytes, &head, sizeof(head));
	subbuf = (struct shm_subbuf){ .bytes = bytes,
				      .size = MAKE_SUBBUF,
				      .reserved = MAKE_HEAD,
				      .committed = MAKE_HEAD };
	add(BEGIN + 1, true);
	add(BEGIN + 2, true);
	subbuf.contiguous = subbuf.committed;
	add(BEGIN - 1000, false);
}

static void events_are_not_later_than_the_next_begins(void **state)
{
	(void)state;
	begin();
	add(END, true);
	find(END);
	assert_true(torn.certain);
	assert_int_equal(torn.time, END);
	assert_int_equal(torn.count, 2);
	assert_int_equal(torn.ranges[1].end, END);
	/* Nor if that contradicts the count of committed bytes. */
	subbuf.committed = subbuf.reserved;
	find(END);
	assert_false(torn.certain);
	assert_int_equal(torn.time, BEGIN + 2);
	assert_int_equal(torn.count, 1);
	assert_int_equal(torn.uncertain.from, BEGIN + 2);
	assert_int_equal(torn.uncertain.to, END);
}

static void without_a_next_they_may_be_of_any_time(void **state)
{
	(void)state;
	begin();
	add(BEGIN - 500, false);
	subbuf.committed = subbuf.reserved;
	find(UINT64_MAX);
	assert_int_equal(torn.count, 1);
	assert_true(torn.time > UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_not_later_than_the_next_begins),
		cmocka_unit_test(without_a_next_they_may_be_of_any_time),
	};

	return cmocka_run_group_tests_name("torn_subbuf_times", tests, NULL,
					   NULL);
}
