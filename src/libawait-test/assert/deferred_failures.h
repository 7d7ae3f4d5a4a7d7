/* SPDX-License-Identifier: MIT */
#pragma once

/* The failures on other threads that were not reported yet, which are then
 * forgotten; NULL: none. The text lives until this thread's next claim. */
const char *deferred_failures_take(void);
