/* SPDX-License-Identifier: MIT */
/*
 * Flame graphs: a line for each chain of runs, one in the function of the
 * other, and the ns of the last that no further run took. Chains are a tree, a
 * frame's data is its node there.
 */
#include "awaitctl/common/say.h"
#include "awaitctl/export/format.h"
#include "common/array.h"
#include "common/line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_SHOWN = 4096 };

struct chain {
	const char *name; /* of a function, or a process; the model's own */
	const struct lives_process *process; /* of one without parent */
	struct chain *parent;
	struct chain **children;
	size_t count, depth;
	size_t shown; /* of the children */
	uint64_t ns;
};

/* Of the one process, if there is no other, they need not be told apart. */
static struct chain *child_of(struct chain *parent, const char *name,
			      const struct lives_process *process)
{
	struct chain *chain;

	for (size_t i = 0; i < parent->count; i++)
		if (parent->children[i]->name == name &&
		    parent->children[i]->process == process)
			return parent->children[i];
	chain = must_calloc(1, sizeof(*chain));
	*chain = (struct chain){ .name = name,
				 .process = process,
				 .parent = parent,
				 .depth = parent->depth + 1 };
	parent->children = must(array_grow(parent->children, parent->count,
					   sizeof(struct chain *)));
	return parent->children[parent->count++] = chain;
}

static void begin(struct export *to)
{
	to->data = must_calloc(1, sizeof(struct chain));
}

/* Of the run around it, or of its process. */
static struct chain *parent_of(struct export *to, const struct track *track)
{
	struct chain *root = to->data;

	if (track->count > 1)
		return track->frames[track->count - 2].data;
	return to->findings->counted > 1 ?
		       child_of(root, "", track->thread->process) :
		       root;
}

static void opened(struct export *to, struct track *track, struct frame *frame,
		   const struct lives_change *by)
{
	(void)by;
	if (frame->kind == FRAME_RUN)
		frame->data = child_of(parent_of(to, track),
				       export_function(frame->site), NULL);
}

static void closed(struct export *to, struct track *track, struct frame *frame)
{
	struct chain *chain = frame->data;

	(void)to;
	(void)track;
	if (frame->kind == FRAME_RUN)
		chain->ns += (uint64_t)(frame->closed - frame->opened) -
			     frame->nested;
}

/* A semicolon is between names; the last space is before the number. */
static void put_name(const char *name, FILE *out)
{
	char shown[NAME_MAX_SHOWN];
	struct line line = line_begin(shown, sizeof(shown));

	line_printable(&line, name, strlen(name));
	line_end(&line);
	for (const char *at = shown; *at; at++) {
		if (*at == ';')
			fputs("\\x3b", out);
		else
			fputc(*at, out);
	}
}

static void put_chain(const struct export *to, const struct chain *chain)
{
	const struct chain **path = must_calloc(chain->depth, sizeof(*path));
	size_t depth = chain->depth;

	for (const struct chain *at = chain; at->parent; at = at->parent)
		path[at->depth - 1] = at;
	for (size_t i = 0; i < depth; i++) {
		char process[EXPORT_PROCESS_SIZE];

		fputs(i ? ";" : "", to->out);
		put_name(path[i]->process ?
				 export_process(to, path[i]->process, process) :
				 path[i]->name,
			 to->out);
	}
	fprintf(to->out, " %" PRIu64 "\n", chain->ns);
	free(path);
}

/* Runs, and so chains, may be deeper than functions here may call themselves.
 */
static void end(struct export *to)
{
	struct chain *chain = to->data;

	while (chain) {
		struct chain *parent = chain->parent;

		if (chain->shown == 0 && chain->ns)
			put_chain(to, chain);
		if (chain->shown < chain->count) {
			chain = chain->children[chain->shown++];
			continue;
		}
		free(chain->children);
		free(chain);
		chain = parent;
	}
}

const struct export_format format_folded = {
	.name = "folded",
	.by_thread = true,
	.begin = begin,
	.opened = opened,
	.closed = closed,
	.end = end,
};
