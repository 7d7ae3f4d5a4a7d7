/* SPDX-License-Identifier: MIT */
/* What happens now: an event of an await, and whose it is. */
#pragma once

#include "lives/lives.h"

struct moment {
	struct lives *lives;
	struct lives_await *await;
	struct lives_thread *thread;
	const struct trace_event *event;
	bool counts; /* see choice.h */
};
