/* SPDX-License-Identifier: MIT */
/* The short end of a session. */
#pragma once

#include <stdbool.h>

struct session;

/*
 * Takes down a session that has stopped and whose trace is known to be whole,
 * and does not wait for LTTng. That looks only each half second whether its
 * consumer daemons are through, also if they have nothing to do.
 *
 * Returns false if it is to be taken down by session_destroy(): as a rule if
 * the session daemon is not ours, or somebody else has a session there, since
 * the memory of its buffers has to be free again when the recording is over.
 */
bool session_leave(struct session *session);
