/* SPDX-License-Identifier: MIT */
/*
 * From a directory to a report: the reader feeds the lives and the symbols, and
 * the text is written when all has been read, so there is never half a report.
 * Snapshots overlap and are not one trace: of several, the last is read.
 *
 * That is done in a child process, as damage may end it: within libbabeltrace2,
 * or within libdw when lines are looked up. The child notes how far it comes.
 * If it is ended, another one reads as many events as that, or looks nothing
 * up.
 */
#include "awaitctl/report/report.h"

#include "awaitctl/tracedir/filtered.h"
#include "awaitctl/tracedir/incomplete.h"
#include "awaitctl/tracedir/intact.h"
#include "awaitctl/tracedir/live.h"
#include "awaitctl/tracedir/snapshots.h"
#include "awaitctl/tracedir/tree.h"
#include "awaitctl/report/in_child.h"
#include "awaitctl/report/look.h"
#include "awaitctl/report/findings.h"
#include "babeltrace/reader.h"
#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "symbols/symbols.h"
#include "awaitctl/report/report_csv.h"
#include "awaitctl/report/report_json.h"
#include "awaitctl/report/report_text.h"

#include <errno.h>
#include <limits.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A report takes less memory than that for each byte of its trace. */
#define MEMORY_FACTOR 64u
#define MEMORY_LEAST ((uint64_t)1 << 30)

/* The status of a report that a signal ends; a child's is less. */
enum { ENDED_BY = 256 };

/* How far the child has come; shared with it. */
struct progress {
	uint64_t events; /* that were read */
	bool printing;
};

/* What becomes of the events. */
struct taken {
	struct findings findings;
	struct symbols symbols;
	struct progress *progress;
};

/* What is read, and what of it. */
struct reading {
	const struct intact *intact;
	const char *name;		 /* of it, for the user */
	const char *incomplete;		 /* why it is, or NULL */
	const struct filtered *filtered; /* or NULL: by nothing we know of */
	const struct report_options *options;
	struct progress *progress;
	uint64_t most; /* events; 0: all */
	bool no_lines;
};

static void on_event(void *data, const struct trace_event *event)
{
	struct taken *to = data;

	if (lives_event(&to->findings.lives, event))
		must(NULL);
	to->progress->events++;
}

static void on_mapped_file(void *data, const struct mapped_file *file)
{
	struct taken *to = data;

	if (symbols_note(&to->symbols, file))
		must(NULL);
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct taken *to = data;

	if (lives_recorded(&to->findings.lives, host, time))
		must(NULL);
}

static void on_discarded(void *data, uint64_t count)
{
	struct taken *to = data;

	lives_discarded(&to->findings.lives, count);
}

static int without_awaits(const char *directory,
			  const struct findings *findings, bool incomplete)
{
	const struct filtered *filtered = findings->filtered;

	if (incomplete)
		say("%s: no event of an await is in what was written",
		    directory);
	else if (findings->others)
		say("%s: no event of an await is of the program that was "
		    "recorded, all are of others; see report --all",
		    directory);
	else if (findings->lives.discarded || findings->lives.uncounted)
		say("%s: all events of awaits were discarded; record with "
		    "less load",
		    directory);
	else if (filtered)
		say("%s: no event of an await is in it; those that passed the "
		    "filter %s would be",
		    directory, filtered->text);
	else
		say("%s has no events of awaits: does the program use "
		    "libawait, and is libawait-trace installed?",
		    directory);
	return EXIT_FAILED;
}

/* Written as a whole or not at all. */
static int print(const struct taken *from, const struct report_options *options)
{
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));

	(options->json ? report_json_print :
	 options->csv  ? report_csv_print :
			 report_text_print)(&from->findings, &from->symbols,
					   options, out);
	if (fclose(out))
		must(NULL);
	if (fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0)
		return 0;
	say("cannot write the report: %s", strerror(errno));
	return EXIT_FAILED;
}

static enum reader_result read_events(const struct reading *reading,
				      struct taken *to, struct trouble *why)
{
	const struct reader_calls calls = {
		.most = reading->most,
		.event = on_event,
		.mapped_file = on_mapped_file,
		.packet_end = on_packet_end,
		.discarded = on_discarded,
	};
	int before = quiet_begin();
	enum reader_result result =
		reader_read(reading->intact->directory, &calls, to, why);

	quiet_end(before);
	if (result != READER_DONE)
		intact_rename(reading->intact, reading->name, why);
	return result;
}

/* In the child. */
static int report_on(void *data)
{
	const struct reading *reading = data;
	const struct report_options *options = reading->options;
	struct taken taken = {
		.findings = { .all = options->all,
			      .filtered = reading->filtered,
			      .incomplete = reading->incomplete,
			      .lives.slowest = options->slowest },
		.symbols = { .debuginfod = options->debuginfod, .alone = true },
		.progress = reading->progress,
	};
	struct findings *findings = &taken.findings;
	enum reader_result result;
	struct trouble why;

	findings_begin(findings);
	result = read_events(reading, &taken, &why);
	/* Otherwise the parent has said it. */
	if (result != READER_DONE && !reading->most)
		say_trouble(&why);
	if (result == READER_NOTHING)
		return EXIT_FAILED;
	/* What a damaged trace ends with may look like any event: what was
	 * understood before is worth more. */
	if (findings->lives.foreign &&
	    (result == READER_DONE || !findings->lives.site_count))
		return say_trouble(&findings->lives.why_foreign);
	if (findings_finish(findings))
		must(NULL);
	if (!findings->events) {
		if (result == READER_DONE)
			without_awaits(reading->name, findings,
				       reading->incomplete);
		return EXIT_FAILED;
	}
	findings->damaged = result == READER_DAMAGED;
	if (reading->no_lines)
		symbols_free(&taken.symbols);
	taken.progress->printing = true;
	if (print(&taken, options) || (options->check && look_at_any(findings)))
		return EXIT_FAILED;
	return result == READER_DONE ? 0 : EXIT_FAILED;
}

/* Says what ended the child, and reads again what can be read. Returns false if
 * there is nothing more to do. */
static bool go_on(struct reading *reading, int signal)
{
	const struct progress *progress = reading->progress;

	if (progress->printing) {
		say("signal %d (%s) ended the search for lines of source: the "
		    "report is without them",
		    signal, strsignal(signal));
		reading->no_lines = true;
		reading->most = 0;
	} else if (progress->events) {
		say("signal %d (%s) ended the reading of %s after %" PRIu64
		    " events, as damage may do in libbabeltrace2: this is the "
		    "report of those",
		    signal, strsignal(signal), reading->name, progress->events);
		reading->most = progress->events;
	} else {
		say("signal %d (%s) ended the reading of %s before its first "
		    "event, as damage may do in libbabeltrace2",
		    signal, strsignal(signal), reading->name);
		return false;
	}
	return true;
}

static int read_apart(struct reading *reading)
{
	struct progress *progress = reading->progress;
	const struct child_work work = {
		.run = report_on,
		.data = reading,
		.memory =
			MEMORY_LEAST + MEMORY_FACTOR * tree_size(reading->name),
	};
	int signal = 0, status = in_child(&work, &signal);

	/* Whoever reads the report has ended, which is nobody's fault. */
	if (status == IN_CHILD_STOPPED || signal == SIGPIPE)
		return ENDED_BY + signal;
	if (status == 0 && signal) {
		if (!go_on(reading, signal))
			return EXIT_FAILED;
		*progress = (struct progress){ 0 };
		status = in_child(&work, &signal);
		if (status == IN_CHILD_STOPPED)
			return ENDED_BY + signal;
		if (status == 0 && signal)
			say("it was ended again, by signal %d (%s)", signal,
			    strsignal(signal));
		if (status == 0)
			return EXIT_FAILED;
	}
	if (status < 0)
		say("cannot start a process that reads the trace: %s",
		    strerror(errno));
	return status < 0 ? EXIT_FAILED : status;
}

static int read_directory(struct reading *reading)
{
	int status;

	reading->progress =
		mmap(NULL, sizeof(*reading->progress), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reading->progress == MAP_FAILED)
		must(NULL);
	status = read_apart(reading);
	munmap(reading->progress, sizeof(*reading->progress));
	return status;
}

/* What was written, without what awaitctl recover has not finished to put
 * behind it. */
static void choose_part(char path[PATH_MAX], const char *directory)
{
	static const char *const parts[] = { "kept", "ust" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, PATH_MAX, "%s/%s", directory, parts[i]);
		if (access(path, F_OK) == 0)
			return;
	}
	snprintf(path, PATH_MAX, "%s", directory);
}

/* Of a recording that could be followed: our own session, without those that
 * others have sent. Leaves the path as it is if it is no such recording. */
static void choose_session(char path[PATH_MAX], const char *directory)
{
	char below[PATH_MAX], names[256], real[PATH_MAX];
	struct folder folder;

	if (!realpath(directory, real) || folder_open(&folder, real))
		return;
	if (live_find(&folder, below)) {
		if (live_others(&folder, names, sizeof(names)))
			say("%s: left out what others have sent to its relay "
			    "daemon: %s; see --all",
			    directory, names);
		snprintf(path, PATH_MAX, "%s%.*s", directory, PATH_MAX / 2,
			 below);
	}
	folder_close(&folder);
}

/* With nothing left behind. Returns 128 + n, as a shell does, if the signal was
 * to be ignored. */
static int end_by(int signal)
{
	signals_restore();
	raise(signal);
	return 128 + signal;
}

/* Reads what is intact. Returns the exit status. */
static int report_intact(struct reading *reading)
{
	char text[INTACT_TEXT + 2 * PATH_MAX + 8];
	struct intact intact;
	struct trouble why;
	int status, stop;

	if (intact_find(&intact, reading->name, &why)) {
		stop = signals_take_stop();
		if (stop)
			return end_by(stop);
		say_trouble(&why);
	}
	if (*intact.copies)
		say("%s: %s", reading->name, intact.copies);
	if (*intact.text) {
		say("%s is INCOMPLETE: %s", reading->name, intact.text);
		snprintf(text, sizeof(text), "%s%s%s",
			 reading->incomplete ? reading->incomplete : "",
			 reading->incomplete ? "; " : "", intact.text);
		reading->incomplete = text;
	}
	reading->intact = &intact;
	status = read_directory(reading);
	intact_remove(&intact);
	if (status >= ENDED_BY)
		return end_by(status - ENDED_BY);
	return intact.lacks ? EXIT_FAILED : status;
}

int report(const char *directory, const struct report_options *options)
{
	char path[PATH_MAX];
	struct reading reading = { .name = path, .options = options };
	int snapshots = snapshots_find(path, directory);
	char why[2 * PATH_MAX];
	bool incomplete = incomplete_is(directory, why, sizeof(why));
	struct filtered filtered;
	int status;

	if (incomplete)
		say("%s is INCOMPLETE: %s", directory, why);
	if (snapshots > 1)
		say("this is the last of %d snapshots, %s", snapshots, path);
	if (!snapshots && incomplete_is_unfinished(directory))
		choose_part(path, directory);
	else if (!snapshots)
		snprintf(path, sizeof(path), "%s", directory);
	if (!snapshots && !options->all)
		choose_session(path, directory);
	reading.incomplete = incomplete ? why : NULL;
	if (filtered_read(&filtered, directory))
		reading.filtered = &filtered;
	status = report_intact(&reading);
	filtered_free(&filtered);
	return status;
}
