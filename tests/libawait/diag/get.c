/* SPDX-License-Identifier: MIT */
/* await_get() and AWAIT_FIELD() where there is no value: a line that says why,
 * and abort(), whatever pointer was given. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"

#include <sys/mman.h>

struct page {
	int lines;
};
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);

static int fails(int *out, int rc)
{
	*out = 1;
	return rc;
}
AWAITABLE(int, fails, (int, rc));

static int number(void)
{
	return 1;
}
AWAITABLE_VALUE(int, number);

static int page_of(struct page *out, int lines)
{
	out->lines = lines;
	return 0;
}
AWAITABLE(page, page_of, (int, lines));

/* Never set: there is no value. */
static int sink;

static void of_null(void)
{
	sink = await_get((await_int *)NULL);
}

static void of_a_failure(void)
{
	sink = await_get(awaitable(fails, -ENOENT));
}

static void of_a_later_life(void)
{
	await_unref(awaitable(fails, -EIO));
	sink = await_get(awaitable(fails, -EIO));
}

static void of_a_pending_one_that_ended(void)
{
	await_int *aw = awaitable(number);

	await_unref(aw);
	sink = await_get(aw);
}

static void of_a_resolved_one_that_ended(void)
{
	await_int *aw = awaitable(number);

	sink = await_get(aw);
	await_unref(aw);
	sink = await_get(aw);
}

static void of_one_that_ended_after_another(void)
{
	await_int *aw = awaitable(number), *other = awaitable(number);

	await_unref(other);
	await_unref(aw);
	sink = await_get(aw);
}

static void field_of_one_that_ended(void)
{
	await_page *aw = awaitable(page_of, 3);

	await_unref(aw);
	sink = AWAIT_FIELD(aw, lines);
}

/* All zero: without LIBAWAIT_DEBUG=check it is an await that has ended. */
static void *zeroes(void)
{
	static _Alignas(64) char memory[64];

	return memory;
}

static void of_a_foreign_pointer(void)
{
	sink = await_get((await_int *)zeroes());
}

static void of_what_is_on_the_stack(void)
{
	long junk[8] = { 0, 0x1111, 0x2222 };
	void *hidden = junk;

	/* The compiler would see what it is. */
	__asm__("" : "+r"(hidden) : : "memory");
	sink = await_get((await_int *)hidden);
}

static void field_of_a_foreign_pointer(void)
{
	sink = AWAIT_FIELD((await_page *)zeroes(), lines);
}

/* At the end of a page, so what would be behind it crashes. */
static void of_what_has_nothing_behind(void)
{
	char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(map != MAP_FAILED && munmap(map + 4096, 4096) == 0);
	sink = await_get((await_int *)(void *)(map + 4096 - 8));
}

/* In a slab, but never an await. */
static void of_a_slot_that_was_never_used(void)
{
	await_int *aw = awaitable(number);

	sink = await_get((await_int *)(void *)((char *)aw + 100 * 32));
}

static void unref_a_foreign_pointer(void)
{
	await_unref((await_int *)zeroes());
}

static void ref_a_foreign_pointer(void)
{
	await_ref((await_int *)zeroes());
}

static const struct mode modes[] = {
	MODE(of_null),
	MODE(of_a_failure),
	MODE(of_a_later_life),
	MODE(of_a_pending_one_that_ended),
	MODE(of_a_resolved_one_that_ended),
	MODE(of_one_that_ended_after_another),
	MODE(field_of_one_that_ended),
	MODE(of_a_foreign_pointer),
	MODE(of_what_is_on_the_stack),
	MODE(field_of_a_foreign_pointer),
	MODE(of_what_has_nothing_behind),
	MODE(of_a_slot_that_was_never_used),
	MODE(unref_a_foreign_pointer),
	MODE(ref_a_foreign_pointer),
};

static const char *debug;

/* The last line that it wrote before it aborted: ~ is any number, ^ any hex. */
static void expect_last(const char *mode, const char *want)
{
	const char *line = text, *at;

	assert_int_equal(run_again(debug, mode), 256 + SIGABRT);
	while ((at = strchr(line, '\n')) && at[1] != '\0')
		line = at + 1;
	for (at = line; *want != '\0'; want++) {
		size_t span = *want == '~' ? strspn(at, "0123456789") :
			      *want == '^' ? strspn(at, "0123456789abcdef") :
					     *at == *want;

		if (span == 0)
			fail_msg("%s,%s: %s", debug, mode, line);
		at += span;
	}
}

static void no_value_is_a_line_that_says_why(void **state)
{
	static const char *const options[] = { "", "check", "args,cycles" };
	static const char *const ended[] = {
		"of_a_pending_one_that_ended",
		"of_a_resolved_one_that_ended",
		"of_one_that_ended_after_another",
		"field_of_one_that_ended",
	};
	static const char *const foreign[] = {
		"of_a_foreign_pointer",		 "of_what_is_on_the_stack",
		"field_of_a_foreign_pointer",	 "of_what_has_nothing_behind",
		"of_a_slot_that_was_never_used",
	};

	(void)state;
	for (int i = 0; i < 3; i++) {
		debug = options[i];
		expect_last("of_null",
			    "await: " __FILE__ ":~ waited "
			    "for NULL: was awaitable() out of memory?\n");
		expect_last("of_a_failure",
			    "await: #1 fails, created at " __FILE__
			    ":~, waited for at " __FILE__ ":~, has no value: "
			    "-ENOENT (No such file or directory)\n");
		for (size_t j = 0; j < sizeof(ended) / sizeof(ended[0]); j++)
			expect_last(ended[j],
				    "await: " __FILE__ ":~ "
				    "waited for 0x^, which has ended: it was "
				    "#1\n");
		for (size_t j = 0; j < sizeof(foreign) / sizeof(foreign[0]);
		     j++)
			expect_last(foreign[j],
				    "await: " __FILE__ ":~ "
				    "waited for 0x^, which is no await\n");
	}
	debug = "";
	expect_last("of_a_later_life", "await: #1.1 fails, created at ");
}

static void counting_what_is_no_await_aborts(void **state)
{
	(void)state;
	debug = "";
	expect_last("unref_a_foreign_pointer",
		    "await: await_unref: -ESTALE: 0x^ is no await, called at "
		    "unit-get+0x^\n");
	expect_last("ref_a_foreign_pointer",
		    "await: await_ref: -ESTALE: 0x^ is no await, called at "
		    "unit-get+0x^\n");
}

static void only_awaits_have_an_id(void **state)
{
	await_int *aw = awaitable(number);

	(void)state;
	assert_int_equal(sink, 0);
	assert_true(await_id(aw) > 0);
	assert_true(await_id((await_int *)zeroes()) == 0);
	await_unref(aw);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_value_is_a_line_that_says_why),
		cmocka_unit_test(counting_what_is_no_await_aborts),
		cmocka_unit_test(only_awaits_have_an_id),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("get", tests, NULL, NULL);
}
