/* SPDX-License-Identifier: MIT */
/*
 * The LTTng relay daemon that a session sends its trace to: a user's, at an
 * address, or one of our own. Ours listens on this machine only, on ports
 * nobody else has, writes into one directory, and ends with the recording.
 *
 * A session daemon whose relay daemon does not answer keeps its own clients
 * waiting. So we say hello first, as it would, and keep that connection: at
 * the end a second hello tells whether the relay daemon stayed.
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
	int control;	      /* the connection */
};

enum { RELAY_URL_MAX = 320 };

/* What LTTng calls the address: net://HOST:CONTROL:DATA. */
void relay_url(char url[RELAY_URL_MAX], const struct relay_address *address);

/* What babeltrace2 is given to follow a session of this machine. It knows no
 * IPv6: of such a host, the URL is for who is there. */
void relay_follow_url(char url[2 * RELAY_URL_MAX],
		      const struct relay_address *address, const char *session);

/* Returns 0 if a relay daemon answers at the address, or says that none does
 * and returns EXIT_FAILED. */
int relay_connect(struct relay *relay, const struct relay_address *address);

/* Ports of this machine that are free. Returns 0, or says what failed and
 * returns EXIT_FAILED. */
int relay_choose_ports(struct relay_address *address);

/* Starts one of our own, which writes to the absolute path. Returns 0, or says
 * why not and returns EXIT_FAILED. */
int relay_start(struct relay *relay, const char *path);

/* Whether the relay daemon has been there all along. */
bool relay_stayed(struct relay *relay);

/* Ends it, if it is ours, once those who follow the session have read all. */
void relay_release(struct relay *relay);
