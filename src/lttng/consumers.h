/* SPDX-License-Identifier: MIT */
/*
 * The consumer daemons, which a session daemon starts: they write what comes
 * into the buffers.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Whether the one for programs like this one answers. */
bool consumers_live(void);

/*
 * Makes those of a session daemon that we started take no more commands, and
 * end when their session daemon lets go of their buffers, if they have any. For
 * when nothing is left to write and the session daemon ends next: otherwise it
 * would wait half a second, which is how often it looks whether they are
 * through with each session.
 */
void consumers_end(pid_t session_daemon);
