/* SPDX-License-Identifier: MIT */
/*
 * Every await of the process: await_dump().
 *
 * It walks the slabs while others create and destroy, perhaps where the process
 * has just crashed. So a slab's header is copied and checked before it is
 * believed: a damaged list ends the walk, with a line that says so, and not the
 * process.
 */
#include "libawait/inspect/describe.h"

#include <await/inspect.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

void out_flush(struct out *out)
{
	const char *at = out->buffer;

	while (out->used > 0 && out->rc == 0) {
		ssize_t n = write(out->fd, at, out->used);

		if (n >= 0) {
			at += n;
			out->used -= (size_t)n;
		} else if (errno != EINTR) {
			out->rc = -errno;
		}
	}
	out->used = 0;
}

struct line out_line(struct out *out)
{
	if (sizeof(out->buffer) - out->used < LINE_SIZE)
		out_flush(out);
	return (struct line){
		.at = out->buffer + out->used,
		.end = out->buffer + out->used + LINE_SIZE - 1,
	};
}

void out_end(struct out *out, struct line *line)
{
	if (line->length > LINE_SIZE - 1)
		memcpy(line->end - 3, "...", 3);
	*line->at = '\n';
	out->used = (size_t)(line->at + 1 - out->buffer);
}

/* --- the walk --- */

static bool slab_is_sound(const struct slab *slab)
{
	return slab->magic == SLAB_MAGIC && slab->slot_size >= 32 &&
	       slab->slot_size % 32 == 0 && slab->first_slot < SLAB_SIZE &&
	       slab->first_slot + (uint64_t)slab->count * slab->slot_size <=
		       slab->size;
}

void walk_all(struct walk *walk, int fd, void (*visit)(struct walk *, void *),
	      void *data)
{
	/* Acquire: partner of the release in slab_new(). */
	const struct slab *at =
		atomic_load_explicit(&await_slabs, memory_order_acquire);
	struct slab slab;

	/* Field by field: most of it need not be cleared. */
	walk->out.fd = fd;
	walk->out.rc = 0;
	walk->out.used = 0;
	walk->changing = 0;
	walk->snapshot.descriptor.at = NULL;
	for (; at && walk->out.rc == 0; at = slab.next) {
		const char *slot = (const char *)at;

		if (!peek_all(&slab, at, sizeof(slab)) ||
		    !slab_is_sound(&slab)) {
			struct line line = out_line(&walk->out);

			line_text(&line, "await: the slab list is damaged at ");
			line_hex(&line, (uintptr_t)at);
			out_end(&walk->out, &line);
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

/* --- await_dump() --- */

static void dump_one(struct walk *walk, void *data)
{
	struct line line = out_line(&walk->out);
	uint64_t *counts = data;

	line_await(&line, &walk->snapshot);
	out_end(&walk->out, &line);
	counts[state_of(walk->snapshot.word)]++;
}

static void dump_counts(struct walk *walk, const uint64_t counts[STATES])
{
	struct line line = out_line(&walk->out);
	const char *before = ": ";
	uint64_t all = 0;

	for (unsigned i = 0; i < STATES; i++)
		all += counts[i];
	line_unsigned(&line, all);
	line_text(&line, all == 1 ? " await" : " awaits");
	for (unsigned i = 0; i < STATES; i++) {
		if (counts[i] == 0)
			continue;
		line_text(&line, before);
		line_unsigned(&line, counts[i]);
		line_char(&line, ' ');
		line_text(&line, state_name((enum await_state)i));
		before = ", ";
	}
	if (walk->changing > 0) {
		line_text(&line, before);
		line_unsigned(&line, walk->changing);
		line_text(&line, " changing, not shown");
	}
	out_end(&walk->out, &line);
}

EXPORT int await_dump(int fd)
{
	struct walk walk;
	uint64_t counts[STATES] = { 0 };
	int error = errno;

	walk_all(&walk, fd, dump_one, counts);
	dump_counts(&walk, counts);
	out_flush(&walk.out);
	errno = error;
	return walk.out.rc;
}
