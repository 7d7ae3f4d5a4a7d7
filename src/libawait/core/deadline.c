/* SPDX-License-Identifier: MIT */
/* See deadline.h. */
#include "libawait/core/deadline.h"

#include "libawait/core/compiler.h"

#include <await/notify.h>

#include <limits.h>

#define SECOND 1000000000L

bool deadline_check(const struct timespec **deadline)
{
	static const struct timespec long_ago;
	const struct timespec *at = *deadline;

	if (!at)
		return true;
	if (at->tv_nsec < 0 || at->tv_nsec >= SECOND)
		return false;
	if (at->tv_sec < 0)
		*deadline = &long_ago;
	return true;
}

EXPORT struct timespec await_deadline(int64_t milliseconds)
{
	/* As late as a time can be: the kernel takes it for never. */
	const time_t never = sizeof(time_t) < 8 ? INT_MAX : INT64_MAX / SECOND;
	int64_t seconds = milliseconds / 1000;
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	if (milliseconds <= 0)
		return at;
	if (seconds >= never - at.tv_sec - 1)
		return (struct timespec){ .tv_sec = never };
	at.tv_sec += (time_t)seconds;
	at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (at.tv_nsec >= SECOND) {
		at.tv_nsec -= SECOND;
		at.tv_sec++;
	}
	return at;
}
