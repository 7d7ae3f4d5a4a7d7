/* SPDX-License-Identifier: MIT */
/*
 * The LTTng relay daemon that a session sends its trace to: a user's, at an
 * address, or one of our own. Ours listens on this machine only, on ports
 * nobody else has, writes into one directory, and ends with the recording.
 * LTTng lets nobody say who may connect: any user of the machine may.
 *
 * A session daemon whose relay daemon does not answer keeps its own clients
 * waiting. So we connect first, as it would, and keep that connection: at the
 * end, a second handshake shows whether the relay daemon is still there.
 */
#pragma once

#include "lttng/daemon.h"

#include <stdbool.h>

struct relay_address {
	char host[256]; /* as in a URL: an IPv6 address is in brackets */
	unsigned control, data, live; /* ports */
};

enum { RELAY_CONTROL = 5342, RELAY_DATA = 5343, RELAY_LIVE = 5344 };

struct relay {
	struct relay_address address;
	struct daemon daemon; /* its pid is 0 if it is not ours */
	int control;	      /* the connection to its control port */
};

enum { RELAY_URL_MAX = 320 };

/* The address as LTTng writes it: net://HOST:CONTROL:DATA. */
void relay_url(char url[RELAY_URL_MAX], const struct relay_address *address);

/* The URL for babeltrace2, to follow a session of this machine. babeltrace2
 * knows no IPv6: for such an address, the URL is one for the relay daemon's own
 * machine. */
void relay_follow_url(char url[2 * RELAY_URL_MAX],
		      const struct relay_address *address, const char *session);

/* Returns 0 if a relay daemon answers at the address, or -1. */
int relay_connect(struct relay *relay, const struct lttng_host *host,
		  const struct relay_address *address, struct trouble *why);

/* Finds free ports of this machine. Returns 0 or -1. */
int relay_choose_ports(struct relay_address *address, struct trouble *why);

/* Starts one of our own, which writes to the absolute path. Returns 0 or -1. */
int relay_start(struct relay *relay, const struct lttng_host *host,
		const char *path, struct trouble *why);

/* Whether the relay daemon has been there all along. */
bool relay_stayed(struct relay *relay);

/* Ends it, if it is ours, once those who follow the session have read all;
 * notes what goes wrong. */
void relay_release(struct relay *relay);
