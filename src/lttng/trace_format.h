/* SPDX-License-Identifier: MIT */
/*
 * The format of a trace. LTTng before 2.15 writes CTF 1.8. From 2.15 on it can
 * write CTF 2, too, and does so unless asked for the other, which more programs
 * read: babeltrace2 2.0 and Trace Compass know CTF 1.8 only.
 */
#pragma once

#include "common/trouble.h"

#include <stdbool.h>

struct lttng_session;
struct lttng_session_descriptor;

/* The names that `lttng create --trace-format` takes. */
#define TRACE_FORMAT_CTF_1_8 "ctf-1.8"
#define TRACE_FORMAT_CTF_2 "ctf-2"

/* Whether there is a choice with the liblttng-ctl that this is built with. */
bool trace_format_is_a_choice(void);

/* Why there is none, with what to do. Returns -1. */
int trace_format_no_choice(struct trouble *why);

/* Chooses the format of a session that is to be created. Returns whether that
 * is possible. */
bool trace_format_choose(struct lttng_session_descriptor *descriptor,
			 bool ctf2);

/* Whether LTTng's code rc means that something on the way of the trace does not
 * know its format. */
bool trace_format_is_refused(int rc);

/* Whether a session that LTTng lists has that format. */
bool trace_format_is(const struct lttng_session *session, bool ctf2);
