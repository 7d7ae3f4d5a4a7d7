/* SPDX-License-Identifier: MIT */
/* Memory of this process that may be unmapped, read without a crash. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies what is mapped of size bytes. Returns how many those were, up to the
 * first that is not; -1 when the kernel refuses to say (a sandbox without
 * process_vm_readv(2)).
 */
long peek(void *to, const void *from, size_t size);
/* All of it or false. Where the kernel refuses, from is trusted. */
bool peek_all(void *to, const void *from, size_t size);
