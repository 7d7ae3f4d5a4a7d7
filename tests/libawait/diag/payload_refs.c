/* SPDX-License-Identifier: MIT */
/* payload_refs.c: which awaits an await refers to, as the search for cycles
 * sees it. */
#include "libawait/diag/payload_refs.h"

#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

struct context {
	long before;
	await_int *inner[2];
};

static int leaf(void)
{
	return 1;
}
AWAITABLE_VALUE(int, leaf);

static int direct(int number, await_int *first, int other, await_int *second)
{
	return number + other + !first + !second;
}
AWAITABLE_VALUE(int, direct, (int, number), (await_int *, first), (int, other),
		(await_int *, second));

static int through(const struct context *context)
{
	return (int)context->before;
}
AWAITABLE_VALUE(int, through, (const struct context *, context));

/* The references of aw, at most three, in the order in which they are found;
 * how many there are. *behind: how many of them through memory. */
static size_t refs_of(const await_int *aw, const struct await *found[3],
		      size_t *behind)
{
	struct refs *refs = calloc(1, sizeof(*refs));
	struct cursor at = { .word = 0 };
	const struct await *next;
	size_t count = 0;

	*behind = 0;
	assert_non_null(refs);
	assert_true(refs_open(refs));
	while ((next = refs_next(refs, (const struct await *)aw, &at))) {
		assert_true(count < 3);
		found[count++] = next;
		*behind += at.through;
	}
	refs_close(refs);
	free(refs);
	return count;
}

static void handles_among_arguments_are_references(void **state)
{
	await_int *a = awaitable(leaf), *b = awaitable(leaf);
	await_int *aw = awaitable(direct, 7, a, 8, b);
	const struct await *found[3];
	size_t behind;

	(void)state;
	assert_int_equal(refs_of(a, found, &behind), 0);
	assert_int_equal(refs_of(aw, found, &behind), 2);
	assert_int_equal(behind, 0);
	assert_ptr_equal(found[0], a);
	assert_ptr_equal(found[1], b);
	/* A value takes the arguments' place: it refers to nothing. */
	assert_int_equal(await_wait(aw, NULL), 0);
	assert_int_equal(refs_of(aw, found, &behind), 0);
	await_unref(aw);
	await_unref(a);
	await_unref(b);
}

static void words_that_look_like_handles_are_none(void **state)
{
	await_int *a = awaitable(leaf), *ended = awaitable(leaf), *aw;
	const struct await *found[3];
	size_t behind;

	(void)state;
	await_unref(ended);
	/* Beside a slot, not at its begin; and a slot that is free. */
	aw = awaitable(direct, 0, (await_int *)((char *)a + 8), 0, ended);
	assert_int_equal(refs_of(aw, found, &behind), 0);
	await_unref(aw);
	/* Addresses of nothing, and of the slab itself. */
	aw = awaitable(direct, 0, (await_int *)(uintptr_t)64, 0,
		       (await_int *)slab_of((const struct await *)a));
	assert_int_equal(refs_of(aw, found, &behind), 0);
	await_unref(aw);
	await_unref(a);
}

static void handles_behind_a_pointer_are_references(void **state)
{
	struct context *context = malloc(sizeof(*context));
	const struct await *found[3];
	await_int *aw;
	size_t behind;

	(void)state;
	assert_non_null(context);
	context->before = 5;
	context->inner[0] = awaitable(leaf);
	context->inner[1] = awaitable(leaf);
	aw = awaitable(through, context);
	assert_int_equal(refs_of(aw, found, &behind), 2);
	assert_int_equal(behind, 2);
	assert_ptr_equal(found[0], context->inner[0]);
	assert_ptr_equal(found[1], context->inner[1]);
	await_unref(aw);
	await_unref(context->inner[0]);
	await_unref(context->inner[1]);
	free(context);
}

/* Of each size, also one that is a mapping of its own. */
static void a_block_is_searched_up_to_its_end(void **state)
{
	static const size_t sizes[] = { 16, 24, 40, 504, 1000, 100000, 500000 };
	const struct await *found[3];
	await_int *inner = awaitable(leaf), *aw;
	size_t behind;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t words = sizes[i] / sizeof(void *);
		size_t last = words < 64 ? words - 1 : 63;
		void **block = calloc(1, sizes[i]);

		assert_non_null(block);
		block[last] = inner;
		aw = awaitable(through, (struct context *)(void *)block);
		assert_int_equal(refs_of(aw, found, &behind), 1);
		assert_ptr_equal(found[0], inner);
		await_unref(aw);
		/* Into the block: nothing says how much is left of it. */
		aw = awaitable(through,
			       (struct context *)(void *)(block + last));
		assert_int_equal(refs_of(aw, found, &behind), 0);
		await_unref(aw);
		free(block);
	}
	await_unref(inner);
}

/* The two words before a block that is a mapping of two pages, as every glibc
 * keeps them, whichever is here: what is before it, and its size with a flag.
 * Behind them the handle is the word whose number is given. */
static size_t mapped_refs(uintptr_t before, uintptr_t size, size_t word)
{
	const size_t length = 2 * (size_t)sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, length, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void **block = (void **)(void *)(map + (before & ~(uintptr_t)7)) + 2;
	const struct await *found[3];
	await_int *inner = awaitable(leaf), *aw;
	size_t count, behind;

	assert_true(map != MAP_FAILED);
	block[-2] = (void *)before;
	block[-1] = (void *)(size | 2);
	block[word] = inner;
	aw = awaitable(through, (struct context *)(void *)block);
	count = refs_of(aw, found, &behind);
	await_unref(aw);
	await_unref(inner);
	assert_int_equal(munmap(map, length), 0);
	return count;
}

static void a_mapped_block_of_any_glibc_is_searched(void **state)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)state;
	if (getenv("AWAIT_SANITIZED")) {
		print_message("# skipped: the sanitizer says the size\n");
		return;
	}
	assert_int_equal(mapped_refs(0, 2 * page, 3), 1);
	assert_int_equal(mapped_refs(page - 16, page + 16, 3), 1);
	assert_int_equal(mapped_refs(2 * page - 64, 64, 5), 1);
	/* Since 2.43: without the head of a next one. */
	assert_int_equal(mapped_refs(0, 2 * page - 16, 3), 1);
	assert_int_equal(mapped_refs(page - 16, page, 3), 1);
	assert_int_equal(mapped_refs(2 * page - 64, 48, 4), 1);
	assert_int_equal(mapped_refs(2 * page - 64, 48, 5), 0);
	/* And with a flag for huge pages. */
	assert_int_equal(mapped_refs(1, 2 * page - 16, 3), 1);
	/* What does not begin or end where a mapping can is none. */
	assert_int_equal(mapped_refs(0, 2 * page - 32, 3), 0);
	assert_int_equal(mapped_refs(page - 16, page + 32, 3), 0);
}

static struct context in_program;

/* Nothing says where these end. */
static void other_memory_is_not_searched(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t words[8] = { 0, 0x31 };
	struct context *all[] = { &in_program, (void *)map, (void *)(map + 16),
				  (struct context *)(void *)&words[2] };
	const struct await *found[3];
	await_int *inner = awaitable(leaf), *aw;
	size_t behind;

	(void)state;
	assert_true(map != MAP_FAILED);
	words[7] = 0x21; /* as if they were blocks, on the stack */
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		all[i]->inner[0] = inner;
		aw = awaitable(through, all[i]);
		assert_int_equal(refs_of(aw, found, &behind), 0);
		await_unref(aw);
	}
	assert_int_equal(munmap(map, page), 0);
	aw = awaitable(through, (struct context *)(void *)(map + 16));
	assert_int_equal(refs_of(aw, found, &behind), 0);
	await_unref(aw);
	await_unref(inner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handles_among_arguments_are_references),
		cmocka_unit_test(words_that_look_like_handles_are_none),
		cmocka_unit_test(handles_behind_a_pointer_are_references),
		cmocka_unit_test(a_block_is_searched_up_to_its_end),
		cmocka_unit_test(a_mapped_block_of_any_glibc_is_searched),
		cmocka_unit_test(other_memory_is_not_searched),
	};

	alarm(60);
	return cmocka_run_group_tests_name("refs", tests, NULL, NULL);
}
