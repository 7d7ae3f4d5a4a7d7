/* SPDX-License-Identifier: MIT */
/*
 * Looks at what LTTng made of a session, as channels_check.h does at channels.
 * Called within a request (request.h). Both return 0, or -1 if it is otherwise
 * than asked for.
 */
#pragma once

#include "common/trouble.h"

struct session;

/* That it records that process and no other. */
int session_check_process(const struct session *session, int vpid,
			  struct trouble *why);

/* That it records, in the format, the mode and at the interval it has. */
int session_check_recording(const struct session *session, struct trouble *why);
