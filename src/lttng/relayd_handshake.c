/* SPDX-License-Identifier: MIT */
/* See relayd_handshake.h. */
#include "lttng/relayd_handshake.h"

#include <endian.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MS = 5000 };

/* The first message of a peer, which has the same form in any version. */
struct hello {
	uint64_t circuit, size;
	uint32_t command, command_version;
	uint32_t major, minor;
} __attribute__((packed));

struct version {
	uint32_t major, minor;
};

enum { COMMAND_VERSION = 5, MAJOR = 2, MINOR = 13 };

/* Returns 0 or the errno of poll(), or ETIMEDOUT if nothing happened. */
static int wait_for(int fd, short events)
{
	struct pollfd waited = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&waited, 1, ANSWER_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return ETIMEDOUT;
	return ready < 0 ? errno : 0;
}

static int finish_connecting(int fd)
{
	int error = wait_for(fd, POLLOUT);
	socklen_t size = sizeof(error);

	if (!error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return errno;
	return error;
}

/* Returns a socket or a negative errno. */
static int connect_to(const struct addrinfo *to)
{
	int fd = socket(to->ai_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = fd < 0 ? errno : 0;

	if (!error && connect(fd, to->ai_addr, to->ai_addrlen) < 0)
		error = errno;
	if (error == EINPROGRESS)
		error = finish_connecting(fd);
	if (error && fd >= 0)
		close(fd);
	return error ? -error : fd;
}

/* LTTng takes only addresses in brackets for IPv6. */
int relayd_connect(const char *name, unsigned port, const char **reason)
{
	const struct addrinfo hints = {
		.ai_family = *name == '[' ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	char host[256], service[16];
	int rc, fd;

	snprintf(host, sizeof(host), "%s", name + (*name == '['));
	host[strcspn(host, "]")] = '\0';
	snprintf(service, sizeof(service), "%u", port);
	rc = getaddrinfo(host, service, &hints, &found);
	if (rc) {
		*reason = gai_strerror(rc);
		return -1;
	}
	fd = connect_to(found);
	freeaddrinfo(found);
	if (fd < 0)
		*reason = strerror(-fd);
	return fd;
}

bool relayd_handshake(int fd)
{
	const struct hello hello = {
		.size = htobe64(sizeof(struct version)),
		.command = htobe32(COMMAND_VERSION),
		.major = htobe32(MAJOR),
		.minor = htobe32(MINOR),
	};
	struct version version = { 0 };
	size_t got = 0;

	if (send(fd, &hello, sizeof(hello), MSG_NOSIGNAL) != sizeof(hello))
		return false;
	while (got < sizeof(version) && wait_for(fd, POLLIN) == 0) {
		ssize_t more = recv(fd, (char *)&version + got,
				    sizeof(version) - got, 0);

		if (more <= 0)
			return false;
		got += (size_t)more;
	}
	return got == sizeof(version) && be32toh(version.major) == MAJOR;
}
