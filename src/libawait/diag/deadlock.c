/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=cycles: who waits for whom, when a wait is refused for it.
 *
 *     await: cycle: #1 -> #2 -> #1, refused at prog+0x1254
 *     await:    #1 int running first(2) on thread 4711 ... created main.c:31
 *     await:    #2 int running second(1) on thread 4712 ... created main.c:32
 *
 * The way round is: an await, those that its thread runs inside it, the await
 * that the innermost of these waits for, and so on. It is written down under
 * graph_lock, where all of these stand still, and printed later.
 */
#include "libawait/inspect/describe.h"

#include <unistd.h>

/* The runs of one thread that are inside aw's, with aw's, outermost first. */
static void add_runs(struct chain *chain, const struct thread *thread,
		     const struct await *aw)
{
	/* Relaxed: the thread sleeps, and wrote it before it took graph_lock;
	 * or it is this one. */
	const struct run *run =
		atomic_load_explicit(&thread->run, memory_order_relaxed);
	uint32_t first = chain->length;

	for (; run; run = run->outer) {
		if (chain->length == CHAIN_MAX) {
			chain->more = true;
			return;
		}
		chain->awaits[chain->length++] = run->aw;
		if (run->aw == aw)
			break;
	}
	for (uint32_t last = chain->length; first + 1 < last; first++, last--) {
		const struct await *swapped = chain->awaits[first];

		chain->awaits[first] = chain->awaits[last - 1];
		chain->awaits[last - 1] = swapped;
	}
}

void deadlock_collect(struct chain *chain, const struct thread *self,
		      const struct await *aw)
{
	const struct thread *thread;
	uint32_t word;

	chain->length = 0;
	chain->more = false;
	do {
		/* Relaxed: read with acquire by who found the cycle. */
		word = atomic_load_explicit(&((struct await *)aw)->state,
					    memory_order_relaxed);
		thread = &await_threads[owner_of(word)];
		add_runs(chain, thread, aw);
		/* Relaxed: guarded by graph_lock. */
		aw = atomic_load_explicit(
			&((struct thread *)thread)->blocked_on,
			memory_order_relaxed);
	} while (thread != self && !chain->more);
}

void deadlock_print(const struct chain *chain, const void *addr)
{
	struct out out = { .fd = STDERR_FILENO };
	struct line line = out_line(&out);
	struct snapshot s;

	line_text(&line, "await: cycle: ");
	for (uint32_t i = 0; i < chain->length; i++) {
		line_id(&line, await_core_id(chain->awaits[i]));
		line_text(&line, " -> ");
	}
	if (chain->more)
		line_text(&line, "... -> ");
	line_id(&line, await_core_id(chain->awaits[0]));
	line_text(&line, ", refused at ");
	line_code(&line, addr);
	out_end(&out, &line);
	s.descriptor.at = NULL;
	for (uint32_t i = 0; i < chain->length; i++) {
		if (snapshot_take(&s, chain->awaits[i]) != SNAPSHOT_TAKEN)
			continue;
		line = out_line(&out);
		line_text(&line, "await:    ");
		line_await(&line, &s);
		out_end(&out, &line);
	}
	out_flush(&out);
}
