/* SPDX-License-Identifier: MIT */
/* Deadlines of waits: times of CLOCK_MONOTONIC. */
#pragma once

#include <stdbool.h>
#include <time.h>

/* Whether *deadline is a time, or NULL, which is never. One that the kernel
 * would refuse, as it was before the clock began, becomes one that it takes. */
bool deadline_check(const struct timespec **deadline);
