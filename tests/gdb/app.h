/* SPDX-License-Identifier: MIT */
/* What app.c and other.c of the gdb tests share. */
#pragma once

#include <await/await.h>
#include <await/sink.h>

#include <stdlib.h>
#include <unistd.h>

/* All in one line, so that it looks alike whichever way it is stopped. */
#define STOP_HERE(way)                                                         \
	if (way == 'a')                                                        \
		abort();                                                       \
	if (way == 't')                                                        \
		__builtin_trap();                                              \
	if (way == 'p')                                                        \
		pause();                                                       \
	__asm__ volatile("" ::: "memory")

void *make_other(void);
void checkpoint(void);
