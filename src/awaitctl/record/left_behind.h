/* SPDX-License-Identifier: MIT */
/* Processes of a program that run on when it has ended: see left_behind.c. */
#pragma once

#include "awaitctl/tracedir/identity.h"

#include <stdbool.h>

struct session;

/*
 * To be called once the program has ended: says what still runs of it. If wait,
 * returns when nothing does any more, or a signal asks to stop; at each SIGUSR1
 * snapshot(session) is called.
 */
void left_behind_check(const struct identity *identity, bool wait,
		       void (*snapshot)(struct session *),
		       struct session *session);
