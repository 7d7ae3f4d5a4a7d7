/* SPDX-License-Identifier: MIT */
/* See doctor.h. The checks do not know of one another: a fault shows wherever
 * it stands in the way. */
#include "awaitctl/doctor/doctor.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/usage.h"
#include "awaitctl/doctor/checks.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	void (*check)(const struct doctor *doctor, struct finding *finding);
} checks[] = {
	{ "libawait", check_library },
	{ "tracer", check_tracer },
	{ "pkg-config", check_pkg_config },
	{ "session daemon", check_daemon },
	{ "LTTng's home", check_home },
	{ "group tracing", check_group },
	{ "/dev/shm", check_shm },
	{ "LTTng-UST", check_lttng_ust },
	{ "lttng-tools", check_lttng_tools },
	{ "32-bit programs", check_consumer32 },
	{ "babeltrace2", check_babeltrace },
	{ "membarrier", check_membarrier },
	{ "ptrace", check_ptrace },
	{ "gdb", check_gdb },
	{ "lldb", check_lldb },
};

int doctor(int argc, char **argv, const struct lttng_host *host)
{
	struct doctor doctor = { .host = host };
	struct finding finding;
	bool problem = false;
	int rc = usage_read(NULL, 0, NULL, argc, argv);

	if (rc)
		return rc;
	if (argc != optind)
		return misused("doctor: takes no argument: ", argv[optind]);
	/* Whoever started us may ignore it: then no child has a status. */
	signal(SIGCHLD, SIG_DFL);
	library_look_up(&doctor.library);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		checks[i].check(&doctor, &finding);
		finding_print(&finding, checks[i].name);
		problem |= finding.level == LEVEL_PROBLEM;
	}
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return problem ? EXIT_FAILED : 0;
}
