/* SPDX-License-Identifier: MIT */
/* A thread that begins the next sub-buffer pads the one before. It may have
 * died before that: then the size of the data is that of a lap before. */
#include "make.h"

#include "ctf/torn_subbuf.h"

enum { BEGIN = 1000, EVENTS = 70, GAP = 17 };

static char bytes[MAKE_SUBBUF];
static struct shm_subbuf subbuf;
static struct torn_subbuf torn;
static uint64_t end; /* of the events */

static void begin(void)
{
	struct packet_head head = make_head(0, BEGIN);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, &head, sizeof(head));
	end = MAKE_HEAD;
	subbuf = (struct shm_subbuf){ .bytes = bytes, .size = MAKE_SUBBUF };
	subbuf.committed = MAKE_HEAD;
	for (unsigned i = 0; i < EVENTS; i++) {
		const struct made_event made = { .time = BEGIN + i };
		char event[128];
		size_t size = make_event(event, &made);

		if (i == GAP)
			subbuf.contiguous = end;
		else
			memcpy(bytes + end, event, size);
		subbuf.committed += i == GAP ? 0 : size;
		end += size;
	}
}

/* As shm_ring.c measures it, by a size of the data. */
static void find(uint64_t data_size, bool is_padded)
{
	if (is_padded)
		subbuf.committed += MAKE_SUBBUF - end;
	subbuf.padding = MAKE_SUBBUF - data_size;
	subbuf.reserved = data_size;
	subbuf.committed -= subbuf.padding;
	struct event_layouts *layouts = event_layouts_parse(make_metadata);

	assert_non_null(layouts);
	torn_subbuf_find(&torn, event_layouts_stream(layouts, 0), &subbuf,
			 MAKE_HEAD, UINT64_MAX);
	event_layouts_free(layouts);
}

static void check(void)
{
	assert_true(torn.certain);
	assert_int_equal(torn.count, 2);
	assert_int_equal(torn.ranges[0].end, BEGIN + GAP - 1);
	assert_int_equal(torn.ranges[1].begin, BEGIN + GAP + 1);
	assert_int_equal(torn.ranges[1].to, end);
}

static void padding_is_left_out(void **state)
{
	(void)state;
	begin();
	find(end, true);
	check();
}

/* Which may be larger or smaller, also than what is known to be committed. By
 * chance, events and gaps may end there, too: then all behind is uncertain. */
static void the_size_may_be_that_of_a_lap_before(void **state)
{
	unsigned certain = 0, sizes = 0;

	(void)state;
	begin();
	for (uint64_t size = MAKE_SUBBUF - subbuf.committed; size < MAKE_SUBBUF;
	     size++) {
		begin();
		if (size == end)
			continue;
		find(size, false);
		sizes++;
		certain += torn.certain;
		if (torn.certain)
			check();
	}
	assert_true(certain > sizes * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padding_is_left_out),
		cmocka_unit_test(the_size_may_be_that_of_a_lap_before),
	};

	return cmocka_run_group_tests_name("torn_subbuf_padded", tests, NULL,
					   NULL);
}
