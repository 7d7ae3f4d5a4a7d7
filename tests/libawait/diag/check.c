/* SPDX-License-Identifier: MIT */
/* Misuse: what is always an error of its own, and what LIBAWAIT_DEBUG=check
 * finds beyond that, each in a child process. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"
#include "sandbox.h"

#include <dlfcn.h>
#include <sys/mman.h>

struct page {
	int lines;
};
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(int, int);
AWAIT_TYPE(unsigned, unsigned);
AWAIT_TYPE(float, float);
AWAIT_TYPE(long, long);
AWAIT_TYPE(text, const char *);
AWAIT_TYPE(pointer, void *);

static int runs;

static int answer(void)
{
	runs++;
	return 42;
}
AWAITABLE_VALUE(int, answer);

#define WRONG(type, aw) ((await_##type *)(void *)(aw))

/* --- always --- */

static void null_is_einval(void **state)
{
	await_int *aw = NULL, *all[] = { NULL };
	const struct timespec deadline = { 0 };

	(void)state;
	assert_int_equal(await_wait(aw, NULL), -EINVAL);
	assert_int_equal(await_wait_until(aw, NULL, &deadline), -EINVAL);
	assert_int_equal(await_wait_all(all, 1, NULL, NULL), -EINVAL);
	assert_int_equal(await_peek(aw, NULL), -EINVAL);
	assert_int_equal(await_cancel(aw), -EINVAL);
	assert_int_equal(await_resolve(aw, 1), -EINVAL);
	assert_int_equal(await_reject(aw, -EIO), -EINVAL);
	assert_null(await_ref(aw));
	await_unref(aw);
}

static void ended_is_estale(void **state)
{
	await_int *aw = await_promise(int), *all[] = { aw };
	const struct timespec deadline = { 0 };

	(void)state;
	await_unref(aw);
	assert_int_equal(await_wait(aw, NULL), -ESTALE);
	assert_int_equal(await_wait_until(aw, NULL, &deadline), -ESTALE);
	assert_int_equal(await_wait_all(all, 1, NULL, NULL), -ESTALE);
	assert_int_equal(await_peek(aw, NULL), -ESTALE);
	assert_int_equal(await_cancel(aw), -ESTALE);
	assert_int_equal(await_resolve(aw, 1), -ESTALE);
	assert_int_equal(await_reject(aw, -EIO), -ESTALE);
}

static void a_wrong_type_is_eprototype(void **state)
{
	await_int *aw = awaitable(answer), *promise = await_promise(int);
	const struct timespec deadline = { 0 };
	await_long *all[] = { WRONG(long, aw) };

	(void)state;
	runs = 0;
	assert_int_equal(await_wait(WRONG(long, aw), NULL), -EPROTOTYPE);
	assert_int_equal(await_wait(WRONG(float, aw), NULL), -EPROTOTYPE);
	assert_int_equal(await_wait_until(WRONG(long, aw), NULL, &deadline),
			 -EPROTOTYPE);
	assert_int_equal(await_wait_all(all, 1, NULL, NULL), -EPROTOTYPE);
	assert_int_equal(await_peek(WRONG(text, aw), NULL), -EPROTOTYPE);
	assert_int_equal(await_resolve(WRONG(long, promise), 1), -EPROTOTYPE);
	assert_int_equal(await_reject(WRONG(long, promise), -EIO), -EPROTOTYPE);
	assert_int_equal(runs, 0);
	/* What looks the same is nobody's mistake. */
	assert_int_equal(await_wait(WRONG(page, aw), NULL), 0);
	assert_int_equal(await_peek(WRONG(unsigned, aw), NULL), 0);
	assert_int_equal(await_resolve(promise, 1), 0);
	await_unref(aw);
	await_unref(promise);
	{
		await_text *text = await_nowait(text, "");

		assert_int_equal(await_peek(WRONG(pointer, text), NULL), 0);
		assert_int_equal(await_peek(WRONG(long, text), NULL),
				 -EPROTOTYPE);
		await_unref(text);
	}
}

/* --- modes of this program --- */

static void *no_await(void)
{
	static _Alignas(64) char memory[64];

	memory[0] = 1;
	return memory;
}

static void unref_twice(void)
{
	await_int *aw = await_nowait(int, 1);

	await_unref(aw);
	await_unref(aw);
}

static void unref_twice_later(void)
{
	await_int *aw = await_nowait(int, 1);

	await_unref(aw);
	for (int i = 0; i < 1000; i++)
		await_unref(await_nowait(int, 1));
	await_unref(aw);
}

static void ref_an_ended_await(void)
{
	await_int *aw = await_nowait(int, 1);

	await_unref(aw);
	await_ref(aw);
}

static void unref_a_foreign_pointer(void)
{
	await_unref((await_int *)no_await());
}

static void ref_a_foreign_pointer(void)
{
	await_ref((await_int *)no_await());
}

/* These return errors, and a line for each. */
static void use_foreign_pointers(void)
{
	await_int *aw = no_await(), *all[] = { aw };
	const struct timespec deadline = { 0 };

	CHECK(await_wait(aw, NULL) == -EFAULT);
	CHECK(await_wait_until(aw, NULL, &deadline) == -EFAULT);
	CHECK(await_wait_all(all, 1, NULL, NULL) == -EFAULT);
	CHECK(await_peek(aw, NULL) == -EFAULT);
	CHECK(await_cancel(aw) == -EFAULT);
	CHECK(await_resolve(aw, 1) == -EFAULT);
	aw = await_nowait(int, 1);
	CHECK(await_cancel((await_int *)(void *)((char *)aw + 8)) == -EFAULT);
	CHECK(await_wait((await_int *)NULL, NULL) == -EINVAL);
}

/* Misuse is found at what would be a hit, and where the slot would be reused.
 */
static void misuse_hits(void)
{
	await_int *aw = await_nowait(int, 1), *ended = await_nowait(int, 2);

	CHECK(await_wait(aw, NULL) == 0 && await_get(aw) == 1);
	CHECK(await_wait(WRONG(float, aw), NULL) == -EPROTOTYPE);
	await_unref(ended);
	CHECK(await_nowait(int, 3) != NULL);
	CHECK(await_wait(ended, NULL) == -ESTALE);
}

/* Far more than are held: memory must not grow for ever. */
static void end_200000_awaits(void)
{
	await_int *first = await_nowait(int, 1);

	await_unref(first);
	for (int i = 0; i < 200000; i++) {
		await_int *aw = await_nowait(int, i);

		CHECK(aw != NULL && await_get(aw) == i);
		await_unref(aw);
	}
	CHECK(await_id(await_nowait(int, 0)) >> 32 > 0);
}

/* Asking the kernel at each check made all threads contend for the process's
 * memory map. It is asked for the first of each site. */
static void live_without_the_kernel(void)
{
	for (int i = 0; i < 1000; i++) {
		await_int *aw = awaitable(answer);

		CHECK(await_wait(aw, NULL) == 0 && await_get(aw) == 42);
		await_unref(await_ref(aw));
		await_unref(aw);
		if (i == 0)
			forbid(SYS_process_vm_readv, SECCOMP_RET_KILL_PROCESS);
	}
}

static void use_an_await_of_no_library(void)
{
	struct await_site *site = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct await *aw;

	CHECK(site != MAP_FAILED);
	*site = (struct await_site){ &answer_await_func, "gone.c", "f", 9, 0 };
	aw = await_core_alloc(site);
	await_core_publish(aw, AWAIT_PENDING);
	munmap(site, 4096);
	CHECK(await_core_wait(aw, AWAIT_LAYOUT_ANY) == -ENOEXEC);
	CHECK(await_core_cancel(aw) == -ENOEXEC);
}

static void use_all_correctly(void)
{
	await_int *aw = awaitable(answer), *promise = await_promise(int);

	CHECK(await_wait(aw, NULL) == 0 && await_get(aw) == 42 && runs == 1);
	CHECK(await_resolve(promise, 3) == 0 && await_get(promise) == 3);
	await_unref(await_ref(aw));
	await_unref(aw);
	await_unref(promise);
	await_unref((await_int *)NULL);
}

static const struct mode modes[] = {
	MODE(unref_twice),
	MODE(unref_twice_later),
	MODE(ref_an_ended_await),
	MODE(unref_a_foreign_pointer),
	MODE(ref_a_foreign_pointer),
	MODE(use_foreign_pointers),
	MODE(misuse_hits),
	MODE(end_200000_awaits),
	MODE(live_without_the_kernel),
	MODE(use_an_await_of_no_library),
	MODE(use_all_correctly),
};

static void assert_aborts(const char *debug, const char *mode,
			  const char *begins)
{
	assert_int_equal(run_again(debug, mode), 256 + SIGABRT);
	assert_ptr_equal(strstr(text, begins), text);
	assert_non_null(strstr(text, ", called at unit-check+0x"));
}

static void a_double_unref_aborts(void **state)
{
	(void)state;
	assert_aborts("", "unref_twice", "await: await_unref: -ESTALE: 0x");
	assert_non_null(strstr(text, " has ended: it was #1, called"));
	assert_aborts("", "ref_an_ended_await",
		      "await: await_ref: -ESTALE: 0x");
}

static void check_recognizes_ended_awaits(void **state)
{
	(void)state;
	assert_aborts("check", "unref_twice",
		      "await: await_unref: -ESTALE: 0x");
	assert_aborts("check", "unref_twice_later",
		      "await: await_unref: -ESTALE: 0x");
	assert_non_null(strstr(text, " has ended: it was #1, called"));
	assert_int_equal(run_again("check", "end_200000_awaits"), 0);
	assert_string_equal(text, "");
}

/* The nth line of text, without its end. */
static const char *nth_line(int n)
{
	static char line[1000];
	const char *at = text;

	for (; n > 0; n--) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

static void assert_line(int n, const char *begins, const char *holds)
{
	const char *line = nth_line(n);

	assert_ptr_equal(strstr(line, begins), line);
	assert_non_null(strstr(line, holds));
	assert_non_null(strstr(line, ", called at unit-check+0x"));
}

static void check_finds_foreign_pointers(void **state)
{
	(void)state;
	assert_aborts("check", "unref_a_foreign_pointer",
		      "await: await_unref: -EFAULT: 0x");
	assert_aborts("check", "ref_a_foreign_pointer",
		      "await: await_ref: -EFAULT: 0x");
	assert_int_equal(run_again("check", "use_foreign_pointers"), 0);
	for (int i = 0; i < 3; i++)
		assert_line(i, "await: await_wait: -EFAULT: 0x",
			    " is no await");
	assert_line(3, "await: await_peek: -EFAULT: 0x", " is no await");
	assert_line(4, "await: await_cancel: -EFAULT: 0x", " is no await");
	assert_line(5, "await: await_resolve: -EFAULT: 0x", " is no await");
	assert_line(6, "await: await_cancel: -EFAULT: 0x", " is no await");
	assert_line(7, "await: await_wait: -EINVAL: NULL", "");
	assert_string_equal(nth_line(8), "");
}

static void check_finds_misuse_at_hits(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "misuse_hits"), 0);
	assert_line(0, "await: await_wait: -EPROTOTYPE: #1 int resolved nowait",
		    ": its value has 4 bytes of signed, not 4 bytes of float");
	assert_line(1, "await: await_wait: -ESTALE: 0x", "ended: it was #2");
	assert_string_equal(nth_line(2), "");
}

static void check_finds_what_was_unloaded(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "use_an_await_of_no_library"), 0);
	assert_line(0, "await: await_wait: -ENOEXEC: #1 pending created at",
		    ": its library was unloaded");
	assert_line(1, "await: await_cancel: -ENOEXEC: #1 ", "");
}

static void check_asks_the_kernel_once_a_site(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "live_without_the_kernel"), 0);
	assert_string_equal(text, "");
}

static void check_is_silent_about_good_use(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "use_all_correctly"), 0);
	assert_string_equal(text, "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_is_einval),
		cmocka_unit_test(ended_is_estale),
		cmocka_unit_test(a_wrong_type_is_eprototype),
		cmocka_unit_test(a_double_unref_aborts),
		cmocka_unit_test(check_recognizes_ended_awaits),
		cmocka_unit_test(check_finds_foreign_pointers),
		cmocka_unit_test(check_finds_misuse_at_hits),
		cmocka_unit_test(check_finds_what_was_unloaded),
		cmocka_unit_test(check_asks_the_kernel_once_a_site),
		cmocka_unit_test(check_is_silent_about_good_use),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
