/* SPDX-License-Identifier: MIT */
/*
 * What a session daemon says first to a relay daemon: its version, which the
 * other answers with its own. It may be said at any time, and changes nothing.
 * No step takes longer than 5 s; only a name is looked up as long as the system
 * wants.
 */
#pragma once

#include <stdbool.h>

/* host: IPv6 in brackets. Returns a socket, or -1 with why not in *reason. */
int relayd_connect(const char *host, unsigned port, const char **reason);

/* Whether a relay daemon is at the other end of the socket, and answers. */
bool relayd_handshake(int fd);
