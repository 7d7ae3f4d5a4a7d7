/* SPDX-License-Identifier: MIT */
/*
 * Names of the functions that addresses lie in, from debug information and
 * symbol tables: of this process, or of the processes of a loaded trace. Safe
 * from any thread. A name lives as long as the trace; the first lookup of an
 * address is slow, its result is cached.
 */
#pragma once

#include "libawait-test/records/records.h"

struct symbols;

/* The innermost function at addr at the time of an event, inlined ones
 * included, or NULL. Names of C++ functions are demangled, without arguments.
 */
const char *functions_name(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr);
/* Whether addr lies in a function of that name. Unlike functions_name() this
 * also finds the functions that the innermost one is inlined into. */
bool functions_has(const struct await_trace *trace, uint64_t time_ns,
		   uint64_t addr, const char *name);
/* file:line of addr, or NULL. */
const char *functions_line(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr);

/* Once, as the library begins (begin.c): a fork() finds its lock free. */
void functions_watch_forks(void);

/* Those of this process: one object that is never freed. */
struct functions *functions_of_process(void);
/* Those of a process in a trace that LTTng recorded. Borrows symbols. NULL
 * without memory. */
struct functions *functions_of_trace(const struct symbols *symbols,
				     int64_t process);
/* NULL and functions_of_process() are left alone. */
void functions_free(struct functions *functions);
