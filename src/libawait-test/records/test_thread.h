/* SPDX-License-Identifier: MIT */
/*
 * The thread of the test: the one that began a trace last. Only there may an
 * assertion fail, since cmocka leaves a failed test by longjmp.
 */
#pragma once

#include <stdbool.h>

/* This thread is it from now on. */
void test_thread_set(void);
/* True on every thread as long as none has been set. */
bool test_thread_is_current(void);
