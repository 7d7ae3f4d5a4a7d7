/* SPDX-License-Identifier: MIT */
/* See decoders.h. */
#define _GNU_SOURCE
#include "babeltrace/decoders.h"

#include "babeltrace/decoder.h"
#include "babeltrace/merge.h"
#include "babeltrace/record.h"
#include "common/array.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	pid_t pid; /* 0: none, or it was waited for */
	struct ring ring;
	const struct record *record; /* the next; NULL: it died */
	/* Of the latest record. */
	int64_t time;
	uint32_t rank;
	size_t *hosts; /* by its numbers: those of here */
	size_t host_count;
};

struct decoders {
	const struct reader_calls *calls;
	void *data;
	struct child *children;
	size_t count;
	struct merge merge;
	struct event_hosts hosts;
	struct decoders_end *end;
};

/* --- processes --- */

static int start(struct decoders *decoders, struct child *child,
		 const struct decoder_task *task)
{
	pid_t parent = getpid();

	if (ring_make(&child->ring))
		return -1;
	child->pid = fork();
	if (child->pid < 0)
		child->pid = 0;
	else if (child->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The parent may have ended before that. */
		if (getppid() != parent)
			_exit(EXIT_FAILURE);
		ring_be_writer(&child->ring);
		decoder_run(task, &child->ring);
	} else {
		ring_be_reader(&child->ring);
		decoders->count++;
		return 0;
	}
	return -1;
}

/* Returns the signal that ended it, or 0. */
static int wait_for(struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child->pid = 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void end_all(struct decoders *decoders)
{
	for (size_t i = 0; i < decoders->count; i++) {
		struct child *child = &decoders->children[i];

		if (child->pid) {
			kill(child->pid, SIGKILL);
			wait_for(child);
		}
		ring_free(&child->ring);
		free(child->hosts);
	}
	free(decoders->children);
	merge_free(&decoders->merge);
	event_hosts_free(&decoders->hosts);
}

/* --- records --- */

static const struct record *read_record(struct child *child)
{
	const uint32_t *first = ring_peek(&child->ring, sizeof(*first));
	uint32_t size = first ? *first : 0;

	if (size < sizeof(struct record) || size > RECORD_SIZE_MAX || size % 8)
		return NULL;
	return ring_read(&child->ring, size);
}

/* One that died has its place in the order behind all that it told. */
static void advance(struct child *child)
{
	child->record = read_record(child);
	if (!child->record)
		return;
	child->time = child->record->time;
	child->rank = child->record->rank;
}

static int stop(struct decoders *decoders, enum decoded how, const char *cause)
{
	decoders->end->how = how;
	snprintf(decoders->end->cause, sizeof(decoders->end->cause), "%s",
		 cause);
	return -1;
}

static int no_memory(struct decoders *decoders)
{
	return stop(decoders, DECODED_BROKEN, strerror(ENOMEM));
}

static int died(struct decoders *decoders, struct child *child)
{
	/* It may have gone wrong without an end. */
	kill(child->pid, SIGKILL);
	decoders->end->signal = wait_for(child);
	return stop(decoders, DECODED_DIED, "");
}

static int add_host(struct decoders *decoders, struct child *child)
{
	struct record_host said;
	const struct event_host *host;
	size_t *larger;

	if (record_host(child->record, &said))
		return died(decoders, child);
	host = event_host_find(&decoders->hosts, child->record->trace,
			       said.pid_ns);
	if (!host) {
		const struct event_host one = {
			.trace = child->record->trace,
			.pid_ns = said.pid_ns,
			.trace_id = (char *)said.trace_id,
			.name = (char *)said.name,
			.session = (char *)said.session,
		};

		host = event_host_add(&decoders->hosts, &one);
	}
	larger = array_grow(child->hosts, child->host_count, sizeof(*larger));
	if (!host || !larger)
		return no_memory(decoders);
	child->hosts = larger;
	larger[child->host_count++] = decoders->hosts.latest;
	return 0;
}

/* NULL: it never told of it. */
static const struct event_host *host_of(const struct decoders *decoders,
					const struct child *child,
					uint64_t number)
{
	return number < child->host_count ?
		       &decoders->hosts.items[child->hosts[number]] :
		       NULL;
}

static int64_t process_number(const struct event_host *host, int64_t process)
{
	return host->number << 32 | (uint32_t)process;
}

static int pass_event(struct decoders *decoders, struct child *child)
{
	const struct event_host *host;
	struct trace_event event;
	uint32_t number;

	if (record_event(child->record, &number, &event))
		return died(decoders, child);
	host = host_of(decoders, child, number);
	if (!host)
		return died(decoders, child);
	event.host = host->name;
	event.session = host->session;
	event.process = process_number(host, event.vpid);
	decoders->calls->event(decoders->data, &event);
	decoders->end->events++;
	return 0;
}

static int pass_file(struct decoders *decoders, struct child *child)
{
	const struct event_host *host;
	struct mapped_file file;

	if (record_file(child->record, &file))
		return died(decoders, child);
	host = host_of(decoders, child, (uint64_t)file.process >> 32);
	if (!host)
		return died(decoders, child);
	file.process = process_number(host, file.process);
	decoders->calls->mapped_file(decoders->data, &file);
	return 0;
}

/* Of all namespaces whose events were in that trace so far. */
static int pass_packet_end(struct decoders *decoders, struct child *child)
{
	const struct record *record = child->record;

	for (size_t i = 0;
	     decoders->calls->packet_end && i < decoders->hosts.count; i++)
		if (decoders->hosts.items[i].trace == record->trace)
			decoders->calls->packet_end(
				decoders->data, decoders->hosts.items[i].number,
				record->time);
	return 0;
}

static int pass_discarded(struct decoders *decoders, struct child *child)
{
	uint64_t count;

	if (record_discarded(child->record, &count))
		return died(decoders, child);
	decoders->calls->discarded(decoders->data, count);
	return 0;
}

static int pass_cause(struct decoders *decoders, struct child *child)
{
	const char *cause;

	if (record_cause(child->record, &cause))
		return died(decoders, child);
	return stop(decoders,
		    child->record->type == RECORD_BROKEN ? DECODED_BROKEN :
							   DECODED_NOT_OPENED,
		    cause);
}

/* Returns 0, or -1 at the end of what can be passed on. */
static int pass(struct decoders *decoders, struct child *child)
{
	static int (*const by_type[])(struct decoders *, struct child *) = {
		[RECORD_HOST] = add_host,
		[RECORD_FILE] = pass_file,
		[RECORD_EVENT] = pass_event,
		[RECORD_PACKET_END] = pass_packet_end,
		[RECORD_DISCARDED] = pass_discarded,
		[RECORD_BROKEN] = pass_cause,
		[RECORD_NOT_OPENED] = pass_cause,
	};
	const size_t types = sizeof(by_type) / sizeof(by_type[0]);

	if (!child->record || child->record->type >= types ||
	    !by_type[child->record->type])
		return died(decoders, child);
	return by_type[child->record->type](decoders, child);
}

static int begin(struct decoders *decoders, const struct traces *traces)
{
	size_t count = decoders->calls->processes;

	if (count > traces->files)
		count = traces->files ? traces->files : 1;
	decoders->children = calloc(count, sizeof(*decoders->children));
	if (!decoders->children)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		const struct decoder_task task = { traces,
						   decoders->calls,
						   { i, (uint32_t)count } };

		if (start(decoders, &decoders->children[i], &task))
			return -1;
	}
	for (size_t i = 0; i < count; i++) {
		struct child *child = &decoders->children[i];
		struct merge_head head = { .stream = child };

		child->time = INT64_MIN;
		advance(child);
		head.time = child->time;
		head.rank = child->rank;
		if (merge_add(&decoders->merge, &head))
			return -1;
	}
	return 0;
}

static void pass_all(struct decoders *decoders)
{
	while (decoders->merge.count) {
		struct child *child = decoders->merge.heads[0].stream;

		if (child->record && child->record->type == RECORD_DONE) {
			merge_drop(&decoders->merge);
			continue;
		}
		if (pass(decoders, child))
			return;
		advance(child);
		merge_advance(&decoders->merge, child->time, child->rank);
	}
}

void decoders_read(const struct traces *traces,
		   const struct reader_calls *calls, void *data,
		   struct decoders_end *end)
{
	struct decoders decoders = { .calls = calls, .data = data, .end = end };

	*end = (struct decoders_end){ .how = DECODED };
	if (begin(&decoders, traces)) {
		end->how = DECODED_NOT_OPENED;
		snprintf(end->cause, sizeof(end->cause),
			 "cannot start the processes that decode it: %s",
			 strerror(errno));
	} else {
		pass_all(&decoders);
	}
	end_all(&decoders);
}
