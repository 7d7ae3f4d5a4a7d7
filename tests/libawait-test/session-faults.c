/* SPDX-License-Identifier: MIT */
/* Sessions that are used wrongly, forked, or lose their daemon. */
#define _GNU_SOURCE
#include "session-window.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void wrong_order(void **state)
{
	(void)state;
	assert_null(await_session_end());
	assert_non_null(strstr(await_trace_error(), "no session records"));
	begin();
	assert_string_equal(await_trace_error(), "");
	assert_int_equal(await_session_begin(), -EALREADY);
	assert_non_null(strstr(await_trace_error(), "records already"));
	use(1);
	await_trace_free(end());
	assert_null(await_session_end());
	await_trace_free(NULL);
}

/* What the parent records stays, whatever its child does. */
static void forked(void **state)
{
	const struct await_trace *trace;
	int status;
	pid_t pid;

	(void)state;
	begin();
	use(1);
	pid = fork();
	if (pid == 0) {
		use(2);
		if (await_session_end())
			_exit(1);
		if (await_session_begin())
			_exit(2);
		use(3);
		trace = await_session_end();
		exit(!trace ? 3 : trace->count == 15 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	use(1);
	trace = end();
	assert_int_equal(trace->count, 10);
	await_trace_free(trace);
}

/* The daemon that the library started is the only child there is. */
static pid_t daemon_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *children;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)getpid());
	children = fopen(path, "r");
	assert_non_null(children);
	assert_int_equal(fscanf(children, "%d", &pid), 1);
	fclose(children);
	return pid;
}

/* LTTng-UST looks for a new daemon every 5 s: it may miss it, then, for longer
 * than the library waits. */
static void begin_again(void)
{
	alarm(60);
	while (await_session_begin()) {
		if (!strstr(await_trace_error(), "does not see this"))
			fail_msg("%s", await_trace_error());
		usleep(10000);
	}
	alarm(0);
}

/* SIGPIPE kept its default action: it would end the process. */
static void daemon_dies(void **state)
{
	const struct await_trace *trace;

	(void)state;
	begin();
	use(1);
	assert_int_equal(kill(daemon_pid(), SIGKILL), 0);
	assert_null(await_session_end());
	assert_string_not_equal(await_trace_error(), "");
	assert_null(strchr(await_trace_error(), '\n'));
	begin_again();
	use(2);
	trace = end();
	assert_int_equal(trace->count, 10);
	await_trace_free(trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_order),
		cmocka_unit_test(forked),
		cmocka_unit_test(daemon_dies),
	};

	return cmocka_run_group_tests_name("session-faults", tests, NULL, NULL);
}
