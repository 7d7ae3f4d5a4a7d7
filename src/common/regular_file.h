/* SPDX-License-Identifier: MIT */
/*
 * Opens files whose names come from others, as from a trace. Anything may be
 * there: to open a FIFO would wait for ever, a device may do something, and
 * what is too large is not worth reading. So it is looked at before it is
 * opened.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* For reading. Returns -1 with errno if it is no regular file (EINVAL) or has
 * more than `most` bytes (EFBIG). Links are followed. */
int regular_file_open(const char *path, uint64_t most);

/* The same for stdio, of any size. NULL with errno. */
FILE *regular_file_read(const char *path);
