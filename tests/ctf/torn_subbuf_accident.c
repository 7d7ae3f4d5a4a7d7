/* SPDX-License-Identifier: MIT */
/* Bytes in a gap that read as an event, of which only a context tells that
 * LTTng-UST did not write it. Numbers whose first bytes are 0, as small ones
 * have in big-endian order, make such bytes of the middle of events. */
#include "make.h"

#include "ctf/torn_subbuf.h"

enum { BEGIN = 1000, EVENTS = 20, GAP = 10, LAST = 15, NAME = 14 };

static char bytes[MAKE_SUBBUF];
static struct shm_subbuf subbuf;
static struct torn_subbuf torn;

/* A whole event has the size of the accident, and is the last of its thread: so
 * that one may be missing, and the accident be an event. */
static void add(unsigned number)
{
	const struct made_event made = { .time = BEGIN + number,
					 .thread = number == LAST ? 4500 : 4400,
					 .stack = number == LAST ? 0 : 8 };
	char event[256];
	size_t size = make_event(event, &made);

	if (number == GAP)
		subbuf.contiguous = subbuf.reserved;
	else
		memcpy(bytes + subbuf.reserved, event, size);
	subbuf.committed += number == GAP ? 0 : size;
	subbuf.reserved += size;
}

static void begin(void)
{
	struct packet_head head = make_head(0, BEGIN);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, &head, sizeof(head));
	subbuf = (struct shm_subbuf){ .bytes = bytes,
				      .size = MAKE_SUBBUF,
				      .reserved = MAKE_HEAD,
				      .committed = MAKE_HEAD };
	for (unsigned i = 0; i < EVENTS; i++)
		add(i);
}

static void find(char last_of_name)
{
	const struct made_event made = { .time = BEGIN + GAP, .thread = 4600 };
	struct event_layouts *layouts = event_layouts_parse(make_metadata);
	char *accident = bytes + subbuf.contiguous + 32;

	assert_non_null(layouts);
	make_event(accident, &made);
	accident[NAME + 16] = last_of_name;
	torn_subbuf_find(&torn, event_layouts_stream(layouts, 0), &subbuf,
			 MAKE_HEAD, UINT64_MAX);
	event_layouts_free(layouts);
}

static void what_lttng_does_not_write_is_no_event(void **state)
{
	(void)state;
	begin();
	find('x');
	assert_true(torn.certain);
	assert_int_equal(torn.count, 2);
	assert_int_equal(torn.ranges[0].end, BEGIN + GAP - 1);
	assert_int_equal(torn.ranges[1].begin, BEGIN + GAP + 1);
	assert_int_equal(torn.ranges[1].to, subbuf.reserved);
}

static void what_it_may_have_written_is_uncertain(void **state)
{
	(void)state;
	begin();
	find(0);
	assert_false(torn.certain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lttng_does_not_write_is_no_event),
		cmocka_unit_test(what_it_may_have_written_is_uncertain),
	};

	return cmocka_run_group_tests_name("torn_subbuf_accident", tests, NULL,
					   NULL);
}
