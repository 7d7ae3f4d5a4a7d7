/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: awaits that only seem to refer to one another are not
 * reported as cycles. */
#define _GNU_SOURCE
#include "refcycles.h"

#include <sys/mman.h>

static int both(int *out, void *a, void *b)
{
	*out = a != b;
	return 0;
}
AWAITABLE(int, both, (void *, a), (void *, b));

static void a_diamond_has_no_way_back(void)
{
	await_int *a = awaitable(use, NULL);
	await_int *b = awaitable(use, a), *c = awaitable(use, a);

	(void)awaitable(two, b, c);
	(void)awaitable(two, c, b);
}

static void a_value_replaced_the_reference(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(use, aw);

	await_resolve(aw, user);
	await_wait(user, NULL);
	aw = await_promise(ptr);
	user = awaitable(both, NULL, aw);
	await_resolve(aw, user);
	await_wait(user, NULL);
}

static void a_cancelled_await_refers_no_more(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(use, aw);

	await_resolve(aw, user);
	await_cancel(user);
}

/* An ended await left it in the slot, behind the arguments of the next. */
static void a_slot_holds_an_old_argument(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *gone = awaitable(three, NULL, NULL, aw), *next;

	await_unref(gone);
	next = awaitable(two, NULL, NULL);
	CHECK(next == gone);
	await_resolve(aw, next);
}

static void a_slot_holds_an_old_context(void)
{
	void **ctx = context();
	await_int *gone = awaitable(three, NULL, NULL, ctx);

	await_unref(gone);
	ctx[0] = awaitable(two, NULL, NULL);
	CHECK(ctx[0] == gone);
}

static void a_context_holds_an_ended_await(void)
{
	void **ctx = context();
	await_int *other = awaitable(use, ctx);

	ctx[0] = other;
	await_unref(other);
	(void)awaitable(two, ctx, other);
}

static void pointers_are_no_handles(void)
{
	char *map =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	await_ptr *self;
	await_int *aw;

	CHECK(map != MAP_FAILED && munmap(map, 4096) == 0);
	(void)awaitable(three, map, (void *)16, (void *)-16);
	(void)awaitable(two, map + 4095, (void *)(UINTPTR_MAX / 2));
	/* Into slots and slabs, but no handles. */
	self = await_promise(ptr);
	await_resolve(self, (char *)self + 4);
	aw = awaitable(use, &kept);
	(void)awaitable(three, (char *)aw + 1, (char *)aw + 8, (char *)aw - 32);
}

/* The words that follow in the slot belong to another await. */
static void a_pointer_leads_into_a_slot(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, awaitable(use, &aw->value));
}

/* Each block has the handle of the await that refers to the last one. */
static void blocks_lie_side_by_side(void)
{
	void *last = NULL;

	for (int i = 0; i < 100; i++) {
		void **ctx = keep(malloc(24));

		ctx[0] = last;
		last = awaitable(use, ctx);
	}
}

AWAIT_TYPE(text, const char *);
AWAIT_TYPE(bytes, unsigned char *);

/* One object, as only that keeps them side by side. */
static struct {
	unsigned char buffer[32];
	void *handles[4];
} side_by_side;

static unsigned char *fill(void)
{
	side_by_side.buffer[0] = 1;
	return side_by_side.buffer;
}
AWAITABLE_VALUE(bytes, fill);

/* What is behind a static buffer is not the buffer's. */
static void a_buffer_lies_before_the_handle(void)
{
	await_bytes *aw = awaitable(fill);

	side_by_side.handles[0] = aw;
	side_by_side.handles[1] = awaitable(use, side_by_side.buffer);
	CHECK(await_get(aw) == side_by_side.buffer);
}

/* A pool of the program's own: its objects have no end that we know. */
static void others_lie_behind_in_a_mapping(void)
{
	void **pool = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(pool != MAP_FAILED);
	for (int i = 0; i < 10; i++)
		pool[10 * i + 3] = awaitable(use, &pool[10 * i]);
}

/* A string has no handles, whatever its bytes are. */
static void text_looks_like_a_handle(void)
{
	void **block = context();
	await_text *aw = await_promise(text);

	block[1] = aw;
	await_resolve(aw, (const char *)block);
}

static const struct mode modes[] = {
	MODE(a_buffer_lies_before_the_handle),
	MODE(others_lie_behind_in_a_mapping),
	MODE(text_looks_like_a_handle),
	MODE(a_diamond_has_no_way_back),
	MODE(a_value_replaced_the_reference),
	MODE(a_cancelled_await_refers_no_more),
	MODE(a_slot_holds_an_old_argument),
	MODE(a_slot_holds_an_old_context),
	MODE(a_context_holds_an_ended_await),
	MODE(pointers_are_no_handles),
	MODE(a_pointer_leads_into_a_slot),
	MODE(blocks_lie_side_by_side),
};

static void what_only_resembles_a_cycle_is_not_reported(void **state)
{
	static const char *const names[] = {
		"a_diamond_has_no_way_back",
		"a_value_replaced_the_reference",
		"a_cancelled_await_refers_no_more",
		"a_slot_holds_an_old_argument",
		"a_slot_holds_an_old_context",
		"a_context_holds_an_ended_await",
		"pointers_are_no_handles",
		"a_pointer_leads_into_a_slot",
		"blocks_lie_side_by_side",
		"a_buffer_lies_before_the_handle",
		"others_lie_behind_in_a_mapping",
		"text_looks_like_a_handle",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		report_of(names[i]);
		if (strstr(text, "cycle:"))
			print_error("%s:\n%s\n", names[i], text);
		assert_int_equal(cycles(), 0);
		assert_non_null(strstr(text, "await: alive "));
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_only_resembles_a_cycle_is_not_reported),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("refcycles_none", tests, NULL, NULL);
}
