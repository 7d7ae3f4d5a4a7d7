/* SPDX-License-Identifier: MIT */
/* Makes events of one process, which has the number 1. Includes what every unit
 * test includes. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <await/core.h>
#include <await/sink.h>

#include "lives/lives.h"

enum { MAKE_PROCESS = 1, MAKE_THREAD = 11 };

/* An event with all fields: those that are not named here are 0 or "", but for
 * the function f of the type int, created at a.c:7. */
struct trace_event make_event(enum event_kind kind, int64_t time, uint64_t id);

/* Hands over an event, which must be understood. */
void make_take(struct lives *lives, const struct trace_event *event);
void make_plain(struct lives *lives, enum event_kind kind, int64_t time,
		uint64_t id);

void make_begin(struct lives *lives, int64_t time, uint64_t id,
		unsigned attempt);
void make_end(struct lives *lives, int64_t time, uint64_t id, uint64_t took,
	      int error);
void make_wait_end(struct lives *lives, int64_t time, uint64_t id,
		   enum await_state state, int error);

/* The figures of f, of all its sites; figures_free() them. */
struct figures make_sum(const struct lives *lives);
