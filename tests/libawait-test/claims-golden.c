/* SPDX-License-Identifier: MIT */
/* Golden files: equal, different, written, missing, unreadable. */
#define _GNU_SOURCE
#include "failing.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE                                                                   \
	"created fetch #1 at page.c:31 on T1\n"                                \
	"begins fetch #1 on T1\n"                                              \
	"ran fetch #1 on T1\n"                                                 \
	"hit fetch #1 on T1\n"                                                 \
	"created render #2 in #1 at view.c:7 on T1\n"                          \
	"begins render #2 on T2\n"                                             \
	"failed render #2: -EIO (Input/output error) on T2\n"                  \
	"destroyed fetch #1 on T1\n"

static struct build build;
static const struct await_trace *trace;
static char folder[64], path[128];
static int saved_stderr = -1;

static int setup(void **state)
{
	(void)state;
	trace = build_page(&build);
	strcpy(folder, "/tmp/await-golden-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/page.txt", folder);
	return 0;
}

/* Redirects stderr to a file, until said() reads that. */
static void listen(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static const char *said(void)
{
	static char text[512];
	ssize_t length = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	saved_stderr = -1;
	return text;
}

static int teardown(void **state)
{
	(void)state;
	if (saved_stderr >= 0)
		said();
	unsetenv("AWAIT_TEST_UPDATE");
	chmod(folder, 0700);
	rmdir(path);
	unlink(path);
	/* Also fails when a temporary was left behind. */
	return rmdir(folder);
}

static void put(const char *content)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fputs(content, stream);
	assert_int_equal(fclose(stream), 0);
}

static void assert_file(const char *content)
{
	char text[1024] = "";
	FILE *stream = fopen(path, "r");

	assert_non_null(stream);
	text[fread(text, 1, sizeof(text) - 1, stream)] = '\0';
	fclose(stream);
	assert_string_equal(text, content);
}

static void texts_leave_out_what_differs_by_run(void **state)
{
	char *text = await_trace_text(trace, NULL);

	(void)state;
	assert_string_equal(text, PAGE);
	free(text);
	text = await_trace_text(trace, await_any_event("render"));
	assert_string_equal(
		text, "created render #1 in #2 at view.c:7 on T1\n"
		      "begins render #1 on T2\n"
		      "failed render #1: -EIO (Input/output error) on T2\n");
	free(text);
	build.records[7].attempt = 2;
	text = await_trace_text(trace, await_destroyed(NULL));
	assert_string_equal(text, "destroyed fetch #1 (attempt 2) on T1\n");
	free(text);
	text = await_trace_text(trace, await_hit("x"));
	assert_string_equal(text, "");
	free(text);
}

static void numbers_go_on(void **state)
{
	char *text;

	(void)state;
	for (uint64_t id = 100; id < 200; id++)
		build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED,
			    &fetch_site, id * 7);
	build_event(&build, AWAIT_EVENT_HIT, AWAIT_RESOLVED, &fetch_site, 700);
	text = await_trace_text(trace, NULL);
	assert_non_null(strstr(text, "hit fetch #3 on T1\nhit fetch #4 on T1"));
	assert_non_null(strstr(text, "hit fetch #102 on T1\nhit fetch #3 on"));
	free(text);
}

static void files_hold_or_differ(void **state)
{
	(void)state;
	put(PAGE);
	HOLDS(await_claim_golden(trace, NULL, path));
	put("begins render #1 on T1\n");
	HOLDS(await_claim_golden(trace, await_begins("render"), path));
	put("");
	HOLDS(await_claim_golden(trace, await_cancelled(NULL), path));
	put("begins fetch #1 on T1\n"
	    "begins render #2 on T1\n"
	    "begins render #2 on T1\n");
	strcpy(path + strlen(folder), "/page.txt");
	FAILS_WITH(await_claim_golden(trace, await_begins(NULL), path),
		   "/page.txt holds (AWAIT_TEST_UPDATE=1 writes it anew), but "
		   "it differs:\n"
		   "    expected                happened\n"
		   "    begins fetch #1 on T1   begins fetch #1 on T1\n"
		   "  > begins render #2 on T1  begins render #2 on T2\n"
		   "  > begins render #2 on T1  (nothing)");
	/* Lines that have nothing in common are not paired. */
	put("hit fetch #1 on T1\n");
	FAILS_WITH(await_claim_golden(trace, await_begins("fetch"), path),
		   "  > hit fetch #1 on T1  (nothing)\n"
		   "  > (nothing)           begins fetch #1 on T1");
	put("");
	FAILS_WITH(await_claim_golden(trace, await_begins("fetch"), path),
		   "  > (nothing)  begins fetch #1 on T1");
}

static void missing_files_say_how(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text),
		 "%s does not exist: AWAIT_TEST_UPDATE=1 writes it; look at it "
		 "then",
		 path);
	FAILS(await_claim_golden(trace, NULL, path), text);
	FAILS(await_claim_golden(trace, NULL, NULL),
	      "a golden file's path is NULL");
	assert_int_equal(mkdir(path, 0700), 0);
	FAILS_WITH(await_claim_golden(trace, NULL, path),
		   "/page.txt can't be read: Is a directory");
}

static void update_writes_once(void **state)
{
	char text[256];
	struct stat before, after;

	(void)state;
	setenv("AWAIT_TEST_UPDATE", "1", 1);
	snprintf(text, sizeof(text), "await: wrote %s (AWAIT_TEST_UPDATE)\n",
		 path);
	listen();
	HOLDS(await_claim_golden(trace, NULL, path));
	assert_string_equal(said(), text);
	assert_file(PAGE);
	assert_int_equal(stat(path, &before), 0);
	listen();
	HOLDS(await_claim_golden(trace, NULL, path));
	assert_string_equal(said(), "");
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	put("something else\n");
	listen();
	HOLDS(await_claim_golden(trace, NULL, path));
	assert_string_equal(said(), text);
	assert_file(PAGE);
	setenv("AWAIT_TEST_UPDATE", "0", 1);
	put("something else\n");
	FAILS_WITH(await_claim_golden(trace, NULL, path), "but it differs");
	assert_file("something else\n");
}

static void unwritable_places_are_reported(void **state)
{
	(void)state;
	setenv("AWAIT_TEST_UPDATE", "1", 1);
	FAILS(await_claim_golden(trace, NULL, "/nowhere/page.txt"),
	      "/nowhere/page.txt can't be written: No such file or directory");
	assert_int_equal(mkdir(path, 0700), 0);
	FAILS_WITH(await_claim_golden(trace, NULL, path),
		   "/page.txt can't be written: Is a directory");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(texts_leave_out_what_differs_by_run),
		TEST(numbers_go_on),
		TEST(files_hold_or_differ),
		TEST(missing_files_say_how),
		TEST(update_writes_once),
		TEST(unwritable_places_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
