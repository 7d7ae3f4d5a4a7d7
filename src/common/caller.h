/* SPDX-License-Identifier: MIT */
/*
 * What src/traces asks of whoever links it, who defines these: awaitctl, which
 * talks to a terminal, and libawait-test, which must not.
 */
#pragma once

#include <stdbool.h>

/* What functions return that have said what went wrong. */
enum { EXIT_FAILED = 1 };

/* One line for the user, without newline: what went wrong, what to do. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* Whether the user asks to give up what takes long. */
bool stop_asked(void);
