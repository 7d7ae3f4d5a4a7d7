/* SPDX-License-Identifier: MIT */
/* See printing.h. Whoever has this process may wait for its children, too, so
 * the child says itself that it is done. */
#define _GNU_SOURCE
#include "babeltrace-plugin/printing.h"

#include "awaitctl/report/report_csv.h"
#include "awaitctl/report/report_json.h"
#include "awaitctl/report/report_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct report {
	struct whole_file *file;
	const struct findings *findings;
	struct symbols *symbols;
	const struct report_options *options;
	bool *done; /* shared with the child */
};

static _Noreturn void become(const struct report *report)
{
	const struct rlimit none = { 0, 0 };
	FILE *out = report->file->out;

	setrlimit(RLIMIT_CORE, &none);
	/* It has one thread, whatever its parent has. */
	report->symbols->alone = true;
	(report->options->json ? report_json_print :
	 report->options->csv  ? report_csv_print :
				 report_text_print)(
		report->findings, report->symbols, report->options, out);
	*report->done = fflush(out) == 0 && !ferror(out);
	_exit(0);
}

/* Returns 0, or -1 and errno is 0 if there was a child. */
static int print_apart(const struct report *report)
{
	pid_t child;

	*report->done = false;
	/* What is in a buffer now would be written twice. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return -1;
	if (child == 0)
		become(report);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	errno = 0;
	return *report->done ? 0 : -1;
}

static int print(const struct report *report, bool *without,
		 struct trouble *why)
{
	*without = false;
	if (print_apart(report) == 0)
		return 0;
	if (errno)
		return trouble(why,
			       "cannot start a process that prints the "
			       "report: %s",
			       strerror(errno));
	*without = true;
	symbols_free(report->symbols);
	if (whole_file_restart(report->file, why))
		return -1;
	return print_apart(report) ?
		       trouble(why, "the report could not be written: is there "
				    "memory and room for it?") :
		       0;
}

int printing_do(struct whole_file *file, const struct findings *findings,
		struct symbols *symbols, const struct report_options *options,
		bool *without, struct trouble *why)
{
	struct report report = { file, findings, symbols, options, NULL };
	int rc;

	report.done = mmap(NULL, sizeof(*report.done), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report.done == MAP_FAILED)
		return trouble(why, "out of memory");
	rc = print(&report, without, why);
	munmap(report.done, sizeof(*report.done));
	return rc ? rc : whole_file_commit(file, why);
}
