/* SPDX-License-Identifier: MIT */
/* A program that LTTng-UST traces, and that has 32 bits: see
 * test_consumer32.py. It says "ready" and waits for a line, if it has an
 * argument. */
#include <lttng/tracef.h>

#include <stdio.h>

_Static_assert(sizeof(void *) == 4, "32 bits");

int main(int argc, char **argv)
{
	(void)argv;
	lttng_ust_tracef("from %d bits", 32);
	if (argc > 1) {
		puts("ready");
		fflush(stdout);
		getchar();
	}
	lttng_ust_tracef("again");
	return 0;
}
