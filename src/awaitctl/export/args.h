/* SPDX-License-Identifier: MIT */
/*
 * What timelines tell of a frame, or of what happens on a thread, beside its
 * name and its time: docs/export.md. What is not known is left out.
 */
#pragma once

#include "awaitctl/export/format.h"

/* Where they go: each is called with data. */
struct args {
	void *data;
	void (*text)(void *data, const char *name, const char *value);
	void (*number)(void *data, const char *name, int64_t value);
};

/* What is known when the frame is opened. */
void args_opened(const struct args *args, const struct frame *frame);
/* How it was. */
void args_closed(const struct args *args, const struct export *from,
		 const struct frame *frame);

/* Of a change that is no frame. */
void args_change(const struct args *args, const struct lives_change *change);

/* Its name there: "create"; NULL: it is part of a frame, or of a life. */
const char *args_change_name(enum change_kind kind);

/* Of one that has ended. */
void args_life(const struct args *args, const struct export *from,
	       const struct lives_change *end);
