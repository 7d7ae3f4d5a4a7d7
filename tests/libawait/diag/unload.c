/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG=leaks: the report on awaits whose library was unloaded, also
 * when something else lies there. LIBAWAIT_DEBUG=check: that a wait for one is
 * an error. */
#define _GNU_SOURCE
#include "unit.h"

#include "again.h"

#include <await/inspect.h>

#include <dlfcn.h>
#include <sys/mman.h>

AWAIT_TYPE(int, int);

static int answer(void)
{
	return 42;
}
AWAITABLE_VALUE(int, answer);

typedef await_int *(*make_fn)(void *context);

static void *plugin;
static make_fn make;

static void load(const char *path)
{
	plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CHECK(plugin != NULL);
	make = (make_fn)(uintptr_t)dlsym(plugin, "make");
	CHECK(make != NULL);
}

static await_int *orphans[3];

static void load_and_make(void)
{
	load(PLUGIN);
	for (int i = 0; i < 3; i++)
		orphans[i] = make(i == 2 ? (void *)orphans : NULL);
	/* Pending or not: dropping it would crash. */
	await_wait(orphans[0], NULL);
	for (int i = 0; i < 4; i++)
		await_unref(make(NULL));
}

static void unload_and_leave_a_hole(void)
{
	char line[200];

	load_and_make();
	CHECK(dlclose(plugin) == 0);
	await_describe(orphans[1], line, sizeof(line));
	CHECK(strstr(line, " pending created at <unreadable> 0x"));
	await_dump(STDERR_FILENO);
}

static void *page_of(const void *address)
{
	return (void *)((uintptr_t)address & ~(uintptr_t)4095);
}

static void *map_over(const void *address)
{
	void *page = page_of(address);

	CHECK(mmap(page, 4096, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		   0) == page);
	return page;
}

/* Bytes that are no site. */
static void unload_and_map_noise(void)
{
	const struct await_site *site;

	load_and_make();
	site = orphans[0]->head.site;
	CHECK(dlclose(plugin) == 0);
	memset(map_over(site), 0x5a, 4096);
}

/* A whole site, but another one, and in no library. */
static void unload_and_map_another_site(void)
{
	await_int *aw = awaitable(answer);
	struct await_site *site;

	load_and_make();
	site = (struct await_site *)(uintptr_t)orphans[0]->head.site;
	CHECK(dlclose(plugin) == 0);
	map_over(site);
	*site = *aw->head.site;
	await_unref(aw);
}

static void unload_and_load_another(void)
{
	make_fn before;

	load_and_make();
	before = make;
	CHECK(dlclose(plugin) == 0);
	load(PLUGIN_OTHER);
	dprintf(STDERR_FILENO, "%s\n", before == make ? "same" : "elsewhere");
}

static void load_another_that_makes_awaits(void)
{
	unload_and_load_another();
	for (int i = 0; i < 5; i++)
		make(NULL);
	await_unref(make(NULL));
}

/* A file that is made anew, or renamed, while it is not loaded. */
static void replace(const char *first, const char *second, const char *name)
{
	char folder[] = "/tmp/unit-leaks-XXXXXX", path[100], command[1000];

	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/plugin.so", folder);
	snprintf(command, sizeof(command), "cp '%s' %s", first, path);
	CHECK(system(command) == 0);
	load(path);
	make(NULL);
	CHECK(dlclose(plugin) == 0);
	snprintf(command, sizeof(command), "rm %s; cp '%s' %s/%s", path, second,
		 folder, name);
	CHECK(system(command) == 0);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	load(path);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	CHECK(system(command) == 0);
}

static void load_the_same_by_another_name(void)
{
	replace(PLUGIN, PLUGIN, "twin.so");
}

static void load_another_by_the_same_name(void)
{
	replace(PLUGIN, PLUGIN_OTHER, "plugin.so");
}

static void load_it_with_its_sites_moved(void)
{
	replace(PLUGIN, PLUGIN_MOVED, "plugin.so");
}

static void unload_and_load_again(void)
{
	make_fn before;

	load_and_make();
	before = make;
	CHECK(dlclose(plugin) == 0);
	load(PLUGIN);
	dprintf(STDERR_FILENO, "%s\n", before == make ? "same" : "elsewhere");
}

/* Its lazy global lives on, and nobody can reach it any more. */
static void unload_a_lazy_global(void)
{
	load(PLUGIN_STATIC);
	CHECK(await_get(make(NULL)) == 42);
	CHECK(dlclose(plugin) == 0);
}

static void unload_one_that_resets_it(void)
{
	await_int *aw;

	load(PLUGIN_RESETS);
	aw = make(NULL);
	CHECK(dlclose(plugin) == 0);
	CHECK(!await_is_valid(aw));
}

/* For LIBAWAIT_DEBUG=check, which has found the library whole before. */
static void wait_for_each_of_the_unloaded(void)
{
	CHECK(await_wait(orphans[0], NULL) == -ENOEXEC);
	CHECK(await_wait(orphans[1], NULL) == -ENOEXEC);
	CHECK(await_cancel(orphans[2]) == -ENOEXEC);
}

static void wait_above_a_hole(void)
{
	load_and_make();
	CHECK(dlclose(plugin) == 0);
	wait_for_each_of_the_unloaded();
}

static void wait_above_noise(void)
{
	unload_and_map_noise();
	wait_for_each_of_the_unloaded();
}

/* What lies there now is as whole: it may run or be refused, if it ends. */
static void wait_above_another(void)
{
	unload_and_load_another();
	await_wait(orphans[1], NULL);
	CHECK(await_get(make(NULL)) == 0);
}

static void wait_where_it_was_loaded_again(void)
{
	make_fn before;

	load_and_make();
	before = make;
	CHECK(dlclose(plugin) == 0);
	load(PLUGIN);
	CHECK(await_wait(orphans[1], NULL) == (before == make ? 0 : -ENOEXEC));
}

static const struct mode modes[] = {
	MODE(wait_above_a_hole),
	MODE(wait_above_noise),
	MODE(wait_above_another),
	MODE(wait_where_it_was_loaded_again),
	MODE(unload_and_leave_a_hole),
	MODE(unload_and_map_noise),
	MODE(unload_and_map_another_site),
	MODE(unload_and_load_another),
	MODE(load_another_that_makes_awaits),
	MODE(unload_and_load_again),
	MODE(unload_a_lazy_global),
	MODE(unload_one_that_resets_it),
	MODE(load_the_same_by_another_name),
	MODE(load_another_by_the_same_name),
	MODE(load_it_with_its_sites_moved),
};

/* --- tests --- */

#define IN_PLUGIN                                                               \
	" int compute created unload-plugin.c:~ in make, in unload-plugin.so, " \
	"which was unloaded\n"
#define ALL_UNLOADED UNLOADED "3\nawait:    3" IN_PLUGIN
#define DROPPED_UNLOADED DROPPED "4\nawait:    4" IN_PLUGIN

static void use_after_the_function_s_library_is_gone(void **state)
{
	(void)state;
	report_of("unload_and_leave_a_hole");
	expect("\n3 awaits: 2 pending, 1 resolved\n" ALL_UNLOADED
		       DROPPED_UNLOADED);
	assert_null(strstr(text, "cycle"));
	report_of("unload_and_map_noise");
	expect_all(ALL_UNLOADED DROPPED_UNLOADED);
	report_of("unload_and_map_another_site");
	expect(ALL_UNLOADED DROPPED "5\nawait:    4" IN_PLUGIN);
}

/* Where the next library lies is the kernel's choice; the one just unloaded
 * left room for it. */
static void a_library_in_its_place_is_not_mistaken_for_it(void **state)
{
	(void)state;
	report_of("unload_and_load_another");
	expect(ALL_UNLOADED DROPPED_UNLOADED);
	report_of("load_another_that_makes_awaits");
	expect(ALL_UNLOADED DROPPED
	       "5\nawait:    4" IN_PLUGIN
	       "await:    1 int another created unload-plugin.c:~ in make\n");
	assert_null(strstr(text, "cycle"));
	print_message("# another library was %.4s\n", text);
}

static void a_replaced_library_is_another_one(void **state)
{
	static const char *const names[] = { "load_the_same_by_another_name",
					     "load_another_by_the_same_name",
					     "load_it_with_its_sites_moved" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		report_of(names[i]);
		expect(UNLOADED
		       "1\nawait:    1 int compute created "
		       "unload-plugin.c:~ in make, in plugin.so, which "
		       "was unloaded\n");
	}
}

static void a_library_loaded_again_owns_its_awaits(void **state)
{
	(void)state;
	report_of("unload_and_load_again");
	if (match(text, "same\n")) {
		expect(ALIVE "1\n");
		expect(NEVER "2\n");
		assert_null(strstr(text, "unloaded"));
	} else {
		expect(ALL_UNLOADED);
	}
}

static void a_lazy_global_of_a_library_that_is_gone(void **state)
{
	(void)state;
	report_of("unload_a_lazy_global");
	expect_all(UNLOADED "1\nawait:    1 int compute created "
			    "unload-static.c:~ in computed, in "
			    "unload-static.so, which was unloaded\n");
	report_of("unload_one_that_resets_it");
	expect_all(NONE);
}

static void check_refuses_what_was_unloaded(void **state)
{
	(void)state;
	assert_int_equal(run_again("check", "wait_above_a_hole"), 0);
	expect("await: await_wait: -ENOEXEC: #2 pending created at "
	       "<unreadable> 0x");
	assert_int_equal(run_again("check", "wait_above_noise"), 0);
	assert_int_equal(run_again("check", "wait_above_another"), 0);
	assert_int_equal(run_again("check", "wait_where_it_was_loaded_again"),
			 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(use_after_the_function_s_library_is_gone),
		cmocka_unit_test(a_library_in_its_place_is_not_mistaken_for_it),
		cmocka_unit_test(a_replaced_library_is_another_one),
		cmocka_unit_test(a_library_loaded_again_owns_its_awaits),
		cmocka_unit_test(a_lazy_global_of_a_library_that_is_gone),
		cmocka_unit_test(check_refuses_what_was_unloaded),
	};

	if (argc > 1)
		return run_named(modes, sizeof(modes) / sizeof(modes[0]),
				 argv[1]);
	alarm(120);
	return cmocka_run_group_tests_name("unload_and_leave_a_hole", tests,
					   NULL, NULL);
}
