/* SPDX-License-Identifier: MIT */
/* Reads memory of this process that may be unmapped, without crashing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies size bytes, or as many as are mapped before the first that is not.
 * Returns how many it copied; -1 if the kernel refuses (a sandbox without
 * process_vm_readv(2), and without pipes or files left to open). Size is at
 * most a page. Async-signal-safe.
 */
long peek(void *to, const void *from, size_t size);
/* Whether the kernel does not refuse. */
bool peek_works(void);
/* Copies all size bytes, or returns false. Where the kernel refuses, reads from
 * directly. */
bool peek_all(void *to, const void *from, size_t size);
