/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: awaits that only seem to refer to one another are not
 * reported as cycles. */
#define _GNU_SOURCE
#include "refcycles.h"

#include <sys/mman.h>

/* The blocks of the sanitizers' malloc() are not recognized. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_MALLOC
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_MALLOC
#endif
#endif

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

	awaitable(two, b, c);
	awaitable(two, c, b);
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
	awaitable(two, ctx, other);
}

static void pointers_are_no_handles(void)
{
	char *map =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	await_ptr *self;
	await_int *aw;

	CHECK(map != MAP_FAILED && munmap(map, 4096) == 0);
	awaitable(three, map, (void *)16, (void *)-16);
	awaitable(two, map + 4095, (void *)(UINTPTR_MAX / 2));
	/* Into slots and slabs, but no handles. */
	self = await_promise(ptr);
	await_resolve(self, (char *)self + 4);
	aw = awaitable(use, &kept);
	awaitable(three, (char *)aw + 1, (char *)aw + 8, (char *)aw - 32);
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

static const struct mode modes[] = {
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
#ifndef OTHER_MALLOC
		"blocks_lie_side_by_side",
#endif
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
