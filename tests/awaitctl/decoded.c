/* SPDX-License-Identifier: MIT */
/*
 * Everything that a reader passes on of a trace, a line each:
 *
 *     decoded DIRECTORY PROCESSES [die|fail N]
 *
 * PROCESSES as in reader.h. The Nth time that a process asks a stream for more,
 * it dies by a signal, or babeltrace2 says that it failed.
 */
#include "babeltrace/reader.h"

#include <babeltrace2/babeltrace.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool dies;
static uint64_t least; /* of such times; 0: never */

bt_message_iterator_next_status
__real_bt_message_iterator_next(bt_message_iterator *iterator,
				bt_message_array_const *messages,
				uint64_t *count);
bt_message_iterator_next_status
__wrap_bt_message_iterator_next(bt_message_iterator *iterator,
				bt_message_array_const *messages,
				uint64_t *count);

bt_message_iterator_next_status
__wrap_bt_message_iterator_next(bt_message_iterator *iterator,
				bt_message_array_const *messages,
				uint64_t *count)
{
	static uint64_t times;

	if (++times == least && dies)
		raise(SIGKILL);
	if (times == least)
		return BT_MESSAGE_ITERATOR_NEXT_STATUS_ERROR;
	return __real_bt_message_iterator_next(iterator, messages, count);
}

static void on_event(void *data, const struct trace_event *event)
{
	(void)data;
	printf("event %d %" PRId64 " %" PRIu64 " %" PRId64 " %s %s %" PRId64
	       " %" PRId64 " %" PRIx32,
	       event->kind, event->time, event->clock, event->process,
	       event->host, event->session, event->vpid, event->vtid,
	       event->has);
	for (int i = 0; i < FIELD_NUMBERS; i++)
		printf(" %" PRIx64, event->numbers[i]);
	for (int i = FIELD_NUMBERS; i < FIELDS; i++)
		printf(" '%s'", event_string(event, i));
	for (size_t i = 0; i < event->depth; i++)
		printf(" %" PRIx64, event->stack[i]);
	puts("");
}

static void on_file(void *data, const struct mapped_file *file)
{
	(void)data;
	printf("file %" PRId64 " %" PRId64 " %" PRIx64 " %" PRIx64 " %s",
	       file->process, file->time, file->base, file->size,
	       file->path ? file->path : "-");
	for (size_t i = 0; i < file->build_id_size; i++)
		printf(" %02x", file->build_id[i]);
	puts("");
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	(void)data;
	printf("packet %" PRId64 " %" PRId64 "\n", host, time);
}

static void on_discarded(void *data, uint64_t count)
{
	(void)data;
	printf("discarded %" PRIu64 "\n", count);
}

int main(int argc, char **argv)
{
	struct reader_calls calls = { .stacks = true,
				      .event = on_event,
				      .mapped_file = on_file,
				      .packet_end = on_packet_end,
				      .discarded = on_discarded };
	struct trouble why;
	enum reader_result result;

	if (argc < 3)
		return 2;
	calls.processes = (unsigned)atoi(argv[2]);
	dies = argc == 5 && !strcmp(argv[3], "die");
	least = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
	/* A process that dies does not write what others have to. */
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	result = reader_read(argv[1], &calls, NULL, &why);
	if (result != READER_DONE)
		fprintf(stderr, "%s\n", why.text);
	return result == READER_DONE ? 0 : result == READER_DAMAGED ? 3 : 4;
}
