/* SPDX-License-Identifier: MIT */
/*
 * See gdb.h. gdb reads the script of the scripts before the program, so that
 * its commands are there from the first prompt on: before `run`, and while no
 * process has libawait.so yet. Reading it again with the library does no harm.
 */
#include "awaitctl/gdb/gdb.h"

#include "awaitctl/common/say.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUR_ARGUMENTS = 4 };

/* The folder above the one that awaitctl is in. */
static int find_above(char above[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", above, PATH_MAX - 1);

	for (int i = 0; i < 2 && length > 0; i++) {
		above[length] = '\0';
		length = strrchr(above, '/') - above;
	}
	if (length < 0)
		return -1;
	above[length] = '\0';
	return 0;
}

/* Finds that of the build tree, if this awaitctl is in one, or the installed
 * one. Returns 0 or -1; path is what was looked for last. */
static int find_script(char path[PATH_MAX])
{
	char above[PATH_MAX];

	if (find_above(above) == 0 &&
	    (size_t)snprintf(path, PATH_MAX, "%s/libawait/%s", above,
			     GDB_SCRIPT) < PATH_MAX &&
	    access(path, R_OK) == 0)
		return 0;
	snprintf(path, PATH_MAX, "%s/%s", GDB_SCRIPT_DIR, GDB_SCRIPT);
	return access(path, R_OK);
}

static int run_gdb(const char *script, char **arguments, size_t count)
{
	char trust[PATH_MAX + 64];
	char **argv = must_calloc(1 + OUR_ARGUMENTS + count + 1, sizeof(*argv));

	/* Where the script lies beside the library, gdb finds it once more, and
	 * would warn that it may not read it. */
	snprintf(trust, sizeof(trust), "add-auto-load-safe-path %s", script);
	argv[0] = "gdb";
	argv[1] = "-iex";
	argv[2] = trust;
	argv[3] = "-ix";
	argv[4] = (char *)script;
	memcpy(argv + 1 + OUR_ARGUMENTS, arguments, count * sizeof(*argv));
	execvp(argv[0], argv);
	if (errno == ENOENT)
		say("gdb is not installed: on Debian it is in the package gdb");
	else
		say("cannot start gdb: %s", strerror(errno));
	free(argv);
	return EXIT_FAILED;
}

int gdb(int argc, char **argv)
{
	char script[PATH_MAX];

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return -1;
	if (find_script(script) < 0) {
		say("cannot read libawait's commands for gdb, %s: %s; install "
		    "libawait again",
		    script, strerror(errno));
		return EXIT_FAILED;
	}
	return run_gdb(script, argv + 1, (size_t)(argc - 1));
}
