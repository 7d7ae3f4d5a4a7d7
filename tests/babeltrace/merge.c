/* SPDX-License-Identifier: MIT */
/* The order of several streams: by time, then by rank, however they are shared
 * out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "babeltrace/merge.h"

enum { STREAMS = 13, EACH = 400 };

struct stream {
	int64_t times[EACH];
	size_t next;
	uint32_t rank;
};

static struct stream streams[STREAMS];

/* Times with many that are equal. One stream goes back in time, as a damaged
 * one may. */
static void make(void)
{
	uint32_t random = 1;

	for (uint32_t i = 0; i < STREAMS; i++) {
		int64_t time = 0;

		streams[i].rank = i;
		streams[i].next = 0;
		for (size_t k = 0; k < EACH; k++) {
			random = random * 1664525 + 1013904223;
			time += random >> 30;
			streams[i].times[k] =
				i == 5 && k % 50 == 49 ? time - 20 : time;
		}
	}
}

struct item {
	int64_t time;
	uint32_t rank;
};

static int64_t time_of(const struct stream *stream)
{
	return stream->times[stream->next];
}

/* Those of `from` that are k of n. */
static size_t merged(struct item *to, size_t k, size_t n)
{
	struct merge merge = { 0 };
	size_t count = 0;

	for (size_t i = k; i < STREAMS; i += n) {
		const struct merge_head head = { time_of(&streams[i]),
						 streams[i].rank, &streams[i] };

		assert_int_equal(merge_add(&merge, &head), 0);
	}
	while (merge.count) {
		struct stream *stream = merge.heads[0].stream;

		assert_int_equal(merge.heads[0].rank, stream->rank);
		to[count++] = (struct item){ time_of(stream), stream->rank };
		if (++stream->next == EACH)
			merge_drop(&merge);
		else
			merge_advance(&merge, time_of(stream), stream->rank);
	}
	merge_free(&merge);
	return count;
}

/* By looking at all of them each time. */
static size_t merged_plainly(struct item *to)
{
	size_t count = 0;

	for (;;) {
		struct stream *first = NULL;

		for (size_t i = 0; i < STREAMS; i++)
			if (streams[i].next < EACH &&
			    (!first || time_of(&streams[i]) < time_of(first)))
				first = &streams[i];
		if (!first)
			return count;
		to[count++] = (struct item){ time_of(first), first->rank };
		first->next++;
	}
}

static struct item plain[STREAMS * EACH], of_all[STREAMS * EACH];

static void in_order(void **state)
{
	(void)state;
	make();
	assert_int_equal(merged_plainly(plain), STREAMS * EACH);
	make();
	assert_int_equal(merged(of_all, 0, 1), STREAMS * EACH);
	for (size_t i = 0; i < STREAMS * EACH; i++) {
		assert_int_equal(of_all[i].time, plain[i].time);
		assert_int_equal(of_all[i].rank, plain[i].rank);
	}
}

/* What each of three has merged, merged once more. */
static void shared_out(void **state)
{
	static struct item shares[3][STREAMS * EACH];
	size_t counts[3], next[3] = { 0 }, count = 0;
	struct merge merge = { 0 };

	(void)state;
	make();
	for (size_t k = 0; k < 3; k++) {
		struct merge_head head = { .stream = &next[k] };

		counts[k] = merged(shares[k], k, 3);
		head.time = shares[k][0].time;
		head.rank = shares[k][0].rank;
		assert_int_equal(merge_add(&merge, &head), 0);
	}
	while (merge.count) {
		size_t *at = merge.heads[0].stream;
		size_t k = (size_t)(at - next);

		of_all[count++] = shares[k][(*at)++];
		if (*at == counts[k])
			merge_drop(&merge);
		else
			merge_advance(&merge, shares[k][*at].time,
				      shares[k][*at].rank);
	}
	merge_free(&merge);
	make();
	merged_plainly(plain);
	assert_int_equal(count, STREAMS * EACH);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(of_all[i].time, plain[i].time);
		assert_int_equal(of_all[i].rank, plain[i].rank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(shared_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
