/* SPDX-License-Identifier: MIT */
/*
 * From an address in a traced process to a line of its source. Which file was
 * mapped where comes from the trace (the events lttng_ust_statedump:bin_info,
 * lttng_ust_lib:load and their build_id); the lines come from the debug
 * information of those files, or of their separate debug files, as they are
 * now. A file whose build id has changed since is not used.
 */
#pragma once

#include "babeltrace/trace_event.h"

#include <elfutils/libdwfl.h>

struct mapping;

struct symbols {
	struct mapping *mappings;
	size_t count;
};

/* Notes the mapping or build id that the event is about, if it is about one.
 * Returns 0, or -1 without memory. */
int symbols_event(struct symbols *symbols, const struct trace_event *event);
void symbols_free(struct symbols *symbols);

/* The file that was mapped at addr at that time, opened by libdw with the
 * addresses it had in the process (see struct trace_event); or NULL. Lives as
 * long as symbols. */
Dwfl *symbols_dwfl(const struct symbols *symbols, int64_t process, int64_t at,
		   uint64_t addr);

/*
 * Writes "file:line", or "program+0x123" if the line is not known, or the bare
 * address. at: the time of the event that had addr.
 */
void symbols_describe(const struct symbols *symbols, int64_t process,
		      int64_t at, uint64_t addr, char *text, size_t size);
