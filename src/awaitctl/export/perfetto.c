/* SPDX-License-Identifier: MIT */
/*
 * For Perfetto, by its protobuf, which knows any number of flows on a slice and
 * exact ns. Times are those of the trace. Packets of a track come in the order
 * of time, but for what is written when its other end is known; the viewer
 * sorts them.
 */
#include "awaitctl/export/perfetto.h"

#include "awaitctl/common/say.h"

#include <stdlib.h>

/* The numbers of tracks: of each kind below its own. */
enum track_kind { OF_RECORDING, OF_PROCESS, OF_THREAD, OF_COUNTER };

static uint64_t uuid(enum track_kind kind, size_t index)
{
	return (uint64_t)(kind + 1) << 40 | index;
}

/* No process has a number from here on. */
enum { PID_MAX = 1 << 22 };

static const char *const counter_names[COUNTERS] = { "awaits alive",
						     "runs under way",
						     "waits that sleep" };

struct place *perfetto_place(struct export *to,
			     const struct lives_process *process)
{
	struct perfetto *file = to->data;
	struct place *place =
		notes_of(&file->processes, process, sizeof(*place));
	char name[EXPORT_PROCESS_SIZE];

	if (place->track)
		return place;
	place->track = uuid(OF_PROCESS, process->index);
	place->pid = export_repeats(to, process) ?
			     PID_MAX + (int64_t)process->index :
			     process->vpid;
	packets_process(&file->packets, place->track, place->pid,
			export_process(to, process, name));
	for (size_t i = 0; i < COUNTERS; i++)
		packets_track(&file->packets,
			      uuid(OF_COUNTER, process->index * COUNTERS + i),
			      place->track, counter_names[i], true);
	return place;
}

uint64_t perfetto_thread(struct export *to, struct track *track)
{
	struct perfetto *file = to->data;
	const struct lives_thread *thread = track->thread;
	uint64_t number = uuid(OF_THREAD, track->index);
	const struct place *place;

	if (track->data)
		return number;
	place = perfetto_place(to, thread->process);
	packets_thread(&file->packets, number, place->pid,
		       thread->tid == thread->process->vpid ? place->pid :
							      thread->tid);
	track->data = file;
	return number;
}

void perfetto_count(struct export *to, const struct lives_process *process,
		    enum counter counter, int64_t more, int64_t time)
{
	struct perfetto *file = to->data;
	struct place *place = perfetto_place(to, process);

	place->counters[counter] += more;
	packets_counter(&file->packets,
			uuid(OF_COUNTER, process->index * COUNTERS + counter),
			time, place->counters[counter]);
}

static enum counter counter_of(const struct frame *frame)
{
	return frame->kind == FRAME_RUN ? COUNTER_RUNNING : COUNTER_ASLEEP;
}

/* What is only known when it has ended does not count. */
static void opened(struct export *to, struct track *track, struct frame *frame,
		   const struct lives_change *by)
{
	struct perfetto *file = to->data;
	struct packets *packets = &file->packets;
	uint64_t number = perfetto_thread(to, track);
	uint64_t flow = by ? perfetto_flow(to, by) : 0;
	bool runs = frame->kind == FRAME_RUN;
	char name[EXPORT_NAME_SIZE];
	struct args args;

	snprintf(name, sizeof(name), "%s%s", runs ? "" : "waits for ",
		 export_function(frame->site));
	packets_begin(packets, PACKET_BEGIN, number, runs ? "run" : "sleep",
		      name);
	args = packets_args(packets);
	args_opened(&args, frame);
	packets_flow(packets, flow, false);
	packets_end(packets, frame->opened);
	if (frame->ended)
		return;
	frame->data = file;
	perfetto_count(to, track->thread->process, counter_of(frame), 1,
		       frame->opened);
}

static void closed(struct export *to, struct track *track, struct frame *frame)
{
	struct perfetto *file = to->data;
	struct packets *packets = &file->packets;
	struct args args;

	packets_begin(packets, PACKET_END, perfetto_thread(to, track), NULL,
		      NULL);
	args = packets_args(packets);
	args_closed(&args, to, frame);
	packets_end(packets, frame->closed);
	if (frame->data)
		perfetto_count(to, track->thread->process, counter_of(frame),
			       -1, frame->closed);
}

static void put_instant(struct export *to, uint64_t track, const char *name,
			const struct lives_change *change, int64_t time,
			uint64_t flow, bool last)
{
	struct perfetto *file = to->data;
	struct args args;

	packets_begin(&file->packets, PACKET_INSTANT, track, "event", name);
	args = packets_args(&file->packets);
	args_change(&args, change);
	packets_flow(&file->packets, flow, last);
	packets_end(&file->packets, time);
}

/* From who settled the await to who slept for that. */
static void put_waking(struct export *to, struct track *track,
		       const struct lives_change *change)
{
	struct perfetto *file = to->data;
	struct track *waker;

	if (!change->waker || change->woken_at > change->time)
		return;
	waker = tracks_of(to->tracks, change->waker);
	file->flows++;
	put_instant(to, perfetto_thread(to, waker), "wakes", change,
		    change->woken_at, file->flows, false);
	put_instant(to, perfetto_thread(to, track), "woken", change,
		    change->time, file->flows, true);
}

static void take(struct export *to, struct track *track,
		 const struct lives_change *change)
{
	perfetto_live(to, track, change);
	if (!track)
		return;
	switch (change->kind) {
	case CHANGE_HIT:
	case CHANGE_WAIT_ENDED:
	case CHANGE_SETTLED:
	case CHANGE_CANCELLED:
	case CHANGE_REFUSED:
		put_instant(to, perfetto_thread(to, track),
			    args_change_name(change->kind), change,
			    change->time, perfetto_flow(to, change), false);
		break;
	case CHANGE_SLEEP_ENDED:
		put_waking(to, track, change);
		break;
	default:
		break;
	}
}

/* The viewer's time begins there, too. */
static void begin(struct export *to)
{
	struct perfetto *file = to->data = must_calloc(1, sizeof(*file));
	char zero[EXPORT_ZERO_SIZE];
	struct args args;

	file->packets.out = to->out;
	packets_track(&file->packets, uuid(OF_RECORDING, 0), 0, "recording",
		      false);
	packets_begin(&file->packets, PACKET_INSTANT, uuid(OF_RECORDING, 0),
		      "event", "time 0");
	args = packets_args(&file->packets);
	args.text(args.data, "time_0", export_zero(to, zero));
	packets_end(&file->packets, to->zero);
}

static void end(struct export *to)
{
	struct perfetto *file = to->data;

	packets_free(&file->packets);
	notes_free(&file->processes);
	perfetto_lives_free(file);
	free(file);
}

const struct export_format format_perfetto = {
	.name = "perfetto",
	.binary = true,
	.begin = begin,
	.opened = opened,
	.closed = closed,
	.change = take,
	.end = end,
};
