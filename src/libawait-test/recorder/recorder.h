/* SPDX-License-Identifier: MIT */
/*
 * Recording this process in memory, beside what <await/test.h> declares.
 * recorder.c has the model.
 */
#pragma once

#include <stddef.h>

/* Once, as the library begins (begin.c): a fork() finds its lock free. */
void recorder_watch_forks(void);
/* Keeps the newest events for a debugger, until the program itself begins a
 * trace. Such a recording has no end that a user can call. */
void recorder_begin_at_start(size_t events);
