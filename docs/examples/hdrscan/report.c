/* SPDX-License-Identifier: MIT */
/*
 * The report: what the awaits hold when all roots have been waited for. It
 * looks at states and peeks at values, and so runs nothing: what no root
 * needed stays pending.
 */
#include "header.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const struct header *header;
	struct scan scan; /* borrowed from the await */
};

struct totals {
	size_t files;
	size_t missing;
	size_t pending;
	size_t strays; /* files that the walk did not find */
	uint64_t bytes;
};

/* The heaviest first; by name where the weight is the same. */
static int compare(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->scan.bytes != right->scan.bytes)
		return left->scan.bytes < right->scan.bytes ? 1 : -1;
	return strcmp(left->header->path, right->header->path);
}

/* Fills one row per header that was read; rows has room for all. */
static void collect(struct row *rows, struct totals *totals, size_t found)
{
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct header *header = catalog_header(i);
		struct row *row = &rows[totals->files];

		totals->strays += i >= found && header->path[0] != '<';
		switch (await_state(header->await)) {
		case AWAIT_RESOLVED:
			row->header = header;
			await_peek(header->await, &row->scan);
			totals->files++;
			totals->bytes += header->size;
			break;
		case AWAIT_FAILED:
			totals->missing++;
			break;
		default:
			totals->pending++;
		}
	}
}

static void line(const char *label, uint64_t number, const char *remark)
{
	printf("%-13s %10" PRIu64 "  %s\n", label, number, remark);
}

/* Relaxed: the threads that counted have been joined. */
static size_t load(_Atomic(size_t) *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void print_totals(const struct totals *totals, size_t found)
{
	size_t waits = load(&scan_counts.waits);
	size_t failures = load(&scan_counts.failures);
	size_t cycles = load(&scan_counts.cycles);

	line("found", found, "headers along the include path, an await each");
	line("never waited", totals->pending, "of them: pending, not opened");
	line("strays", totals->strays, "more files, met on the way");
	line("files", totals->files, "read, once each");
	line("bytes", totals->bytes, "in them");
	line("missing", totals->missing,
	     "headers: no such file, or unreadable");
	line("computed", load(&scan_counts.computed),
	     "#include MACRO: skipped");
	line("waits", waits, "for roots and for what headers include");
	line("  cached", waits - totals->files - failures - cycles,
	     "found the value, or another thread at it");
	line("  failed", failures,
	     "for missing headers, tried again each time");
	line("weighed", load(&scan_counts.weighed),
	     "cached hits: each header of a set was asked its size");
	line("cycles cut", cycles, "waits that would have closed a circle");
	if (cycles)
		printf("\nWhere a circle is cut depends on which header was "
		       "waited for first: with -j N\nthe rows and the cycles "
		       "cut may differ; files, bytes and missing are the "
		       "same.\n");
}

int report_print(size_t rows, size_t found)
{
	struct row *all = calloc(catalog_count() + 1, sizeof(*all));
	struct totals totals = { 0 };

	if (!all)
		return -ENOMEM;
	collect(all, &totals, found);
	qsort(all, totals.files, sizeof(*all), compare);
	if (rows)
		printf("%7s %12s %6s  header\n", "files", "bytes", "depth");
	for (size_t i = 0; i < rows && i < totals.files; i++)
		printf("%7zu %12" PRIu64 " %6u  %s\n", all[i].scan.files,
		       all[i].scan.bytes, all[i].scan.depth,
		       all[i].header->path);
	if (rows)
		printf("\n");
	print_totals(&totals, found);
	free(all);
	return 0;
}
