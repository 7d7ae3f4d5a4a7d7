/* SPDX-License-Identifier: MIT */
/*
 * The walk over all slabs, while others create and destroy, perhaps where the
 * process has just crashed. So a slab's header is copied and checked before it
 * is believed: a damaged list ends the walk, with a line that says so, and not
 * the process.
 */
#include "libawait/inspect/walk.h"

#include "libawait/core/slab.h"
#include "libawait/inspect/peek.h"

void walk_all(struct walk *walk, int fd, void (*visit)(struct walk *, void *),
	      void *data)
{
	/* Acquire: partner of the release in slab_new(). */
	const struct slab *at =
		atomic_load_explicit(&await_slabs, memory_order_acquire);
	struct slab slab;

	/* Set field by field: most of it need not be cleared. */
	walk->out.fd = fd;
	walk->out.rc = 0;
	walk->out.used = 0;
	walk->changing = 0;
	walk->damaged = false;
	walk->snapshot.descriptor.at = NULL;
	for (; at && walk->out.rc == 0; at = slab.next) {
		const char *slot = (const char *)at;

		if (!peek_all(&slab, at, sizeof(slab)) ||
		    !slab_is_believed(&slab)) {
			struct line line = out_line(&walk->out);

			line_text(&line, "await: the slab list is damaged at ");
			line_hex(&line, (uintptr_t)at);
			out_end(&walk->out, &line);
			walk->damaged = true;
			return;
		}
		slot += slab.first_slot;
		for (; slab.count > 0 && walk->out.rc == 0; slab.count--) {
			switch (snapshot_take(&walk->snapshot,
					      (const void *)slot)) {
			case SNAPSHOT_FREE:
				break;
			case SNAPSHOT_CHANGING:
				walk->changing++;
				break;
			case SNAPSHOT_TAKEN:
				visit(walk, data);
				break;
			}
			slot += slab.slot_size;
		}
	}
}
