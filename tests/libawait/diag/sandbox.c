/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG in a sandbox or an emulator that refuses process_vm_readv():
 * memory is read in another way, or a line says that it was not. */
#define _GNU_SOURCE
#include "refcycles.h"

#include "sandbox.h"

#include <await/inspect.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

AWAIT_TYPE(text, const char *);

static const char *greet(const char *name)
{
	return name;
}
AWAITABLE_VALUE(text, greet, (const char *, name));

static void without_reading(void)
{
	forbid(SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM);
}

static void without_pipes(void)
{
	forbid(SYS_process_vm_readv, SECCOMP_RET_ERRNO | ENOSYS);
	forbid(SYS_pipe2, SECCOMP_RET_ERRNO | EPERM);
}

/* Strings that are there, that cross a page, and that are not there. */
static void dump_all(void)
{
	char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *crosses = map + 4096 - 3, *ends = map + 8192 - 3;

	CHECK(map != MAP_FAILED);
	memcpy(crosses, "across", 7);
	memcpy(ends, "end", 3); /* without a NUL, before a hole or another */
	CHECK(mprotect(map + 8192 - 4096, 4096, PROT_READ) == 0);
	CHECK(awaitable(greet, "whole") && awaitable(greet, crosses));
	CHECK(awaitable(greet, (const char *)16));
	CHECK(await_dump(STDERR_FILENO) == 0);
	CHECK(munmap(map, 8192) == 0);
	CHECK(await_dump(STDERR_FILENO) == 0);
}

static void dump_without_reading(void)
{
	without_reading();
	dump_all();
}

static void dump_without_pipes(void)
{
	without_pipes();
	dump_all();
}

static void make_cycles(void)
{
	await_ptr *aw = await_promise(ptr);
	void **ctx = context();

	await_resolve(aw, awaitable(use, aw));
	ctx[5] = awaitable(use, ctx);
}

static void leak_without_reading(void)
{
	without_reading();
	make_cycles();
}

static void leak_without_pipes(void)
{
	without_pipes();
	make_cycles();
}

/* No file can be opened: that refuses pipes, too. */
static void leak_without_files(void)
{
	const struct rlimit none = { 0, 0 };

	without_reading();
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	make_cycles();
}

static void leak_nothing(void)
{
	without_pipes();
	await_unref(await_nowait(int, 1));
}

/* Of a library that is not there any more, at the first check. */
static void check_without_reading(void)
{
	struct await_site *site = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct await *aw;

	without_reading();
	CHECK(site != MAP_FAILED);
	*site = (struct await_site){ &greet_await_func, "gone.c", "f", 9, 0 };
	aw = await_core_alloc(site);
	await_core_publish(aw, AWAIT_PENDING);
	munmap(site, 4096);
	CHECK(await_core_wait(aw, AWAIT_LAYOUT_ANY) == -ENOEXEC);
}

static const struct mode modes[] = {
	MODE(dump_without_reading),  MODE(dump_without_pipes),
	MODE(leak_without_reading),  MODE(leak_without_pipes),
	MODE(leak_without_files),    MODE(leak_nothing),
	MODE(check_without_reading),
};

#define REFUSED                                                                \
	"await: reading memory is refused here: cycles through memory were "   \
	"not looked for\n"
#define DIRECT                                                                 \
	"await: cycle: #1 ptr promise created sandbox.c:~ -> #2 int use "      \
	"created sandbox.c:~ -> #1\n"
#define THROUGH                                                                \
	"await: cycle: #3 int use created sandbox.c:~ -> (through memory) "    \
	"#3\n"

static void strings_are_read_by_a_pipe(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "dump_without_reading"), 0);
	expect(" pending greet(\"across\") ");
	assert_non_null(strstr(text, " pending greet(\"whole\") "));
	assert_non_null(strstr(text, " pending greet(0x10 <unreadable>) "));
	/* After the dump in which it was there. */
	assert_non_null(strstr(strstr(text, "3 awaits: 3 pending\n"),
			       "ffd <unreadable>) "));
}

static void without_pipes_they_are_unreadable(void **state)
{
	(void)state;
	assert_int_equal(run_again("", "dump_without_pipes"), 0);
	assert_null(strstr(text, "greet(\""));
	assert_non_null(strstr(text, " pending greet(0x10 <unreadable>) "));
	assert_non_null(strstr(text, "3 awaits: 3 pending\n"));
}

static void cycles_are_found_or_said_to_be_unknown(void **state)
{
	static const char *const unknown[] = { "leak_without_pipes",
					       "leak_without_files" };

	(void)state;
	report_of("leak_without_reading");
	expect(DIRECT);
	expect(THROUGH);
	assert_null(strstr(text, "refused"));
	/* Sanitizers need files at exit. */
	for (int i = 0; i < (getenv("AWAIT_SANITIZED") ? 1 : 2); i++) {
		report_of(unknown[i]);
		expect(ALIVE "1\n");
		expect(REFUSED);
		expect(DIRECT);
		assert_int_equal(cycles(), 1);
	}
	/* Awaits themselves are seen: none is none. */
	report_of("leak_nothing");
	expect(NONE REFUSED);
}

static void check_finds_what_was_unloaded(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "check_without_reading"), 0);
	expect("await: await_wait: -ENOEXEC: #1 pending created at "
	       "<unreadable> 0x");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_read_by_a_pipe),
		cmocka_unit_test(without_pipes_they_are_unreadable),
		cmocka_unit_test(cycles_are_found_or_said_to_be_unknown),
		cmocka_unit_test(check_finds_what_was_unloaded),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
