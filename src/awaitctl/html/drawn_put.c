/* SPDX-License-Identifier: MIT */
/*
 * See drawn_put.h. Awaits and spans are in the order of their beginnings; a
 * span refers to an await by its row, which is 1 for the first: 0 is none.
 */
#include "awaitctl/html/drawn_put.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/html/column.h"

#include <inttypes.h>
#include <stdlib.h>

/* How many bits each takes of a number of flags. */
enum { END_BITS = 2, STATE_BITS = 3 };

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_awaits(const void *left, const void *right)
{
	const struct drawn_await *a = left, *b = right;
	int rc = compare(a->begins, b->begins);

	return rc ? rc : compare((int64_t)a->number, (int64_t)b->number);
}

/* Of those that begin at once the longer one is around the other. */
static int compare_spans(const void *left, const void *right)
{
	const struct drawn_span *a = left, *b = right;
	int rc = compare(a->begins, b->begins);

	if (!rc)
		rc = compare(b->ends, a->ends);
	return rc ? rc : compare((int64_t)a->await, (int64_t)b->await);
}

static uint64_t since(int64_t begins, int64_t time)
{
	return time > begins ? (uint64_t)(time - begins) : 0;
}

enum { FLAG_CREATED = 1, FLAG_WAITED = 2, AWAIT_FLAGS = 2 };

static uint64_t await_flags(const struct drawn_await *one)
{
	uint64_t flags = (one->created ? FLAG_CREATED : 0) |
			 (one->waited ? FLAG_WAITED : 0);

	flags |= (uint64_t)one->end << AWAIT_FLAGS;
	return flags | (uint64_t)one->state << (AWAIT_FLAGS + END_BITS);
}

static const char *const await_columns[] = { "begin",	   "length", "slot",
					     "generation", "site",   "process",
					     "creator",	   "waited", "runs",
					     "hits",	   "flags" };

/* before: when the one before it began. */
static uint64_t await_value(size_t column, const struct drawn_await *one,
			    int64_t before)
{
	const uint64_t values[] = {
		since(before, one->begins),
		since(one->begins, one->ends),
		one->id & UINT32_MAX,
		one->id >> 32,
		one->site,
		one->process,
		one->creator,
		one->waited ? since(one->begins, one->waited_at) : 0,
		one->runs,
		one->hits,
		await_flags(one),
	};

	return values[column];
}

static void put_await_columns(const struct drawn *drawn, FILE *out)
{
	const struct drawn_await *all = (void *)drawn->awaits.items;
	const size_t count = sizeof(await_columns) / sizeof(*await_columns);

	for (size_t i = 0; i < count; i++) {
		struct column column = column_begin(await_columns[i], out);

		for (size_t k = 0; k < drawn->awaits.count; k++)
			column_put(&column, await_value(i, &all[k],
							k ? all[k - 1].begins :
							    drawn->begins));
		column_end(&column);
	}
}

/* Of those that have one: most have none. */
static void put_names(const struct drawn *drawn, FILE *out)
{
	const struct drawn_await *all = (void *)drawn->awaits.items;
	bool any = false;

	fputs(",\n\"names\": [", out);
	for (size_t i = 0; i < drawn->awaits.count; i++) {
		if (!all[i].name)
			continue;
		fprintf(out, "%s[%zu, ", any ? ", " : "", i + 1);
		json_put_string(all[i].name, out);
		fputc(']', out);
		any = true;
	}
	fputc(']', out);
}

enum {
	FLAG_SLEEPS = 1,
	FLAG_BEGIN_KNOWN = 2,
	FLAG_BY_START = 4,
	FLAG_WOKEN = 8,
	SPAN_FLAGS = 4
};

static uint64_t span_flags(const struct drawn_span *one)
{
	uint64_t flags = (one->sleeps ? FLAG_SLEEPS : 0) |
			 (one->begin_known ? FLAG_BEGIN_KNOWN : 0) |
			 (one->by_start ? FLAG_BY_START : 0) |
			 (one->woken ? FLAG_WOKEN : 0);

	flags |= (uint64_t)one->end << SPAN_FLAGS;
	return flags | (uint64_t)one->state << (SPAN_FLAGS + END_BITS);
}

static const char *const span_columns[] = { "begin",  "length", "await",
					    "within", "thread", "waker",
					    "woken",  "error",	"attempt",
					    "flags" };

/* rows: of awaits, by their numbers. */
static uint64_t span_value(size_t column, const struct drawn_span *one,
			   int64_t before, const uint32_t *rows)
{
	const uint64_t values[] = {
		since(before, one->begins),
		since(one->begins, one->ends),
		rows[one->await],
		rows[one->within],
		one->thread,
		one->waker,
		one->woken ? since(one->begins, one->woken_at) : 0,
		column_signed(one->error),
		one->attempt,
		span_flags(one),
	};

	return values[column];
}

static void put_span_columns(const struct drawn *drawn, const uint32_t *rows,
			     FILE *out)
{
	const struct drawn_span *all = (void *)drawn->spans.items;
	const size_t count = sizeof(span_columns) / sizeof(*span_columns);

	for (size_t i = 0; i < count; i++) {
		struct column column = column_begin(span_columns[i], out);
		int64_t before = drawn->begins;

		for (size_t k = 0; k < drawn->spans.count; k++) {
			if (!rows[all[k].await])
				continue;
			column_put(&column,
				   span_value(i, &all[k], before, rows));
			before = all[k].begins;
		}
		column_end(&column);
	}
}

/* Spans whose awaits are not drawn are not, either. */
static void put_spans(const struct drawn *drawn, FILE *out)
{
	const struct drawn_await *awaits = (void *)drawn->awaits.items;
	const struct drawn_span *spans = (void *)drawn->spans.items;
	uint32_t *rows = must_calloc(drawn->numbers + 1, sizeof(*rows));
	size_t count = 0;

	for (size_t i = 0; i < drawn->awaits.count; i++)
		rows[awaits[i].number] = (uint32_t)i + 1;
	for (size_t i = 0; i < drawn->spans.count; i++)
		count += rows[spans[i].await] != 0;
	fprintf(out, ",\n\"spans\": {\"count\": %zu, \"not_drawn\": %" PRIu64,
		count, drawn->spans.dropped + drawn->spans.count - count);
	put_span_columns(drawn, rows, out);
	fputc('}', out);
	free(rows);
}

static void put_chains(const struct chains *chains, FILE *out)
{
	fprintf(out, ",\n\"chains\": {\"folded\": %" PRIu64 ", \"nodes\": [",
		chains->folded);
	for (uint32_t i = 0; i < chains->count; i++) {
		const struct chain *chain = &chains->nodes[i];

		fprintf(out,
			"%s[%" PRIu32 ", %" PRIu32 ", %" PRIu64 ", %" PRIu64
			", %" PRIu64 "]",
			i ? ",\n" : "", chain->parent, chain->site, chain->runs,
			chain->unended, chain->self_ns);
	}
	fputs("]}", out);
}

static void put_waits(const struct waits *waits, FILE *out)
{
	fputs(",\n\"waits\": [", out);
	for (uint32_t i = 0; i < waits->count; i++) {
		const struct wait_edge *edge = waits->edges[i];

		fprintf(out,
			"%s[%" PRIu32 ", %" PRIu32 ", %" PRIu64 ", %" PRIu64
			", %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64 "]",
			i ? ",\n" : "", edge->from, edge->site, edge->hits,
			edge->runs, edge->others, edge->sleeps, edge->slept_ns,
			edge->refused);
	}
	fputc(']', out);
}

static void put_sites(const struct numbered *sites, FILE *out)
{
	fputs(",\n\"sites\": [", out);
	for (uint32_t i = 0; i < sites->count; i++) {
		const struct lives_site *site = sites->items[i];

		fputs(i ? ",\n{\"function\": " : "{\"function\": ", out);
		json_put_string(site->function->name, out);
		json_put_member("type", site->function->type, out);
		if (site->file) {
			json_put_member("file", site->file, out);
			fprintf(out, ", \"line\": %" PRIu32, site->line);
		}
		fputc('}', out);
	}
	fputc(']', out);
}

static void put_threads(struct places *places, FILE *out)
{
	fputs(",\n\"threads\": [", out);
	for (uint32_t i = 0; i < places->threads.count; i++) {
		const struct lives_thread *thread = places->threads.items[i];

		fprintf(out,
			"%s{\"process\": %" PRIu32 ", \"thread\": %" PRId64 "}",
			i ? ",\n" : "", places_process(places, thread->process),
			thread->tid);
	}
	fputs("],\n\"processes\": [", out);
	for (uint32_t i = 0; i < places->processes.count; i++) {
		const struct lives_process *one = places->processes.items[i];

		fprintf(out, "%s{\"pid\": %" PRId64, i ? ",\n" : "", one->vpid);
		json_put_member("host", one->host, out);
		json_put_member("name", one->name ? one->name : "", out);
		fputc('}', out);
	}
	fputc(']', out);
}

void drawn_put(struct drawn *drawn, FILE *out)
{
	longest_sort(&drawn->awaits, compare_awaits);
	longest_sort(&drawn->spans, compare_spans);
	fprintf(out,
		",\n\"begin_ns\": \"%" PRId64 "\", \"length_ns\": %" PRIu64,
		drawn->begins, since(drawn->begins, drawn->ends));
	put_sites(&drawn->places.sites, out);
	put_threads(&drawn->places, out);
	fprintf(out, ",\n\"awaits\": {\"count\": %zu, \"not_drawn\": %" PRIu64,
		drawn->awaits.count, drawn->awaits.dropped);
	put_await_columns(drawn, out);
	put_names(drawn, out);
	fputc('}', out);
	put_spans(drawn, out);
	put_chains(&drawn->chains, out);
	put_waits(&drawn->waits, out);
}
