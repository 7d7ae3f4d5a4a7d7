/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: awaits that refer to one another, and some that only
 * seem to. */
#define _GNU_SOURCE
#include "unit.h"

#include "again.h"

#include <sys/mman.h>

/* Whose blocks are not recognized: the sanitizers'. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_MALLOC
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_MALLOC
#endif
#endif

struct box {
	char text[16];
	void *inside;
};
AWAIT_TYPE(box, struct box);
AWAIT_TYPE(int, int);
AWAIT_TYPE(ptr, void *);

/* Slots of one size, and so ids in order of creation. */
static int use(int *out, void *other)
{
	*out = 1;
	return other ? 0 : -ENOENT;
}
AWAITABLE(int, use, (void *, other));

static int refuse(int *out, void *other)
{
	(void)out;
	(void)other;
	return -EIO;
}
AWAITABLE(int, refuse, (void *, other));

static int two(int *out, void *a, void *b)
{
	(void)a;
	(void)b;
	return refuse(out, NULL);
}
AWAITABLE(int, two, (void *, a), (void *, b));

static int both(int *out, void *a, void *b)
{
	*out = a != b;
	return 0;
}
AWAITABLE(int, both, (void *, a), (void *, b));

static int three(int *out, void *a, void *b, void *c)
{
	(void)c;
	return two(out, a, b);
}
AWAITABLE(int, three, (void *, a), (void *, b), (void *, c));

/* So that what awaits alone point to is reachable for other leak checkers. */
static void *kept[1 << 17];
static size_t kept_count;

static void *keep(void *memory)
{
	CHECK(memory && kept_count < sizeof(kept) / sizeof(kept[0]));
	kept[kept_count++] = memory;
	return memory;
}

/* A context, with nothing else in the SCANNED bytes that follow. */
static void **context(void)
{
	return keep(calloc(1, 1024));
}

/* A promise that makes a chain of awaits a cycle. */
static await_int *chain_from(void *first, int length)
{
	await_int *aw = NULL;

	for (int i = 0; i < length; i++) {
		aw = awaitable(use, first);
		first = aw;
	}
	return aw;
}

static void one(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, aw);
}

enum { TWO_LINE = __LINE__ + 3 };
static void cycle_of_two(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(use, aw);

	await_resolve(aw, user);
}

static void cycle_of_three(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, chain_from(aw, 2));
}

static void through_memory(void)
{
	void **ctx = context();

	/* Far in: also when blocks of malloc() are not recognized. */
	ctx[60] = awaitable(use, ctx);
}

static void through_memory_of_two(void)
{
	void **ctx = context();
	await_int *first = awaitable(use, ctx);

	ctx[0] = awaitable(use, first);
}

/* Each of these is a cycle of its own kind, in slots of any size. */
static void failed(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(refuse, aw);

	await_wait(user, NULL);
	await_resolve(aw, user);
}

static void value(void)
{
	await_box *aw = await_promise(box);
	struct box box = { .inside = aw };

	await_resolve(aw, box);
}

static void twice(void)
{
	void **ctx = context();
	await_int *aw;

	/* The same reference in four ways. */
	aw = awaitable(three, ctx, ctx, context());
	ctx[0] = aw;
	ctx[1] = aw;
	((void **)kept[1])[0] = aw;
}

static void direct_before_memory(void)
{
	void **ctx = context();
	await_ptr *aw = await_promise(ptr);

	ctx[0] = aw;
	await_resolve(aw, awaitable(two, ctx, aw));
}

static void at_the_end_of_memory(void)
{
	enum { GUARD = 1 << 20, PAGE = 4096 };
	char *map = mmap(NULL, 2 * GUARD, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void **begin = (void **)(void *)(map + GUARD);
	void **end = (void **)(void *)(map + GUARD + PAGE - 16);

	CHECK(map != MAP_FAILED &&
	      mprotect(begin, PAGE, PROT_READ | PROT_WRITE) == 0);
	end[1] = awaitable(use, end);
	begin[0] = awaitable(use, begin);
}

/* The last word of a block, and the last that is looked at. */
static void at_the_end_of_blocks(void)
{
	void **small = keep(malloc(24)), **large = context();

	small[2] = awaitable(use, small);
	large[63] = awaitable(use, large);
}

/* The first await refers to the cycle, from outside, and not to its oldest. */
static void tail(void)
{
	void **ctx = context(), **other = context();
	await_ptr *aw;

	awaitable(use, ctx);
	aw = await_promise(ptr);
	other[0] = aw;
	ctx[0] = awaitable(use, other);
	await_resolve(aw, ctx[0]);
}

static void many(void)
{
	for (int i = 0; i < 25; i++) {
		void **ctx = context();

		ctx[i] = awaitable(use, ctx);
	}
}

static void overlapping(void)
{
	/* p -> a, b -> p: two cycles with one promise. */
	void **ctx = context();
	await_ptr *aw = await_promise(ptr);

	ctx[0] = awaitable(use, aw);
	ctx[1] = awaitable(use, aw);
	await_resolve(aw, ctx);
}

static int length = 100000;

static void ring(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, chain_from(aw, length - 1));
}

/* --- what is none --- */

static void chain(void)
{
	chain_from(NULL, length);
}

static void diamond(void)
{
	await_int *a = awaitable(use, NULL);
	await_int *b = awaitable(use, a), *c = awaitable(use, a);

	awaitable(two, b, c);
	awaitable(two, c, b);
}

/* A value has taken the place of the reference. */
static void resolved(void)
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

static void cancelled(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *user = awaitable(use, aw);

	await_resolve(aw, user);
	await_cancel(user);
}

/* What an ended await left in its slot, behind the arguments of the next. */
static void left_over(void)
{
	await_ptr *aw = await_promise(ptr);
	await_int *gone = awaitable(three, NULL, NULL, aw), *next;

	await_unref(gone);
	next = awaitable(two, NULL, NULL);
	CHECK(next == gone);
	await_resolve(aw, next);
}

static void left_over_memory(void)
{
	void **ctx = context();
	await_int *gone = awaitable(three, NULL, NULL, ctx);

	await_unref(gone);
	ctx[0] = awaitable(two, NULL, NULL);
	CHECK(ctx[0] == gone);
}

static void ended(void)
{
	void **ctx = context();
	await_int *other = awaitable(use, ctx);

	ctx[0] = other;
	await_unref(other);
	awaitable(two, ctx, other);
}

static void bad_pointers(void)
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

/* Into a slot: what is there belongs to another await. */
static void into_slot(void)
{
	await_ptr *aw = await_promise(ptr);

	await_resolve(aw, awaitable(use, &aw->value));
}

/* Blocks that lie side by side, of which each has the last one's handle. */
static void neighbours(void)
{
	void *last = NULL;

	for (int i = 0; i < 100; i++) {
		void **ctx = keep(malloc(24));

		ctx[0] = last;
		last = awaitable(use, ctx);
	}
}

static const struct mode modes[] = {
	MODE(one),
	MODE(cycle_of_two),
	MODE(cycle_of_three),
	MODE(through_memory),
	MODE(through_memory_of_two),
	MODE(failed),
	MODE(value),
	MODE(twice),
	MODE(direct_before_memory),
	MODE(at_the_end_of_memory),
	MODE(at_the_end_of_blocks),
	MODE(tail),
	MODE(left_over_memory),
	MODE(many),
	MODE(overlapping),
	MODE(ring),
	MODE(chain),
	MODE(diamond),
	MODE(resolved),
	MODE(cancelled),
	MODE(left_over),
	MODE(ended),
	MODE(bad_pointers),
	MODE(into_slot),
	MODE(neighbours),
};

/* --- tests --- */

#define AT "created refcycles_found.c:~"
#define PROMISE " ptr promise " AT
#define USE " int use " AT

static unsigned cycles(void)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, "cycle: ")); at++)
		n++;
	return n;
}

/* This one alone. */
static void expect_cycle(const char *members)
{
	char want[300];

	snprintf(want, sizeof(want), "\nawait: cycle: %s\n", members);
	expect(want);
	assert_int_equal(cycles(), 1);
}

static void direct(void **state)
{
	char want[200];

	(void)state;
	report_of("one");
	expect_cycle("#1" PROMISE " -> #1");
	report_of("cycle_of_two");
	snprintf(want, sizeof(want),
		 "await: cycle: #1 ptr promise created refcycles_found.c:%d -> "
		 "#2 int use created refcycles_found.c:%d -> #1\n",
		 TWO_LINE, TWO_LINE + 1);
	expect(want);
	report_of("cycle_of_three");
	/* The chain grows from the promise: it refers to the last. */
	expect_cycle("#1" PROMISE " -> #3" USE " -> #2" USE " -> #1");
	report_of("failed");
	expect_cycle("#1" PROMISE " -> #2 int refuse " AT " -> #1");
	report_of("value");
	expect_cycle("#1 box promise " AT " -> #1");
}

static void fn_await_cycle(void **state)
{
	(void)state;
	report_of("through_memory");
	expect_cycle("#1" USE " -> (through memory) #1");
	report_of("through_memory_of_two");
	expect_cycle("#1" USE " -> (through memory) #2" USE " -> #1");
	report_of("at_the_end_of_memory");
	assert_int_equal(cycles(), 2);
	report_of("at_the_end_of_blocks");
	assert_int_equal(cycles(), 2);
	report_of("tail");
	expect_cycle("#2" PROMISE " -> #3" USE " -> (through memory) #2");
}

static void once(void **state)
{
	(void)state;
	report_of("twice");
	expect_cycle("#1 int three " AT " -> (through memory) #1");
	report_of("direct_before_memory");
	assert_int_equal(cycles(), 1);
	assert_null(strstr(text, "through"));
	report_of("overlapping");
	assert_int_equal(cycles(), 2);
	report_of("many");
	assert_int_equal(cycles(), 20);
	assert_non_null(strstr(text, "await: 5 more cycles\n"));
}

static void long_ones(void **state)
{
	(void)state;
	report_of("chain");
	assert_int_equal(cycles(), 0);
	expect("100000 int use ");
	report_of("ring");
	assert_int_equal(cycles(), 1);
	assert_non_null(strstr(text, " -> 99900 more -> #1\n"));
	assert_null(strstr(text, "..."));
}

static void none(void **state)
{
	static const char *const names[] = {
		"diamond",	    "resolved", "cancelled", "left_over",
		"left_over_memory", "ended",	"into_slot", "bad_pointers",
#ifndef OTHER_MALLOC
		"neighbours",
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
		cmocka_unit_test(direct), cmocka_unit_test(fn_await_cycle),
		cmocka_unit_test(once),	  cmocka_unit_test(long_ones),
		cmocka_unit_test(none),
	};

	if (argc > 2)
		length = atoi(argv[2]);
	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("refcycles_found", tests, NULL,
					   NULL);
}
