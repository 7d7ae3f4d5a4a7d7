/* SPDX-License-Identifier: MIT */
/*
 * awaitctl: records and reports what the awaits of a program did. This file
 * knows the command line and nothing else.
 */
#include "awaitctl/diff/options.h"
#include "awaitctl/export/options.h"
#include "awaitctl/gdb/gdb.h"
#include "awaitctl/doctor/doctor.h"
#include "awaitctl/doctor/versions.h"
#include "awaitctl/html/html.h"
#include "awaitctl/record/options.h"
#include "awaitctl/ps/ps.h"
#include "awaitctl/recover/recover.h"
#include "awaitctl/report/options.h"
#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/common/usage.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* Two texts: a compiler need not take one that is so long. */
static const char usage_of_record[] =
	"Usage: awaitctl record [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
	"       awaitctl record [OPTION]... --attach PID|SESSION\n"
	"       awaitctl report [OPTION]... DIR\n"
	"       awaitctl export --format FORMAT [OPTION]... DIR\n"
	"       awaitctl diff [OPTION]... A B\n"
	"       awaitctl recover DIR\n"
	"       awaitctl ps [OPTION]... PID\n"
	"       awaitctl top [OPTION]... PID\n"
	"       awaitctl gdb [ARGUMENT]...\n"
	"       awaitctl doctor\n"
	"\n"
	"record  runs PROGRAM, which uses libawait, and records its awaits\n"
	"        with LTTng. The exit status is the program's, 128 + N if signal N\n"
	"        killed it. Ctrl-C stops the program and keeps the trace.\n"
	"  -o, --output DIR    a new or empty directory for the trace\n"
	"                      (await-PROGRAM-DATE-TIME)\n"
	"  --dry-run           print the commands of lttng that do the same, for\n"
	"                      a shell, and do nothing\n"
	"  --stacks[=WHICH]    stacks of: create,exec,hit (all, if no WHICH is\n"
	"                      given), or none (create)\n"
	"  --depth N           frames of a stack, 1 to 64 (the tracer's choice)\n"
	"  --filter EXPR       of LTTng, as 'function == \"fetch\"', for the\n"
	"                      events that have these fields; others stay\n"
	"  --buffers SIZE[xCOUNT]\n"
	"                      of awaits, for each processor: powers of two, as\n"
	"                      1Mx8 (what fits in /dev/shm)\n"
	"  --blocking          a full buffer makes the program wait; no event is\n"
	"                      discarded\n"
	"  --snapshot          a flight recorder: keep the last events only, and\n"
	"                      record them when the program ends, and when\n"
	"                      awaitctl gets SIGUSR1\n"
	"  --snapshot-on 'EVENT [if EXPR]'\n"
	"                      --snapshot, and one when that event happens first,\n"
	"                      as 'exec_end if error != 0'\n"
	"  --stream HOST[:CONTROL[:DATA[:LIVE]]]\n"
	"                      send the trace to the lttng-relayd at HOST and\n"
	"                      these ports (5342, 5343, 5344), into its folder\n"
	"  --live[=USEC]       babeltrace2 can follow while the program runs, in\n"
	"                      steps of USEC microseconds (1000000)\n"
	"  --attach PID|SESSION\n"
	"                      instead of PROGRAM: record a process that runs\n"
	"                      already, with the tracer in it, until it ends or\n"
	"                      Ctrl-C; or add the events to a session of LTTng\n"
	"  --shm[=DIR]         where the files of the buffers are, which survive\n"
	"                      a crash (/dev/shm)\n"
	"  --wait              record until its daemons have ended, too\n"
	"  --format FORMAT     of the trace: ctf-1.8, which every reader knows,\n"
	"                      or ctf-2, with LTTng 2.15 and later (ctf-1.8)\n"
	"\n";

static const char usage_of_others[] =
	"report  says what happened to the awaits in a trace.\n"
	"  -n, --slowest COUNT how many of the slowest first waits (10)\n"
	"  --all               of all processes in it, those too that are not of\n"
	"                      the program that was recorded\n"
	"  --by KEY            only what is counted by function, site, process\n"
	"                      or thread, and how long it took\n"
	"  --sort KEY          total, average, p99 or max of run times, blocked,\n"
	"                      slack, created, runs, failed, hits, waits,\n"
	"                      never-waited or name (total)\n"
	"  --csv               one table, of what --by says (function)\n"
	"  --check             exit with 1 if there is something to look at\n"
	"  --json              all of it for programs: docs/report.md\n"
	"  --function GLOB, --site FILE[:LINE], --pid N, --tid N\n"
	"                      only awaits of such functions, created there, of\n"
	"                      that process; or what that thread did\n"
	"  --since T, --until T\n"
	"                      only what happened then: 1.5s, 200ms, 12us after\n"
	"                      the first event, -1s before the last\n"
	"  --failed            only what has runs that failed\n"
	"  --stacks            with the stacks that were recorded, of the slowest\n"
	"                      first waits and of what is unfinished\n"
	"  --html[=FILE]       all of it and a timeline, for a browser: one file\n"
	"                      (DIR.html)\n"
	"  --debuginfod        ask debuginfod for lines that are not known here\n"
	"\n"
	"export  writes a trace for other programs: docs/export.md.\n"
	"  --format FORMAT     perfetto, firefox or speedscope: timelines; folded:\n"
	"                      flame graphs; dot: who waits for whom; csv: awaits\n"
	"  -o, --output FILE   as a whole, or not at all (stdout)\n"
	"  --all               as report\n"
	"\n"
	"diff    says what differs in two recordings, or two processes of one:\n"
	"        awaits in one only, the order of waits, times. Exits with 0 if\n"
	"        the order is the same, 1 if it differs or is unknown.\n"
	"  -n, --rows COUNT    how many rows of each table (10)\n"
	"  --process PROCESS   that one of each, by its name or number; given\n"
	"                      twice, one of A and one of B\n"
	"  --all               of all processes, as of report\n"
	"  --json              all of it for programs: docs/diff.md\n"
	"\n"
	"recover makes the trace of a recording that did not come to its end\n"
	"        whole, from what was written and what is in the buffers.\n"
	"ps      lists the awaits of a process that runs, without stopping it.\n"
	"top     shows them again and again; its keys are on the screen.\n"
	"  --state S[,S]...    pending, running, resolved, failed, cancelled\n"
	"  --function GLOB     whose function's name matches, as fetch_*\n"
	"  --type NAME         of AWAIT_TYPE(NAME, ...)\n"
	"  --by KEY            count them by state, function, type or site\n"
	"  --sort KEY          id, state, function, type, site, waiters or\n"
	"                      attempts (ps: id, top: state)\n"
	"  --reverse           the other way round\n"
	"  -n, --limit N       show at most N, 0: all (20)\n"
	"  --json              ps: for programs\n"
	"  -d, --delay SECONDS top: from one look to the next (1)\n"
	"  --count N           top: end after N looks\n"
	"\n"
	"gdb     starts gdb, which gets all arguments, with libawait's commands.\n"
	"doctor  looks at what stops people from recording, looking and debugging\n"
	"        here, a line for each: ok, warning, problem with its remedy, or\n"
	"        unknown. Changes nothing. Exits with 1 if there is a problem.\n"
	"\n"
	"  -h, --help          this text\n"
	"  -V, --version       all versions: its own, what it reads and uses\n"
	"\n"
	"Exit status: 1 when something failed, 2 when the command line is "
	"wrong.\n";

static bool stop_requested(void *unused)
{
	(void)unused;
	return signals_stop_requested();
}

static void note(void *unused, const char *line)
{
	(void)unused;
	say("%s", line);
}

static const struct lttng_host host = {
	.stop_requested = stop_requested,
	.note = note,
};

static int print(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	say("cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}

static int print_usage(void)
{
	int rc = print(usage_of_record);

	return rc ? rc : print(usage_of_others);
}

static int print_versions(void)
{
	char text[VERSIONS_SIZE];

	versions_text(text);
	return print(text);
}

static int run_record(int argc, char **argv)
{
	struct record_options options;
	int rc = options_read(&options, argc, argv);

	return rc ? rc : record(&options, argv + optind, &host);
}

static int run_report(int argc, char **argv)
{
	struct report_options options;
	int rc = report_options_read(&options, argc, argv);

	if (rc)
		return rc;
	return options.html ? html_report(argv[optind], &options) :
			      report(argv[optind], &options);
}

static int run_export(int argc, char **argv)
{
	struct export_options options;
	int rc = export_options_read(&options, argc, argv);

	return rc ? rc : export(argv[optind], &options);
}

static int run_diff(int argc, char **argv)
{
	struct diff_options options;
	int rc = diff_options_read(&options, argc, argv);

	return rc ? rc : diff(&options);
}

static int run_recover(int argc, char **argv)
{
	int rc = usage_read(NULL, 0, NULL, argc, argv);

	if (rc)
		return rc;
	if (argc - optind != 1)
		return misused("recover: give one directory", "");
	return recover(argv[optind], &host);
}

static int run_doctor(int argc, char **argv)
{
	return doctor(argc, argv, &host);
}

/* The arguments of each begin with its name. They return the exit status, or -1
 * when the help is wanted. */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "record", run_record },
	{ "report", run_report },
	{ "export", run_export },
	{ "diff", run_diff },
	{ "recover", run_recover },
	{ "ps", ps },
	{ "top", top },
	{ "gdb", gdb },
	{ "doctor", run_doctor },
};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	opterr = 0;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int rc;

		if (strcmp(name, commands[i].name) != 0)
			continue;
		rc = commands[i].run(argc - 1, argv + 1);
		return rc < 0 ? print_usage() : rc;
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return print_usage();
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		return print_versions();
	if (!*name)
		return misused("record, report, export, diff, recover, ps, "
			       "top, gdb or doctor?",
			       "");
	return misused("unknown command ", name);
}
