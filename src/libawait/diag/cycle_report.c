/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=cycles: when a wait is refused, prints the cycle that it would
 * have closed.
 *
 *     await: cycle: #1 -> #2 -> #1, refused at prog+0x1254
 *     await:    #1 int running first(2) on thread 4711 ... created main.c:31
 *     await:    #2 int running second(1) on thread 4712 ... created main.c:32
 */
#include "libawait/diag/cycle_report.h"

#include "common/await_text.h"
#include "libawait/inspect/describe.h"
#include "libawait/inspect/out.h"

COLD void cycle_report(const struct wait_cycle *cycle, const void *addr)
{
	struct out out;
	struct line line = note_begin(&out, "cycle: ");
	struct snapshot s;

	for (uint32_t i = 0; i < cycle->length; i++) {
		line_named_id(&line, cycle->awaits[i],
			      await_core_id(cycle->awaits[i]));
		line_text(&line, " -> ");
	}
	if (cycle->more)
		line_text(&line, "... -> ");
	line_named_id(&line, cycle->awaits[0], await_core_id(cycle->awaits[0]));
	line_text(&line, ", refused at ");
	line_code(&line, addr);
	out_end(&out, &line);
	s.descriptor.at = NULL;
	for (uint32_t i = 0; i < cycle->length; i++) {
		if (snapshot_take(&s, cycle->awaits[i]) != SNAPSHOT_TAKEN)
			continue;
		line = out_line(&out);
		line_text(&line, "await:    ");
		line_await(&line, &s);
		out_end(&out, &line);
	}
	out_flush(&out);
}
