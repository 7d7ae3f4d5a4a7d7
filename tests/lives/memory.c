/* SPDX-License-Identifier: MIT */
/* Without memory an event is refused, and nothing is lost that was allocated:
 * fails each allocation in turn. Sanitizer builds find what is not freed. */
#include "make.h"

#include <limits.h>

#include "lives/sums.h"
#include "lives/unfinished.h"

static unsigned long left; /* allocations, before one fails */

static bool fails(void)
{
	return left == 0 || --left == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *string);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *string);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(memory, count, size);
}

char *__wrap_strdup(const char *string)
{
	return fails() ? NULL : __real_strdup(string);
}

static int take(struct lives *lives, enum event_kind kind, int64_t time,
		uint64_t id)
{
	struct trace_event event = make_event(kind, time, id);

	event.numbers[FIELD_ATTEMPT] = 1;
	event.numbers[FIELD_LATENCY] = 5000 * id;
	event.numbers[FIELD_THREAD] = 12;
	event.strings[FIELD_NAME - FIELD_NUMBERS] = "a name";
	return lives_event(lives, &event);
}

static bool all(const struct lives_process *process)
{
	(void)process;
	return true;
}

/* Returns whether there was memory for all. */
static bool run(void)
{
	struct lives lives = { .slowest = 2 };
	struct lives_unfinished *found = NULL;
	struct sums sums = { 0 };
	size_t count;
	int rc = 0;

	rc |= take(&lives, EVENT_DUMP_PROCESS, 1, 0);
	rc |= take(&lives, EVENT_PROCESS_CHILD, 2, 0);
	for (uint64_t id = 1; id < 5; id++) {
		rc |= take(&lives, EVENT_CREATE, 10, id);
		rc |= take(&lives, EVENT_NAME, 11, id);
		rc |= take(&lives, EVENT_EXEC_BEGIN, 12, id);
		rc |= take(&lives, EVENT_EXEC_END, 13, id);
		rc |= take(&lives, EVENT_DESTROY, 14, id);
	}
	rc |= take(&lives, EVENT_HIT, 20, 7);
	rc |= take(&lives, EVENT_BLOCK_BEGIN, 21, 7);
	rc |= take(&lives, EVENT_DUMP_WAIT, 22, 7);
	rc |= lives_finish(&lives);
	assert_int_equal(rc != 0, lives.out_of_memory);
	if (rc == 0)
		rc = sums_make(&sums, &lives, all);
	if (rc == 0)
		rc = unfinished_find(&lives, all, &found, &count);
	free(found);
	sums_free(&sums);
	lives_free(&lives);
	return rc == 0;
}

static void each_allocation_fails(void **state)
{
	unsigned long allocations = 0;
	bool enough = false;

	(void)state;
	while (!enough) {
		left = ++allocations;
		enough = run();
		left = ULONG_MAX;
	}
	assert_in_range(allocations, 30, 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails),
	};

	left = ULONG_MAX;
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
