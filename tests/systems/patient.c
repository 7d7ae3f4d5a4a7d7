/* SPDX-License-Identifier: MIT */
/* Linked into tests that run under an emulator: they end themselves after so
 * many seconds lest they hang, and what is emulated takes ten times as long. */
#include <sys/time.h>
#include <unistd.h>

unsigned alarm(unsigned seconds)
{
	const struct itimerval wanted = { .it_value.tv_sec = 10L * seconds };
	struct itimerval before;

	setitimer(ITIMER_REAL, &wanted, &before);
	return (unsigned)before.it_value.tv_sec;
}
