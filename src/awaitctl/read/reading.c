/* SPDX-License-Identifier: MIT */
/* See reading.h. */
#define _GNU_SOURCE
#include "awaitctl/read/reading.h"

#include "awaitctl/common/say.h"
#include "awaitctl/common/signals.h"
#include "awaitctl/read/in_child.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is made of a trace takes less memory than that for each of its bytes. */
#define MEMORY_FACTOR 64u
#define MEMORY_LEAST ((uint64_t)1 << 30)

/* The status of one that a signal ends; a child's is less. */
enum { ENDED_BY = 256 };

struct task {
	struct reading reading;
	reading_work *work;
	void *data;
};

/* An event was taken, and is counted then: the one before which the process
 * ends is not read again. */
struct counted {
	const struct reader_calls *calls;
	void *data;
	struct reading_progress *progress;
	uint64_t all;
	int stderr_copy;
};

static void on_event(void *data, const struct trace_event *event)
{
	struct counted *to = data;

	to->calls->event(to->data, event);
	to->progress->events++;
	progress_tell(&to->progress->line, to->stderr_copy,
		      to->progress->events, to->all);
}

static void on_mapped_file(void *data, const struct mapped_file *file)
{
	struct counted *to = data;

	to->calls->mapped_file(to->data, file);
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct counted *to = data;

	to->calls->packet_end(to->data, host, time);
}

static void on_discarded(void *data, uint64_t count)
{
	struct counted *to = data;

	to->calls->discarded(to->data, count);
}

/* It is not worth a second process to read so much. */
#define SIZE_FOR_SEVERAL ((uint64_t)4 << 20)

/* As many as there are processors that it may use. */
static unsigned processes_for(const struct source *source)
{
	cpu_set_t set;

	if (source->size < SIZE_FOR_SEVERAL ||
	    sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

enum reader_result reading_read(struct reading *reading, size_t source,
				struct reader_calls calls, void *data)
{
	const struct source *from = &reading->sources[source];
	const struct reader_calls counting = {
		.processes = processes_for(from),
		.stacks = calls.stacks,
		.event = on_event,
		.mapped_file = calls.mapped_file ? on_mapped_file : NULL,
		.packet_end = calls.packet_end ? on_packet_end : NULL,
		.discarded = on_discarded,
	};
	enum reader_result result;
	struct trouble why;
	int before = quiet_begin();
	struct counted counted = { &calls, data, reading->progress,
				   reading->all[source], before };

	reading->progress->source = source;
	reading->progress->events = 0;
	result = reader_read(from->intact.directory, &counting, &counted, &why);
	progress_erase(&reading->progress->line, before);
	quiet_end(before);
	reading->all[source] = reading->progress->events;
	if (result == READER_DONE)
		return result;
	intact_rename(&from->intact, from->path, &why);
	if (!reading->said[source])
		say_trouble(&why);
	reading->said[source] = true;
	return result;
}

void reading_print(struct reading *reading)
{
	reading->progress->printing = true;
}

static int in_the_child(void *data)
{
	struct task *task = data;

	return task->work(&task->reading, task->data);
}

/* Its own time to look up lines has come: then the report is without them. */
static bool go_on(struct reading *reading, int signal)
{
	const struct reading_progress *progress = reading->progress;

	if (!progress->printing || reading->no_lines) {
		say("signal %d (%s) ended the reading of %s", signal,
		    strsignal(signal), reading->sources[progress->source].path);
		return false;
	}
	say("signal %d (%s) ended the search for lines of source: the report "
	    "is without them",
	    signal, strsignal(signal));
	return reading->no_lines = true;
}

static int do_apart(struct task *task, const struct child_work *work)
{
	struct reading *reading = &task->reading;
	int signal = 0, status;

	do {
		*reading->progress = (struct reading_progress){ 0 };
		status = in_child(work, &signal);
		progress_erase(&reading->progress->line, STDERR_FILENO);
		/* Whoever reads the report has ended, which is nobody's
		 * fault. */
		if (status == IN_CHILD_STOPPED || signal == SIGPIPE)
			return ENDED_BY + signal;
		if (status < 0) {
			say("cannot start a process that reads the trace: %s",
			    strerror(errno));
			return EXIT_FAILED;
		}
		if (!signal)
			return status == 0 && reading->no_lines ? EXIT_FAILED :
								  status;
	} while (go_on(reading, signal));
	return EXIT_FAILED;
}

static int do_task(struct task *task)
{
	struct reading *reading = &task->reading;
	struct child_work work = { .run = in_the_child,
				   .data = task,
				   .memory = MEMORY_LEAST };
	int status;

	for (size_t i = 0; i < reading->count; i++)
		work.memory += MEMORY_FACTOR * reading->sources[i].size;
	reading->progress =
		mmap(NULL, sizeof(*reading->progress), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reading->progress == MAP_FAILED)
		must(NULL);
	status = do_apart(task, &work);
	munmap(reading->progress, sizeof(*reading->progress));
	return status;
}

int reading_do(const char *const *directories, size_t count, bool all,
	       reading_work *work, void *data)
{
	struct task task = { .work = work, .data = data };
	struct reading *reading = &task.reading;
	bool lacks = false;
	int stop = 0, status;

	while (!stop && reading->count < count) {
		size_t i = reading->count++;

		stop = source_open(&reading->sources[i], directories[i], all);
		lacks |= reading->sources[i].intact.lacks;
	}
	status = stop ? ENDED_BY + stop : do_task(&task);
	for (size_t i = 0; i < reading->count; i++)
		source_close(&reading->sources[i]);
	return status < ENDED_BY && lacks ? EXIT_FAILED : status;
}

/* Returns 128 + n, as a shell does, if the signal was to be ignored. */
int reading_exit(int status)
{
	if (status < ENDED_BY)
		return status;
	signals_restore();
	raise(status - ENDED_BY);
	return 128 + status - ENDED_BY;
}
