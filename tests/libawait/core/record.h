/* SPDX-License-Identifier: MIT */
/* What a sink does that records the events it receives. */
#pragma once

#include "unit.h"

#define LOG_MAX 64

static struct await_event seen[LOG_MAX];
static int seen_count;

static void record(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	if (seen_count < LOG_MAX)
		seen[seen_count] = *event;
	seen_count++;
}
