/* SPDX-License-Identifier: MIT */
/* What app.c and other.c of the gdb tests share. */
#pragma once

#include <await/await.h>
#include <await/sink.h>

void *make_other(void);
void checkpoint(void);
