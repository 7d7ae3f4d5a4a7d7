/* SPDX-License-Identifier: MIT */
/* See tracks.h. */
#include "awaitctl/export/tracks.h"

#include "awaitctl/common/say.h"
#include "awaitctl/export/notes.h"
#include "common/array.h"
#include "lives/alive.h"

#include <stdlib.h>

struct track *tracks_of(struct tracks *tracks,
			const struct lives_thread *thread)
{
	struct track *track =
		notes_of(&tracks->by_thread, thread, sizeof(*track));

	if (track->listed)
		return track;
	track->listed = true;
	track->last = track->known = INT64_MIN;
	track->index = tracks->count;
	tracks->all = must(
		array_grow(tracks->all, tracks->count, sizeof(*tracks->all)));
	tracks->all[tracks->count++] = track;
	return track;
}

size_t track_runs(const struct track *track)
{
	size_t count = track->count;

	while (count && track->frames[count - 1].kind == FRAME_SLEEP)
		count--;
	return count;
}

static void advance(struct track *track, int64_t time)
{
	if (time > track->last)
		track->last = time;
}

static void open_frame(struct tracks *tracks, struct track *track,
		       struct frame frame, const struct lives_await *await,
		       const struct lives_change *by)
{
	frame.id = await->id;
	frame.site = await->site;
	frame.name = await->name ? must_copy(await->name) : NULL;
	advance(track, frame.opened);
	frame.opened = track->last;
	track->frames = must(array_grow(track->frames, track->count,
					sizeof(*track->frames)));
	track->frames[track->count] = frame;
	tracks->opened(tracks->data, track, &track->frames[track->count++], by);
}

/* As how says, unless it is known better. */
static void close_top(struct tracks *tracks, struct track *track, int64_t time,
		      enum change_end how)
{
	struct frame *frame = &track->frames[track->count - 1];

	advance(track, time);
	frame->closed = track->last;
	frame->how = frame->ended ? frame->end.end : how;
	tracks->closed(tracks->data, track, frame);
	free(frame->name);
	track->count--;
	if (frame->kind == FRAME_RUN && track->count)
		frame[-1].nested += (uint64_t)(frame->closed - frame->opened);
}

/* Leaves that many. */
static void close_to(struct tracks *tracks, struct track *track, size_t count,
		     int64_t time, enum change_end how)
{
	while (track->count > count)
		close_top(tracks, track, time, how);
}

static struct frame *find(struct track *track, enum frame_kind kind,
			  uint64_t id)
{
	for (size_t i = track->count; i-- > 0;)
		if (track->frames[i].kind == kind && track->frames[i].id == id)
			return &track->frames[i];
	return NULL;
}

/* Its thread is in the run of an await whose beginning nobody has told. A run
 * that fork() has not copied is none. */
static void reveal(struct tracks *tracks, struct track *track,
		   const struct lives *lives, const struct lives_change *change)
{
	const struct lives_await *await =
		alive_find(lives, track->thread->process, change->within);
	struct frame frame = { .kind = FRAME_RUN, .opened = change->time };

	if (!await || await->inherited)
		return;
	frame.began = await->running ? await->run.began : 0;
	close_to(tracks, track, track_runs(track), change->time, ENDED_UNSEEN);
	open_frame(tracks, track, frame, await, NULL);
}

/* The thread does that now: closes what it cannot be in any more. */
static void settle(struct tracks *tracks, struct track *track,
		   const struct lives *lives, const struct lives_change *change)
{
	size_t runs = track_runs(track);
	struct frame *within = NULL;

	if (change->kind != CHANGE_SLEEP_BEGAN &&
	    change->kind != CHANGE_SLEEP_ENDED)
		close_to(tracks, track, runs, change->time, ENDED_UNSEEN);
	if (!change->within_known)
		return;
	track->known = change->time;
	if (change->within)
		within = find(track, FRAME_RUN, change->within);
	if (change->within && !within)
		reveal(tracks, track, lives, change);
	else if (within != (runs ? &track->frames[runs - 1] : NULL))
		close_to(tracks, track,
			 within ? (size_t)(within - track->frames) + 1 : 0,
			 change->time, ENDED_UNSEEN);
}

static void begin(struct tracks *tracks, struct track *track,
		  enum frame_kind kind, const struct lives_change *change)
{
	const struct frame frame = { .kind = kind,
				     .opened = change->time,
				     .began_known = true,
				     .began = change->time,
				     .attempt = change->attempt,
				     .by_start = change->by_start };

	open_frame(tracks, track, frame, change->await, change);
}

/* It was not seen to begin, and only now is it known to have been. */
static void show_late(struct tracks *tracks, struct track *track,
		      enum frame_kind kind, const struct lives_change *change)
{
	bool since = change->began_known || change->began;
	const struct frame frame = {
		.kind = kind,
		.opened = since ? change->began : change->time,
		.began_known = change->began_known,
		.began = change->began,
		.ended = true,
		.end = *change,
	};

	open_frame(tracks, track, frame, change->await, NULL);
	close_top(tracks, track, change->time, change->end);
}

static void end_run(struct tracks *tracks, struct track *track,
		    const struct lives *lives,
		    const struct lives_change *change)
{
	bool seen = change->end == ENDED_SEEN;
	struct frame *frame = find(track, FRAME_RUN, change->await->id);

	if (frame) {
		frame->ended = true;
		frame->end = *change;
		close_to(tracks, track, (size_t)(frame - track->frames),
			 change->time, seen ? ENDED_UNSEEN : change->end);
	}
	if (seen)
		settle(tracks, track, lives, change);
	/* One that was cut is shown already. */
	if (!frame &&
	    (seen || (!change->began_known && track->known <= change->began)))
		show_late(tracks, track, FRAME_RUN, change);
}

static void end_sleep(struct tracks *tracks, struct track *track,
		      const struct lives_change *change)
{
	struct frame *frame = find(track, FRAME_SLEEP, change->await->id);

	if (!frame) {
		if (!change->began_known)
			show_late(tracks, track, FRAME_SLEEP, change);
		return;
	}
	frame->ended = true;
	frame->end = *change;
	while (track->count > track_runs(track) &&
	       track->frames[track->count - 1].ended)
		close_top(tracks, track, change->time, change->end);
}

struct track *tracks_change(struct tracks *tracks, const struct lives *lives,
			    const struct lives_change *change)
{
	struct track *track;

	if (!change->thread)
		return NULL;
	track = tracks_of(tracks, change->thread);
	if (change->kind != CHANGE_RUN_ENDED)
		settle(tracks, track, lives, change);
	if (change->kind == CHANGE_RUN_BEGAN)
		begin(tracks, track, FRAME_RUN, change);
	else if (change->kind == CHANGE_RUN_ENDED)
		end_run(tracks, track, lives, change);
	else if (change->kind == CHANGE_SLEEP_BEGAN)
		begin(tracks, track, FRAME_SLEEP, change);
	else if (change->kind == CHANGE_SLEEP_ENDED)
		end_sleep(tracks, track, change);
	advance(track, change->time);
	return track;
}

void tracks_finish(struct tracks *tracks, const struct lives *lives)
{
	for (size_t i = 0; i < tracks->count; i++) {
		struct track *track = tracks->all[i];
		const struct lives_process *process = track->thread->process;

		close_to(tracks, track, 0, lives_end_of(lives, process),
			 process->has_ended ? ENDED_BY_PROCESS :
					      ENDED_BY_TRACE);
	}
}

void tracks_free(struct tracks *tracks)
{
	for (size_t i = 0; i < tracks->count; i++) {
		for (size_t k = 0; k < tracks->all[i]->count; k++)
			free(tracks->all[i]->frames[k].name);
		free(tracks->all[i]->frames);
	}
	free(tracks->all);
	notes_free(&tracks->by_thread);
}
