/* SPDX-License-Identifier: MIT */
/*
 * Whether the events of a trace are those that the model counts by. They may be
 * of another libawait: then what is absent must not be counted as 0.
 */
#pragma once

#include "babeltrace/trace_event.h"
#include "common/trouble.h"

/*
 * Returns 0, or -1: the event is one of ours and of another version. seen has a
 * bit for each kind of event that was looked at before and begins as 0; one for
 * each process will do, since a process has one tracer.
 */
int events_known(unsigned *seen, const struct trace_event *event,
		 struct trouble *why);
