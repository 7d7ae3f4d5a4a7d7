/* SPDX-License-Identifier: MIT */
/* See relay.h. */
#define _GNU_SOURCE
#include "lttng/relay.h"

#include "lttng/relayd_handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { START_TRIES = 3, START_MS = 10000, FOLLOW_MS = 10000 };

void relay_url(char url[RELAY_URL_MAX], const struct relay_address *address)
{
	snprintf(url, RELAY_URL_MAX, "net%s://%s:%u:%u",
		 *address->host == '[' ? "6" : "", address->host,
		 address->control, address->data);
}

void relay_follow_url(char url[2 * RELAY_URL_MAX],
		      const struct relay_address *address, const char *session)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	snprintf(url, 2 * RELAY_URL_MAX, "net://%s:%u/host/%s/%s",
		 *address->host == '[' ? "localhost" : address->host,
		 address->live, name, session);
}

/* Returns 0, or -1 and sets *reason. */
static int open_control(struct relay *relay, const char **reason)
{
	int data;

	relay->control = relayd_connect(relay->address.host,
					relay->address.control, reason);
	if (relay->control < 0)
		return -1;
	*reason = "what listens there is no LTTng relay daemon, or does not "
		  "answer";
	if (relayd_handshake(relay->control)) {
		data = relayd_connect(relay->address.host, relay->address.data,
				      reason);
		if (data >= 0) {
			close(data);
			return 0;
		}
	}
	close(relay->control);
	relay->control = -1;
	return -1;
}

int relay_connect(struct relay *relay, const struct lttng_host *host,
		  const struct relay_address *address, struct trouble *why)
{
	const char *reason;

	*relay = (struct relay){
		.address = *address,
		.daemon = { .host = host, .output = -1 },
		.control = -1,
	};
	if (open_control(relay, &reason) == 0)
		return 0;
	return trouble(why,
		       "no relay daemon at %s, ports %u and %u: %s; start "
		       "`lttng-relayd` there",
		       address->host, address->control, address->data, reason);
}

/* Returns a bound socket, so that the next port is another one; or -1. */
static int bind_any(unsigned *port)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(any);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&any, size) == 0 &&
	    getsockname(fd, (struct sockaddr *)&any, &size) == 0) {
		*port = ntohs(any.sin_port);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

int relay_choose_ports(struct relay_address *address, struct trouble *why)
{
	unsigned *const ports[] = { &address->control, &address->data,
				    &address->live };
	int fds[3], bound = 0, error;

	snprintf(address->host, sizeof(address->host), "127.0.0.1");
	while (bound < 3 && (fds[bound] = bind_any(ports[bound])) >= 0)
		bound++;
	error = errno;
	for (int i = 0; i < bound; i++)
		close(fds[i]);
	if (bound == 3)
		return 0;
	return trouble(why,
		       "no port of 127.0.0.1 is free for lttng-relayd: %s; is "
		       "the loopback device up?",
		       strerror(error));
}

/* Returns 0 or a negative errno. */
static int spawn_relay(struct relay *relay, const struct lttng_host *host,
		       const char *path)
{
	const struct relay_address *address = &relay->address;
	char name[] = "lttng-relayd", output[PATH_MAX + 16];
	char control[RELAY_URL_MAX], data[RELAY_URL_MAX], live[RELAY_URL_MAX];
	char no_clear[] = "--disallow-clear";
	char *const argv[] = {
		name, no_clear, output, control, data, live, NULL
	};

	snprintf(output, sizeof(output), "--output=%s", path);
	snprintf(control, sizeof(control), "--control-port=tcp://%s:%u",
		 address->host, address->control);
	snprintf(data, sizeof(data), "--data-port=tcp://%s:%u", address->host,
		 address->data);
	snprintf(live, sizeof(live), "--live-port=tcp://%s:%u", address->host,
		 address->live);
	return daemon_spawn(&relay->daemon, host, argv);
}

/* Returns 0, -1, or 1 if it ended at once, as it does when another process has
 * taken a port meanwhile. */
static int wait_until_up(struct relay *relay, struct trouble *why)
{
	const char *reason;

	for (int ms = 0; ms < START_MS; ms += DAEMON_STEP_MS) {
		if (open_control(relay, &reason) == 0)
			return 0;
		if (daemon_has_ended(&relay->daemon)) {
			daemon_failed(&relay->daemon, "see its --help", why);
			return 1;
		}
		daemon_sleep();
	}
	daemon_end(&relay->daemon);
	return trouble(why, "lttng-relayd does not answer within %d s: %s",
		       START_MS / 1000, reason);
}

static int cannot_spawn(int error, struct trouble *why)
{
	if (error == ENOENT)
		return trouble(why,
			       "lttng-relayd, which --live needs, is not "
			       "installed: install the package lttng-tools");
	return trouble(why,
		       "lttng-relayd, which --live needs, cannot be started: "
		       "%s; start one and give it to --stream",
		       strerror(error));
}

/* Returns 0, -1, or 1 if other ports are worth a try. */
static int start_once(struct relay *relay, const struct lttng_host *host,
		      const char *path, struct trouble *why)
{
	int rc;

	if (relay_choose_ports(&relay->address, why))
		return -1;
	rc = spawn_relay(relay, host, path);
	rc = rc < 0 ? cannot_spawn(-rc, why) : wait_until_up(relay, why);
	if (rc)
		daemon_close(&relay->daemon);
	return rc;
}

int relay_start(struct relay *relay, const struct lttng_host *host,
		const char *path, struct trouble *why)
{
	*relay = (struct relay){ .control = -1 };
	for (int i = 0; i < START_TRIES; i++) {
		int rc = start_once(relay, host, path, why);

		if (rc <= 0)
			return rc;
	}
	return -1;
}

bool relay_stayed(struct relay *relay)
{
	return relayd_handshake(relay->control);
}

/* Whether somebody is connected to our live port. */
static bool is_followed(const struct relay *relay)
{
	FILE *connections = fopen("/proc/net/tcp", "re");
	char line[256];
	unsigned port, state;
	bool followed = false;

	while (connections && fgets(line, sizeof(line), connections))
		if (sscanf(line, " %*d: %*x:%x %*x:%*x %x", &port, &state) ==
			    2 &&
		    port == relay->address.live && state == 1)
			followed = true;
	if (connections)
		fclose(connections);
	return followed;
}

static void wait_for_followers(const struct relay *relay)
{
	const struct lttng_host *host = relay->daemon.host;
	int ms = 0;

	while (ms < FOLLOW_MS && is_followed(relay) &&
	       !lttng_host_stop_requested(host)) {
		daemon_sleep();
		ms += DAEMON_STEP_MS;
	}
	if (ms >= FOLLOW_MS)
		lttng_host_note(host,
				"a client that follows the session has stopped "
				"reading: its connection is closed");
}

void relay_release(struct relay *relay)
{
	if (relay->daemon.pid > 0)
		wait_for_followers(relay);
	if (relay->control >= 0)
		close(relay->control);
	if (relay->daemon.pid > 0 && !daemon_has_ended(&relay->daemon))
		daemon_end(&relay->daemon);
	daemon_close(&relay->daemon);
}
