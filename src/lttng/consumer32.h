/* SPDX-License-Identifier: MIT */
/*
 * Programs of 32 bits are recorded by a consumer daemon of their own, and most
 * session daemons have none. Then LTTng lists such a program and loses its
 * events. LTTng 2.16 leaves it at that; 2.13 does not start a session while one
 * runs, as it cannot open that one's packets, and reports an invalid parameter
 * when it takes down a session in which one ran, though all of other programs
 * was written.
 *
 * So a session is started that records nobody yet, and records all programs
 * from then on; and that report is none.
 */
#pragma once

#include "common/trouble.h"

#include <stdbool.h>

struct lttng_host;

#define CONSUMER32_ADVICE                                                      \
	"start lttng-sessiond with --consumerd32-path=PATH, of the "           \
	"lttng-consumerd of 32 bits (of Debian's lttng-tools:i386)"

/* Once a session has channels: whether LTTng cannot record programs of 32 bits.
 * False if it does not answer. */
bool consumer32_is_missing(const struct lttng_host *host);

/* The following are called within a request (request.h). */

/* Whether an error of LTTng may be that of a consumer of 32 bits that is
 * missing, when a session was to be started, or was taken down. */
bool consumer32_explains(int error);

/* Notes that a program of 32 bits was not recorded, unless that was said. */
void consumer32_note_missing(const struct lttng_host *host, bool *said);

/* Records nobody in a session, or all. Returns 0 or -1. */
int consumer32_record(const char *session, bool all, struct trouble *why);
