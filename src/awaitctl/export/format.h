/* SPDX-License-Identifier: MIT */
/*
 * What an export is made of. Changes (lives/change.h) come in the order of
 * time; tracks.h makes nested frames of them for each thread; a format writes
 * both down. What is not yet known when something begins is kept as long as the
 * await or the frame lives, so memory is bounded by what is alive, and by the
 * functions, sites, threads and processes that there were.
 *
 * Times in files are in ns from time 0, which is the first that is known of any
 * await; the file says when that was.
 */
#pragma once

#include "awaitctl/export/tracks.h"
#include "awaitctl/read/findings.h"

#include <stdio.h>

struct export
{
	const struct export_format *format;
	FILE *out;
	const struct findings *findings;
	struct lives *lives; /* those that change */
	struct tracks *tracks;
	int64_t zero; /* time 0 */
	void *data;   /* the format's own */
	/* For what is said at the end: */
	uint64_t runs_cut;   /* their beginning or their end was not recorded */
	uint64_t threadless; /* changes of threads that are not known */
};

/* What it has no use for is NULL. Where memory is out they end the process. */
struct export_format {
	const char *name;
	bool binary;
	bool by_thread; /* it shows nothing else */
	void (*begin)(struct export *to);
	/* A frame was opened; by: what told of it, or NULL if nothing did then.
	 * closed() is called for each, before the one around it is closed. */
	void (*opened)(struct export *to, struct track *track,
		       struct frame *frame, const struct lives_change *by);
	void (*closed)(struct export *to, struct track *track,
		       struct frame *frame);
	/* After the frames that it opens or closes. track: its thread's, or
	 * NULL. */
	void (*change)(struct export *to, struct track *track,
		       const struct lives_change *change);
	void (*end)(struct export *to);
};

extern const struct export_format format_csv, format_dot, format_firefox,
	format_folded, format_perfetto, format_speedscope;

/* How to call the function of awaits that none is known of. */
const char *export_function(const struct lives_site *site);

/* Longer names are cut. */
enum { EXPORT_NAME_SIZE = 4096 };

/* A process, for who reads: name, number, host, as far as they are known, and
 * needed to tell it from others. Returns text, cut if need be. */
enum { EXPORT_PROCESS_SIZE = 1024 };
const char *export_process(const struct export *from,
			   const struct lives_process *process,
			   char text[EXPORT_PROCESS_SIZE]);

/* Whether another process had the number before: viewers would take those for
 * one. */
bool export_repeats(const struct export *from,
		    const struct lives_process *process);

/* Time 0, as 2026-01-31T23:59:59.123456789Z. */
enum { EXPORT_ZERO_SIZE = 64 };
const char *export_zero(const struct export *from, char text[EXPORT_ZERO_SIZE]);

/* "-ENOENT", "" for 0. */
enum { EXPORT_ERROR_SIZE = 32 };
const char *export_error(int32_t error, char text[EXPORT_ERROR_SIZE]);

/* "#14.1" */
enum { EXPORT_ID_SIZE = 32 };
const char *export_id(uint64_t id, char text[EXPORT_ID_SIZE]);
