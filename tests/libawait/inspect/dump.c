/* SPDX-License-Identifier: MIT */
/* All awaits as text: amid threads, in a crash, a sandbox and a damaged
 * registry. */
#define _GNU_SOURCE
#include "unit.h"

#include "child.h"
#include "page.h"
#include "sandbox.h"

#include <await/inspect.h>

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

#define PAGE 4096

static sem_t inside;
static atomic_int stop;

static void dump_to_text(void)
{
	int fd = memfd_create("dump", 0);

	errno = EDOM;
	assert_int_equal(await_dump(fd), 0);
	assert_int_equal(errno, EDOM);
	lseek(fd, 0, SEEK_SET);
	read_all(fd);
}

/* As if the library that it was made in had been unloaded. */
static void a_site_that_is_gone_is_unreadable(void **state)
{
	struct await_site *site = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char line[200], want[200];
	struct await *aw;

	(void)state;
	assert_true((void *)site != MAP_FAILED);
	*site = (struct await_site){ &answer_await_func, "gone.c", "f", 9, 0 };
	aw = await_core_alloc(site);
	assert_false(await_is_valid(aw));
	await_core_publish(aw, AWAIT_PENDING);
	await_core_describe(aw, line, sizeof(line));
	assert_non_null(strstr(line, "int pending answer() created gone.c:9"));
	munmap(site, PAGE);
	await_core_describe(aw, line, sizeof(line));
	snprintf(want, sizeof(want), " pending created at <unreadable> %p",
		 (void *)site);
	assert_non_null(strstr(line, want));
	dump_to_text();
	assert_non_null(strstr(text, want));
	assert_ptr_equal(mmap(site, PAGE, PROT_READ | PROT_WRITE,
			      MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			 site);
	*site = (struct await_site){ &answer_await_func, "gone.c", "f", 9, 0 };
	await_core_unref(aw);
	munmap(site, PAGE);
}

static void dump_shows_each_and_counts(void **state)
{
	enum { N = 300 };
	await_page *aw[N];
	char line[200];

	(void)state;
	dump_to_text();
	assert_string_equal(text, "0 awaits\n");
	for (int i = 0; i < N; i++)
		aw[i] = awaitable(fetch, "x", i);
	for (int i = 0; i < 10; i++)
		await_wait(aw[i], NULL);
	await_cancel(aw[10]);
	dump_to_text();
	for (int i = 0; i < N; i++) {
		size_t n = await_describe(aw[i], line, sizeof(line) - 1);

		line[n] = '\n';
		line[n + 1] = '\0';
		assert_non_null(strstr(text, line));
	}
	assert_non_null(strstr(text, "\n300 awaits: 289 pending, 10 resolved, "
				     "1 cancelled\n"));
	for (int i = 0; i < N; i++)
		await_unref(aw[i]);
	assert_int_equal(await_dump(-1), -EBADF);
}

static void *wait_there(void *aw)
{
	await_wait((await_int *)aw, NULL);
	return NULL;
}

/* Fewer references than waiters say nothing. */
static void waiters_that_are_alone_are_told(void **state)
{
	const char *want = " int pending promise, only who waits holds it "
			   "unless lent (2 references) created dump.c:";
	await_int *aw = await_promise(int);
	pthread_t threads[2];

	(void)state;
	await_ref(aw);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, wait_there, aw);
	do
		dump_to_text();
	while (!strstr(text, want));
	await_ref(aw);
	dump_to_text();
	assert_null(strstr(text, "only"));
	await_unref(aw);
	await_unref(aw);
	dump_to_text();
	assert_null(strstr(text, "only"));
	await_resolve(aw, 1);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	await_unref(aw);
}

/* One slot, two kinds of awaits in turn, each held for a while: a line that
 * mixes them is one of a moment that never was. */
static int odd(int x)
{
	return x;
}
AWAITABLE_VALUE(int, odd, (int, x));
static int even(int x)
{
	return x;
}
AWAITABLE_VALUE(int, even, (int, x));

static _Atomic(await_int *) hot;

static void *alternate(void *unused)
{
	unsigned i = 0;

	for (; !atomic_load_explicit(&stop, memory_order_relaxed); i++) {
		await_int *aw = i % 2 ? awaitable(odd, 1) : awaitable(even, 2);

		atomic_store_explicit(&hot, aw, memory_order_relaxed);
		for (unsigned n = i * 7919 % 4096; n > 0; n--)
			__asm__ volatile("");
		await_unref(aw);
	}
	return unused;
}

static void lines_are_of_one_moment(void **state)
{
	int odds = 0, evens = 0, mixed = 0;
	char line[200];
	pthread_t thread;
	await_int *aw;

	(void)state;
	atomic_store_explicit(&stop, 0, memory_order_relaxed);
	pthread_create(&thread, NULL, alternate, NULL);
	while (odds < 2000 || evens < 2000) {
		aw = atomic_load_explicit(&hot, memory_order_relaxed);
		if (!aw)
			continue;
		await_core_describe((struct await *)(void *)aw, line,
				    sizeof(line));
		if (strstr(line, " int pending odd(1) created dump.c:"))
			odds++;
		else if (strstr(line, " int pending even(2) created dump.c"))
			evens++;
		else if (!strstr(line, "no await") && !strstr(line, "changing"))
			mixed++;
	}
	atomic_store_explicit(&stop, 1, memory_order_relaxed);
	pthread_join(thread, NULL);
	assert_int_equal(mixed, 0);
}

static void *churn(void *unused)
{
	await_page *aw[100];

	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		for (int i = 0; i < 100; i++)
			aw[i] = awaitable(fetch, "churn", i);
		for (int i = 0; i < 100; i += 2)
			await_cancel(aw[i]);
		sem_post(&inside);
		for (int i = 0; i < 100; i++)
			await_unref(aw[i]);
	}
	return unused;
}

static void on_crash(int signal)
{
	(void)signal;
	for (int i = 0; i < 200; i++)
		CHECK(await_dump(i == 0 ? STDERR_FILENO : 9) == 0);
	_exit(77);
}

static void crash_amid_threads(void)
{
	/* As small as signal stacks get, above the sanitizers' own needs. */
	static char stack[64 << 10];
	struct sigaction action = { .sa_handler = on_crash,
				    .sa_flags = SA_ONSTACK };
	await_page *stays = awaitable(fetch, "stays", 1);
	char *nowhere =
		mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;

	CHECK(stays && nowhere != MAP_FAILED);
	CHECK(dup2(memfd_create("dump", 0), 9) == 9);
	CHECK(sigaltstack(
		      &(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) },
		      NULL) == 0);
	CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&thread, NULL, churn, NULL) == 0);
	for (int i = 0; i < 3; i++)
		sem_wait(&inside);
	*(volatile char *)nowhere = 1;
}

/* Each line is whole, and of a known form. */
static void assert_well_formed(void)
{
	char *at = text, *end;

	for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (end[1] == '\0') {
			assert_non_null(strstr(at, " awaits: "));
			continue;
		}
		assert_int_equal(at[0], '#');
		assert_non_null(strstr(at, " page "));
		assert_non_null(strstr(at, " created dump.c:"));
		assert_null(strstr(at, "<unreadable>"));
	}
	assert_int_equal(*at, '\0');
}

static void dump_in_a_crash_amid_threads(void **state)
{
	(void)state;
	assert_int_equal(in_child(crash_amid_threads), 77);
	assert_non_null(strstr(text, " page pending fetch(\"stays\", 1) cr"));
	assert_well_formed();
}

static const char sandboxed_text[] = "text";

static void in_a_sandbox(void)
{
	CHECK(awaitable(fetch, sandboxed_text, 4));
	forbid(SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM);
	CHECK(await_dump(STDERR_FILENO) == 0);
}

/* tests/libawait/diag/sandbox.c has those that refuse more. */
static void a_sandbox_that_forbids_reading_is_no_obstacle(void **state)
{
	char want[100];

	(void)state;
	assert_int_equal(in_child(in_a_sandbox), 0);
	snprintf(want, sizeof(want),
		 " page pending fetch(\"%s\", 4) created dump.c:",
		 sandboxed_text);
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "\n1 await: 1 pending\n"));
}

/* Of the newest slab's header, which begins with its magic. */
static void damage(size_t offset, size_t size)
{
	await_int *aw = awaitable(answer);
	uintptr_t slab = (uintptr_t)aw & ~(uintptr_t)0x3ffff;

	memset((void *)(slab + offset), 0x55, size);
	CHECK(await_dump(STDERR_FILENO) == 0);
}

static void damage_magic(void)
{
	damage(0, 1);
}

static void damage_all_but_magic(void)
{
	damage(8, 40);
}

static void a_damaged_registry_is_reported(void **state)
{
	(void)state;
	assert_int_equal(in_child(damage_magic), 0);
	assert_non_null(strstr(text, "await: the slab list is damaged at 0x"));
	assert_int_equal(in_child(damage_all_but_magic), 0);
	assert_non_null(strstr(text, "await: the slab list is damaged at 0x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dump_in_a_crash_amid_threads),
		cmocka_unit_test(dump_shows_each_and_counts),
		cmocka_unit_test(waiters_that_are_alone_are_told),
		cmocka_unit_test(a_site_that_is_gone_is_unreadable),
		cmocka_unit_test(lines_are_of_one_moment),
		cmocka_unit_test(a_sandbox_that_forbids_reading_is_no_obstacle),
		cmocka_unit_test(a_damaged_registry_is_reported),
	};

	sem_init(&inside, 0, 0);
	alarm(120);
	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
