/* SPDX-License-Identifier: MIT */
/*
 * The memory of another process, read while it runs on. Nothing in src/process
 * stops that process, writes to it or runs code in it.
 *
 * All reads go through one open file, /proc/PID/mem, which stays with the
 * memory and not with the number: once the process has ended, or executed
 * another program, reads fail and `gone` is set. A later process with the same
 * number is never mistaken for it.
 *
 * What is read may be made to mislead: lists that go round, tables that do not
 * end, or that change while they are read. So a look reads no more than an
 * honest process of that size could need for each of its parts; then reads fail
 * up to the next part.
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
	bool gone;    /* a read found that the memory no longer exists */
	bool spent;   /* this part has taken all that it may take */
	bool stopped; /* or one before has, of the same look */
	uint64_t bytes_left, reads_left; /* until then */
};

/* Begins a look, and its next part. */
void memory_begin(struct memory *memory);
void memory_next_part(struct memory *memory);
/* Ends the part as if all had been read that it may read. */
void memory_stop(struct memory *memory);

/* Returns 0 or -1. */
int memory_open(struct memory *memory, pid_t pid, struct trouble *why);
void memory_close(struct memory *memory);

/* Returns whether all size bytes could be read. */
bool memory_read(struct memory *memory, uint64_t at, void *to, size_t size);
/* Reads up to the first unreadable byte, and returns how many it read. */
size_t memory_read_some(struct memory *memory, uint64_t at, void *to,
			size_t size);
/* Reads a string, cut to size - 1 characters. False if memory ends before the
 * string does. */
bool memory_string(struct memory *memory, uint64_t at, char *to, size_t size);

/* kernel.yama.ptrace_scope: whose memory may be read; 0 without Yama. */
int memory_ptrace_scope(void);

/* Numbers in bytes that were read, which need not be aligned. */
uint32_t memory_u32(const uint8_t *at);
uint64_t memory_u64(const uint8_t *at);
