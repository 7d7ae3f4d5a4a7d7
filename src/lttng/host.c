/* SPDX-License-Identifier: MIT */
/* See host.h. */
#include "lttng/host.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

bool lttng_host_stop_requested(const struct lttng_host *host)
{
	return host->stop_requested && host->stop_requested(host->data);
}

/* A request that is given up is cancelled (see request.h), but not while it
 * holds a lock of stderr. */
static void note(const struct lttng_host *host, const char *line)
{
	int before;

	if (!host->note)
		return;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	host->note(host->data, line);
	pthread_setcancelstate(before, NULL);
}

void lttng_host_note(const struct lttng_host *host, const char *format, ...)
{
	char line[TROUBLE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	note(host, line);
}

void lttng_host_note_trouble(const struct lttng_host *host,
			     const struct trouble *why)
{
	if (*why->text)
		note(host, why->text);
}
