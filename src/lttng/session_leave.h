/* SPDX-License-Identifier: MIT */
/* The short end of a session. */
#pragma once

#include <stdbool.h>

struct session;

/*
 * Takes down a session that has stopped and has recorded no process, and does
 * not wait for LTTng. That looks only each half second whether its consumer
 * daemons are through, also if they have nothing to do. If they have, it is
 * waited for.
 *
 * Returns false if it is to be taken down by session_destroy().
 */
bool session_leave(struct session *session);
