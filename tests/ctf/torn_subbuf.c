/* SPDX-License-Identifier: MIT */
/* Which bytes of a sub-buffer are events, when some were never committed. */
#include "make.h"

#include "ctf/torn_subbuf.h"

enum { EVENTS = 100, BEGIN = 1000 };

/* What became of the space that was reserved for an event. */
enum end { COMMITTED, UNWRITTEN, WRITTEN };

struct made_subbuf {
	_Alignas(struct packet_head) char bytes[MAKE_SUBBUF];
	struct shm_subbuf subbuf;
	struct {
		uint64_t from, size;
		enum end end;
	} events[EVENTS];
	unsigned count;
};

static struct event_layouts *layouts;
static struct made_subbuf made;
static struct torn_subbuf torn;

static void begin(void)
{
	struct packet_head head = make_head(7, BEGIN);

	made = (struct made_subbuf){ 0 };
	memcpy(made.bytes, &head, sizeof(head));
	made.subbuf = (struct shm_subbuf){ .bytes = made.bytes,
					   .size = MAKE_SUBBUF,
					   .reserved = MAKE_HEAD,
					   .committed = MAKE_HEAD,
					   .contiguous = MAKE_HEAD };
}

/* Events of the lap before, which lie at other places than those that add()
 * makes. */
static void begin_with_stale_bytes(void)
{
	size_t at = MAKE_HEAD + 17;

	begin();
	for (unsigned i = 0; at + 51 + 8 * 5 <= MAKE_SUBBUF; i++)
		at += make_event(made.bytes + at,
				 &(struct made_event){ .time = 10 + i,
						       .thread = 4400,
						       .stack = i % 5 });
}

/* written: so many bytes of one that is not committed. */
static void add_written(struct made_event event, enum end end, size_t written)
{
	struct shm_subbuf *subbuf = &made.subbuf;
	char bytes[1024];
	size_t size = make_event(bytes, &event);

	assert_true(made.count < EVENTS);
	assert_true(subbuf->reserved + size <= MAKE_SUBBUF);
	made.events[made.count].from = subbuf->reserved;
	made.events[made.count].size = size;
	made.events[made.count++].end = end;
	memcpy(made.bytes + subbuf->reserved, bytes,
	       end == COMMITTED ? size : written);
	subbuf->reserved += size;
	subbuf->committed += end == COMMITTED ? size : 0;
	if (subbuf->committed == subbuf->reserved)
		subbuf->contiguous = subbuf->reserved;
}

/* The event with that number, of one of three threads, unless it is the missing
 * one: that is of a thread that was killed. */
static void add_numbered(unsigned number, unsigned missing, size_t written)
{
	unsigned thread = number == missing ? 99 : number % 3;

	add_written((struct made_event){ .time = BEGIN + number,
					 .thread = 4400 + (int)thread,
					 .stack = number % 4 },
		    number == missing ? UNWRITTEN : COMMITTED, written);
}

static void add(unsigned number, int thread, unsigned stack, enum end end)
{
	add_written((struct made_event){ .time = BEGIN + number,
					 .thread = thread,
					 .stack = stack },
		    end, end == WRITTEN ? 51 + 8 * stack : 0);
}

static void find(void)
{
	torn_subbuf_find(&torn, event_layouts_stream(layouts, 0), &made.subbuf,
			 MAKE_HEAD, UINT64_MAX);
}

static bool is_found(uint64_t from, uint64_t size)
{
	for (unsigned i = 0; i < torn.count; i++)
		if (torn.ranges[i].from <= from &&
		    from + size <= torn.ranges[i].to)
			return true;
	return false;
}

/* That the ranges are the committed events and nothing else. */
static void check(void)
{
	uint64_t committed = made.subbuf.committed - MAKE_HEAD, found = 0;

	find();
	assert_true(torn.certain);
	for (unsigned i = 0; i < made.count; i++)
		if (made.events[i].end == COMMITTED)
			assert_true(is_found(made.events[i].from,
					     made.events[i].size));
	for (unsigned i = 0; i < torn.count; i++) {
		assert_true(torn.ranges[i].from < torn.ranges[i].to);
		if (i)
			assert_true(torn.ranges[i - 1].to <
				    torn.ranges[i].from);
		found += torn.ranges[i].to - torn.ranges[i].from;
	}
	assert_int_equal(found, committed);
}

static void without_gaps_there_is_one_range(void **state)
{
	(void)state;
	begin_with_stale_bytes();
	for (unsigned i = 0; i < 20; i++)
		add_numbered(i, EVENTS, 0);
	check();
	assert_int_equal(torn.count, 1);
	assert_int_equal(torn.ranges[0].begin, BEGIN);
	assert_int_equal(torn.ranges[0].end, BEGIN + 19);
	assert_int_equal(torn.time, BEGIN + 19);
}

static void without_events_there_is_none(void **state)
{
	(void)state;
	begin_with_stale_bytes();
	check();
	assert_int_equal(torn.count, 0);
	assert_int_equal(torn.time, BEGIN);
}

/* The first, one in the middle, the last: with any number of its bytes. */
static void one_event_is_missing(void **state)
{
	const unsigned missing[] = { 0, 1, 10, 18, 19 };

	(void)state;
	for (int stale = 0; stale < 2; stale++)
		for (size_t i = 0; i < 5; i++)
			for (size_t written = 0; written <= 51; written++) {
				(stale ? begin_with_stale_bytes : begin)();
				for (unsigned j = 0; j < 20; j++)
					add_numbered(j, missing[i], written);
				check();
			}
}

static void a_gap_parts_two_ranges(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 20; i++)
		add_numbered(i, 10, 0);
	check();
	assert_int_equal(torn.count, 2);
	assert_int_equal(torn.ranges[0].end, BEGIN + 9);
	assert_int_equal(torn.ranges[1].begin, BEGIN + 11);
	assert_int_equal(torn.ranges[1].end, BEGIN + 19);
}

static void several_events_are_missing(void **state)
{
	static const char *const missing[] = { "..xx......", "..x.....x.",
					       "x........x", "xxx......x",
					       ".x.x.x.x.x" };

	(void)state;
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		begin_with_stale_bytes();
		for (unsigned j = 0; j < 30; j++)
			add_numbered(j, missing[i][j % 10] == 'x' ? j : EVENTS,
				     0);
		check();
	}
}

/* The lap before ended less than 2^31 ticks earlier, and events' times have
 * wrapped since. */
static void stale_events_are_earlier(void **state)
{
	const uint64_t wrapped = 1ull << 32;
	struct packet_head *head = (void *)made.bytes;
	size_t at;

	(void)state;
	begin();
	head->begin = wrapped + 100;
	for (at = MAKE_HEAD; at + 51 <= MAKE_SUBBUF; at += 51)
		make_event(made.bytes + at,
			   &(struct made_event){ .time = wrapped - 1000 });
	for (unsigned i = 0; i < 20; i++)
		add_written((struct made_event){ .time = wrapped + 101 + i },
			    i == 10 ? UNWRITTEN : COMMITTED, 0);
	check();
	assert_int_equal(torn.ranges[0].end, wrapped + 110);
	assert_int_equal(torn.time, wrapped + 120);
}

/* What looks like an event is the last one of its thread, and of a size that no
 * other thread's last event has. */
static void an_event_was_written_and_not_committed(void **state)
{
	const unsigned missing[] = { 0, 9, 15, 19 };

	(void)state;
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		begin();
		for (unsigned j = 0; j < 20; j++)
			if (j == missing[i])
				add(j, 4500, 2, WRITTEN);
			else
				add(j, 4400, 0,
				    j == 14 ? UNWRITTEN : COMMITTED);
		check();
		assert_false(is_found(made.events[missing[i]].from,
				      made.events[missing[i]].size));
	}
}

/* Also a thread that has recorded nothing since. */
static void what_is_before_the_first_gap_was_committed(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 20; i++)
		if (i == 2)
			add(i, 4500, 2, COMMITTED);
		else if (i == 9)
			add(i, 4501, 2, WRITTEN);
		else
			add(i, 4400, 0, i == 5 ? UNWRITTEN : COMMITTED);
	check();
}

/* Either of two threads may have left the event that is too much, unless the
 * bytes up to the second are known to be committed. */
static void it_is_uncertain_which_was_committed(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 20; i++)
		if (i == 9)
			add(i, 4500, 2, COMMITTED);
		else if (i == 10)
			add(i, 4501, 2, WRITTEN);
		else
			add(i, 4400, 0, COMMITTED);
	check();
	made.subbuf.contiguous = MAKE_HEAD;
	find();
	assert_false(torn.certain);
	assert_true(is_found(made.events[11].from, made.events[11].size));
	assert_false(is_found(made.events[9].from, made.events[9].size));
	assert_int_equal(torn.uncertain.bytes, 2 * made.events[9].size);
	assert_int_equal(torn.uncertain.from, BEGIN + 8);
	assert_int_equal(torn.uncertain.to, BEGIN + 11);
}

/* By a thread that had been interrupted longer than the next that died. Once
 * that had written what makes its event look like one, of one size or another,
 * that may be uncertain. */
static void events_were_committed_in_another_order(void **state)
{
	(void)state;
	for (size_t written = 0; written <= 51 + 8; written++) {
		begin_with_stale_bytes();
		for (unsigned i = 0; i < 20; i++)
			add_numbered(i, 9, written);
		made.subbuf.contiguous = MAKE_HEAD;
		if (written <= 43) {
			check();
			continue;
		}
		find();
		assert_true(!torn.certain ||
			    !is_found(made.events[9].from, 51));
	}
}

/* Three events in a row are none. */
static void bytes_that_look_like_an_event_are_an_accident(void **state)
{
	(void)state;
	begin();
	add_written((struct made_event){ .time = BEGIN, .stack = 8 }, UNWRITTEN,
		    0);
	make_event(made.bytes + MAKE_HEAD + 10,
		   &(struct made_event){ .time = BEGIN, .thread = 4400 });
	for (unsigned i = 1; i < 20; i++)
		add_numbered(i, EVENTS, 0);
	check();
}

static void contradicting_counts_are_uncertain(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 20; i++)
		add_numbered(i, EVENTS, 0);
	made.subbuf.committed -= 3;
	find();
	assert_false(torn.certain);
	made.subbuf.committed += 6;
	find();
	assert_false(torn.certain);
}

static void less_than_a_head_is_reserved(void **state)
{
	(void)state;
	begin_with_stale_bytes();
	made.subbuf.reserved = MAKE_HEAD - 1;
	find();
	assert_false(torn.certain);
	assert_int_equal(torn.count, 0);
}

/* Every second event, from the second on, of which there are more than
 * ranges. */
static void too_many_gaps_are_uncertain(void **state)
{
	static char bytes[3 * MAKE_SUBBUF];

	(void)state;
	begin();
	memcpy(bytes, made.bytes, sizeof(struct packet_head));
	made.subbuf = (struct shm_subbuf){ .bytes = bytes,
					   .size = sizeof(bytes),
					   .reserved = MAKE_HEAD,
					   .committed = MAKE_HEAD };
	for (unsigned i = 0; i < 3 * TORN_SUBBUF_RANGES; i++) {
		const struct made_event event = { .time = BEGIN + i };
		size_t size = i % 2 ? 51 :
				      make_event(bytes + made.subbuf.reserved,
						 &event);

		made.subbuf.reserved += size;
		made.subbuf.committed += i % 2 ? 0 : size;
	}
	find();
	assert_false(torn.certain);
	assert_int_equal(torn.count, TORN_SUBBUF_RANGES);
}

static int setup(void **state)
{
	(void)state;
	layouts = event_layouts_parse(make_metadata);
	return layouts ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	event_layouts_free(layouts);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_gaps_there_is_one_range),
		cmocka_unit_test(without_events_there_is_none),
		cmocka_unit_test(one_event_is_missing),
		cmocka_unit_test(a_gap_parts_two_ranges),
		cmocka_unit_test(several_events_are_missing),
		cmocka_unit_test(stale_events_are_earlier),
		cmocka_unit_test(an_event_was_written_and_not_committed),
		cmocka_unit_test(what_is_before_the_first_gap_was_committed),
		cmocka_unit_test(it_is_uncertain_which_was_committed),
		cmocka_unit_test(events_were_committed_in_another_order),
		cmocka_unit_test(bytes_that_look_like_an_event_are_an_accident),
		cmocka_unit_test(contradicting_counts_are_uncertain),
		cmocka_unit_test(less_than_a_head_is_reserved),
		cmocka_unit_test(too_many_gaps_are_uncertain),
	};

	return cmocka_run_group_tests_name("torn_subbuf", tests, setup,
					   teardown);
}
