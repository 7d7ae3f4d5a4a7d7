/* SPDX-License-Identifier: MIT */
/*
 * Runs what may end the process: libbabeltrace2 and libdw read what others
 * wrote, and some damage ends the process that they are in.
 */
#pragma once

#include <stdint.h>

struct child_work {
	int (*run)(void *data);
	void *data;
	uint64_t memory; /* it gets no more bytes than that */
};

enum { IN_CHILD_STOPPED = -2 };

/*
 * Runs it in a child process, which ends with this one and leaves no core
 * behind. Returns what it returned, as an exit status, and sets *signal to 0 or
 * to what ended it; -1 if there could be no child (errno).
 *
 * From then on signals that ask this process to stop are held (signals.h). One
 * of them ends the child: then *signal is that, and IN_CHILD_STOPPED returned.
 */
int in_child(const struct child_work *work, int *signal);

/* Without what libraries print to stderr; for the child. */
int quiet_begin(void);
void quiet_end(int before);
