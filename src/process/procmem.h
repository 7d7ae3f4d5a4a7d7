/* SPDX-License-Identifier: MIT */
/*
 * The memory of another process, read while it runs on. Nothing in src/process
 * stops that process, writes to it or runs code in it.
 *
 * It is read through one open file, /proc/PID/mem, which belongs to the memory
 * and not to the number: should the process end, or execute another program,
 * reads fail and `gone` is set; a process that gets the same number later is
 * never mistaken for it.
 */
#pragma once

#include "common/trouble.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct memory {
	int fd;
	pid_t pid;
	bool gone; /* a read found that it is no more */
};

/* Returns 0 or -1. */
int memory_open(struct memory *memory, pid_t pid, struct trouble *why);
void memory_close(struct memory *memory);

/* All of it, or false. */
bool memory_read(struct memory *memory, uint64_t at, void *to, size_t size);
/* Up to size bytes; how many there are before the first that is unreadable. */
size_t memory_read_some(struct memory *memory, uint64_t at, void *to,
			size_t size);
/* A string, cut to size - 1 characters; false if it does not end in memory. */
bool memory_string(struct memory *memory, uint64_t at, char *to, size_t size);

/* Of bytes that were read; no alignment is asked. */
uint32_t memory_u32(const uint8_t *at);
uint64_t memory_u64(const uint8_t *at);
