/* SPDX-License-Identifier: MIT */
/* A ring buffer in a file of its own, made anew for each test of shm_ring.h. */
#pragma once

#include "make.h"

#include <stdio.h>

static char *directory, path[256];
static struct made_ring made;
static struct shm_ring ring;

static int setup(void **state)
{
	(void)state;
	directory = make_directory();
	snprintf(path, sizeof(path), "%s/awaits_0", directory);
	make_ring(&made);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	make_remove(directory);
	return 0;
}

/* What opening the file says, once it holds what was made. */
static enum shm_ring_opened reopen(void)
{
	make_file(path, &made, sizeof(made));
	return shm_ring_open(&ring, path);
}
