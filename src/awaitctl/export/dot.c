/* SPDX-License-Identifier: MIT */
/*
 * For Graphviz: sites at which awaits are created, and arrows between them: who
 * creates, and who waits for whom. It is as large as there are sites, and pairs
 * of them, however long the trace is; those of several processes are one.
 */
#include "awaitctl/common/say.h"
#include "awaitctl/export/format.h"
#include "common/array.h"
#include "common/printable.h"
#include "lives/alive.h"

#include <await/core.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Names are the model's own: the same have the same address. */
struct key {
	const char *function, *type, *file;
	uint32_t line;
};

struct node {
	struct key key;
	size_t index;
	uint64_t created, runs, failed, unfinished;
};

struct edge {
	const struct node *from, *to;
	uint64_t created, waits, blocked, asleep;
};

struct graph {
	struct table by_key, by_ends;
	struct node **nodes;
	struct edge **edges;
	size_t node_count, edge_count;
};

/* Whose awaits are created, or waited for, in no await's run; and in which is
 * not known. */
static const char outside[] = "(no await)", unknown[] = "(not known)";

static bool same_node(const void *item, const void *key)
{
	const struct key *a = &((const struct node *)item)->key, *b = key;

	return a->function == b->function && a->type == b->type &&
	       a->file == b->file && a->line == b->line;
}

static struct node *node_of(struct graph *graph, struct key key)
{
	uint64_t hash = hash_number(0, (uintptr_t)key.function);
	struct node *node;
	void **place;

	hash = hash_number(hash, (uintptr_t)key.type);
	hash = hash_number(hash, (uintptr_t)key.file);
	hash = hash_number(hash, key.line);
	place = must(table_place(&graph->by_key, hash, same_node, &key));
	if (*place)
		return *place;
	*place = node = must_calloc(1, sizeof(*node));
	node->key = key;
	node->index = graph->node_count;
	graph->nodes = must(array_grow(graph->nodes, graph->node_count,
				       sizeof(struct node *)));
	return graph->nodes[graph->node_count++] = node;
}

static struct node *node_of_site(struct graph *graph,
				 const struct lives_site *site)
{
	struct key key = { .function = unknown };

	if (site)
		key = (struct key){ site->function->name, site->function->type,
				    site->file, site->file ? site->line : 0 };
	return node_of(graph, key);
}

/* In whose run that is done; the thread's, if the change does not say. */
static struct node *node_within(struct export *to, const struct track *track,
				const struct lives_change *change)
{
	struct graph *graph = to->data;
	struct key key = { .function = unknown };
	const struct lives_await *await;
	size_t runs = track ? track_runs(track) : 0;

	if (!change->within_known && runs)
		return node_of_site(graph, track->frames[runs - 1].site);
	if (!change->within_known)
		return node_of(graph, key);
	if (!change->within) {
		key.function = outside;
		return node_of(graph, key);
	}
	await = alive_find(to->lives, change->await->process, change->within);
	return node_of_site(graph, await ? await->site : NULL);
}

static bool same_edge(const void *item, const void *key)
{
	const struct edge *a = item, *b = key;

	return a->from == b->from && a->to == b->to;
}

static struct edge *edge_to(struct export *to, const struct track *track,
			    const struct lives_change *change)
{
	struct graph *graph = to->data;
	struct edge *edge;
	const struct edge key = {
		.from = node_within(to, track, change),
		.to = node_of_site(graph, change->await->site),
	};
	uint64_t hash = hash_number((uintptr_t)key.from, (uintptr_t)key.to);
	void **place =
		must(table_place(&graph->by_ends, hash, same_edge, &key));

	if (*place)
		return *place;
	*place = edge = must_calloc(1, sizeof(*edge));
	*edge = key;
	graph->edges = must(array_grow(graph->edges, graph->edge_count,
				       sizeof(struct edge *)));
	return graph->edges[graph->edge_count++] = edge;
}

static void begin(struct export *to)
{
	to->data = must_calloc(1, sizeof(struct graph));
}

static void end_run(struct node *node, const struct lives_change *change)
{
	node->failed +=
		change->end == ENDED_SEEN && change->state != AWAIT_RESOLVED;
	node->unfinished += change->end == ENDED_BY_TRACE;
}

static void end_sleep(struct edge *edge, const struct lives_change *change)
{
	if (change->end == ENDED_SEEN && change->began_known)
		edge->blocked += (uint64_t)(change->time - change->began);
	edge->asleep += change->end == ENDED_BY_TRACE;
}

/* A wait that made a run which was cancelled has been counted by that. */
static bool is_wait(const struct lives_change *change)
{
	return change->kind == CHANGE_HIT ||
	       (change->kind == CHANGE_RUN_BEGAN && !change->by_start) ||
	       (change->kind == CHANGE_WAIT_ENDED &&
		(change->error != -ECANCELED ||
		 change->state != AWAIT_RESOLVED));
}

static void take(struct export *to, struct track *track,
		 const struct lives_change *change)
{
	struct graph *graph = to->data;
	const struct lives_site *site = change->await->site;

	if (is_wait(change))
		edge_to(to, track, change)->waits++;
	if (change->kind == CHANGE_CREATED) {
		node_of_site(graph, site)->created++;
		edge_to(to, track, change)->created++;
	} else if (change->kind == CHANGE_RUN_BEGAN) {
		node_of_site(graph, site)->runs++;
	} else if (change->kind == CHANGE_RUN_ENDED) {
		end_run(node_of_site(graph, site), change);
	} else if (change->kind == CHANGE_SLEEP_ENDED) {
		end_sleep(edge_to(to, track, change), change);
	}
}

/* --- the file --- */

static void put_text(const char *text, FILE *out)
{
	char shown[PRINTABLE_SIZE(EXPORT_NAME_SIZE)];

	printable_copy(shown, sizeof(shown), text);
	for (const char *at = shown; *at; at++) {
		if (*at == '"' || *at == '\\')
			fputc('\\', out);
		fputc(*at, out);
	}
}

static void put_node(const struct node *node, FILE *out)
{
	bool none =
		node->key.function == outside || node->key.function == unknown;

	fprintf(out, "\tn%zu [label=\"", node->index);
	put_text(node->key.function, out);
	if (node->key.file) {
		fputs("\\n", out);
		put_text(node->key.file, out);
		fprintf(out, ":%" PRIu32, node->key.line);
	}
	if (!none)
		fprintf(out,
			"\\n%" PRIu64 " created, %" PRIu64 " runs, %" PRIu64
			" failed",
			node->created, node->runs, node->failed);
	if (node->unfinished)
		fprintf(out, "\\n%" PRIu64 " still running", node->unfinished);
	fprintf(out, "\"%s%s];\n", none ? ", shape=plaintext" : "",
		node->unfinished ? ", color=red, penwidth=2" : "");
}

static void put_creates(const struct edge *edge, FILE *out)
{
	fprintf(out,
		"\tn%zu -> n%zu [label=\"creates %" PRIu64
		"\", style=dashed, color=gray50];\n",
		edge->from->index, edge->to->index, edge->created);
}

static void put_waits(const struct edge *edge, FILE *out)
{
	fprintf(out, "\tn%zu -> n%zu [label=\"%" PRIu64 " waits",
		edge->from->index, edge->to->index, edge->waits);
	if (edge->blocked)
		fprintf(out, "\\nblocked %" PRIu64 ".%06" PRIu64 " ms",
			edge->blocked / 1000000, edge->blocked % 1000000);
	if (edge->asleep)
		fprintf(out, "\\n%" PRIu64 " still asleep", edge->asleep);
	fprintf(out, "\"%s];\n", edge->asleep ? ", color=red, penwidth=2" : "");
}

static void end(struct export *to)
{
	struct graph *graph = to->data;

	fputs("digraph awaits {\n\trankdir=LR;\n\tnode [shape=box];\n",
	      to->out);
	for (size_t i = 0; i < graph->node_count; i++)
		put_node(graph->nodes[i], to->out);
	for (size_t i = 0; i < graph->edge_count; i++) {
		struct edge *edge = graph->edges[i];

		if (edge->created)
			put_creates(edge, to->out);
		if (edge->waits || edge->blocked || edge->asleep)
			put_waits(edge, to->out);
		free(edge);
	}
	fputs("}\n", to->out);
	for (size_t i = 0; i < graph->node_count; i++)
		free(graph->nodes[i]);
	free(graph->nodes);
	free(graph->edges);
	table_free(&graph->by_key);
	table_free(&graph->by_ends);
	free(graph);
}

const struct export_format format_dot = {
	.name = "dot",
	.begin = begin,
	.change = take,
	.end = end,
};
