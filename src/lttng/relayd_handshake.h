/* SPDX-License-Identifier: MIT */
/*
 * The handshake of a session daemon with a relay daemon: it sends its version,
 * and the relay daemon answers with its own. It may be repeated at any time,
 * and changes nothing. No step takes longer than 5 s; only the lookup of a name
 * takes as long as the system wants.
 */
#pragma once

#include <stdbool.h>

/* host: IPv6 in brackets. Returns a socket, or -1 and sets *reason. */
int relayd_connect(const char *host, unsigned port, const char **reason);

/* Whether the other end of the socket is a relay daemon that answers. */
bool relayd_handshake(int fd);
