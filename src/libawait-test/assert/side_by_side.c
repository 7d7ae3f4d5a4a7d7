/* SPDX-License-Identifier: MIT */
/*
 * Aligns two lists as diff does: into pairs that agree, pairs that nearly
 * agree, and elements without a partner, so that the sum of the differences is
 * least.
 *
 * Elements that agree at both ends are paired at once. For those in between, a
 * table has the best first step of each pair of tails. If that table would have
 * more than CELLS entries, only the first part of the lists is aligned.
 */
#include "libawait-test/assert/side_by_side.h"

#include "common/assert.h"

#include <stdlib.h>

#define CELLS (4u << 20)
#define CONTEXT 3 /* rows that agree around one that does not */
#define ROWS 40	  /* printed at most */
#define WIDTH 44
#define ALONE 2u /* the cost of a row with one side only */

struct row {
	size_t expected, happened; /* NO_INDEX: no element */
	bool differs;
};

struct aligned {
	const struct side_by_side *lists;
	size_t head, tail;  /* rows that agree at the ends */
	size_t left, right; /* elements in the table, after head */
	bool cut;	    /* the table leaves some out */
	unsigned char *steps;
	struct row *rows;
	size_t count;
};

enum step { PAIR, LEFT, RIGHT };

static unsigned differ(const struct aligned *aligned, size_t left, size_t right)
{
	return aligned->lists->differ(aligned->lists, aligned->head + left,
				      aligned->head + right);
}

static void measure(struct aligned *aligned)
{
	const struct side_by_side *lists = aligned->lists;
	size_t least = lists->expected < lists->happened ? lists->expected :
							   lists->happened;

	while (aligned->head < least &&
	       lists->differ(lists, aligned->head, aligned->head) == 0)
		aligned->head++;
	while (aligned->tail < least - aligned->head &&
	       lists->differ(lists, lists->expected - aligned->tail - 1,
			     lists->happened - aligned->tail - 1) == 0)
		aligned->tail++;
	aligned->left = lists->expected - aligned->head - aligned->tail;
	aligned->right = lists->happened - aligned->head - aligned->tail;
	if (aligned->left >= CELLS / 2048) {
		aligned->left = CELLS / 2048 - 1;
		aligned->cut = true;
	}
	if (aligned->right >= CELLS / (aligned->left + 1)) {
		aligned->right = CELLS / (aligned->left + 1) - 1;
		aligned->cut = true;
	}
	if (aligned->cut)
		aligned->tail = 0;
}

/* below: the costs of the tails that begin one further left; row: of these. */
static void fill_row(struct aligned *aligned, size_t left,
		     const unsigned *below, unsigned *row)
{
	unsigned char *steps = aligned->steps + left * (aligned->right + 1);

	for (size_t right = aligned->right; right-- > 0;) {
		unsigned differs = differ(aligned, left, right);
		/* Hardly worse than two elements without a partner, so that
		 * the order of the lists decides. */
		unsigned pair = differs == 0  ? 0 :
				differs < FAR ? 1 + (differs + 1) / 2 :
						FAR + 1;

		row[right] = below[right + 1] + pair;
		steps[right] = PAIR;
		if (below[right] + ALONE < row[right]) {
			row[right] = below[right] + ALONE;
			steps[right] = LEFT;
		}
		if (row[right + 1] + ALONE < row[right]) {
			row[right] = row[right + 1] + ALONE;
			steps[right] = RIGHT;
		}
	}
}

static bool fill(struct aligned *aligned)
{
	size_t width = aligned->right + 1;
	unsigned *below = malloc(2 * width * sizeof(*below));
	unsigned *row = below ? below + width : NULL, *first = below;

	aligned->steps = malloc((aligned->left + 1) * width);
	aligned->rows = malloc((aligned->left + width) * sizeof(struct row));
	if (!below || !aligned->steps || !aligned->rows) {
		free(below);
		return false;
	}
	for (size_t right = 0; right < width; right++)
		below[right] = (unsigned)(aligned->right - right) * ALONE;
	for (size_t left = aligned->left; left-- > 0;) {
		unsigned *next = below;

		row[aligned->right] = (unsigned)(aligned->left - left) * ALONE;
		fill_row(aligned, left, below, row);
		below = row;
		row = next;
	}
	free(first);
	return true;
}

static void walk(struct aligned *aligned)
{
	size_t left = 0, right = 0;

	while (left < aligned->left || right < aligned->right) {
		struct row *row = &aligned->rows[aligned->count++];
		enum step step =
			left == aligned->left ?
				RIGHT :
			right == aligned->right ?
				LEFT :
				aligned->steps[left * (aligned->right + 1) +
					       right];

		row->differs = step != PAIR || differ(aligned, left, right);
		ASSERT(aligned->count <= aligned->left + aligned->right);
		row->expected = row->happened = NO_INDEX;
		if (step != RIGHT)
			row->expected = aligned->head + left++;
		if (step != LEFT)
			row->happened = aligned->head + right++;
	}
}

static struct row row_at(const struct aligned *aligned, size_t at)
{
	size_t middle = at - aligned->head, after;

	if (at < aligned->head)
		return (struct row){ at, at, false };
	if (middle < aligned->count)
		return aligned->rows[middle];
	after = aligned->tail - (middle - aligned->count);
	return (struct row){ aligned->lists->expected - after,
			     aligned->lists->happened - after, false };
}

static void add_left(struct text *text, const struct side_by_side *lists,
		     struct row row)
{
	if (row.expected == NO_INDEX)
		text_add(text, "(nothing)");
	else
		lists->left(lists, row.expected, text);
}

static void print_row(struct text *text, const struct side_by_side *lists,
		      struct row row, int width)
{
	char left[256] = "";
	struct text expected = { left, sizeof(left), 0, text->trace };

	add_left(&expected, lists, row);
	text_add(text, "\n  %s %-*s  ", row.differs ? ">" : " ", width, left);
	if (row.happened == NO_INDEX)
		text_add(text, "(nothing)");
	else
		lists->right(lists, row.happened, text);
}

/* Whether a row that differs is within CONTEXT. */
static bool shown(const struct aligned *aligned, size_t at, size_t total)
{
	size_t first = at > CONTEXT ? at - CONTEXT : 0;

	for (; first <= at + CONTEXT && first < total; first++) {
		if (row_at(aligned, first).differs)
			return true;
	}
	return false;
}

static void print_skipped(struct text *text, size_t skipped)
{
	if (skipped > 0)
		text_add(text, "\n    ... %zu event%s as expected", skipped,
			 skipped == 1 ? "" : "s");
}

/* The width of the left column, by the rows that are printed. */
static int width_of(const struct aligned *aligned, size_t total,
		    const struct await_trace *trace)
{
	size_t width = sizeof("expected") - 1, printed = 0;

	for (size_t at = 0; at < total && printed < ROWS; at++) {
		char left[WIDTH + 1] = "";
		struct text text = { left, sizeof(left), 0, trace };

		if (!shown(aligned, at, total))
			continue;
		add_left(&text, aligned->lists, row_at(aligned, at));
		width = text.used > width ? text.used : width;
		printed++;
	}
	return (int)width;
}

static void print(struct text *text, const struct aligned *aligned)
{
	size_t total = aligned->head + aligned->count + aligned->tail;
	size_t skipped = 0, printed = 0;
	int width = width_of(aligned, total, text->trace);

	text_add(text, "\n    %-*s  %s", width, "expected", "happened");
	for (size_t at = 0; at < total && printed < ROWS; at++) {
		if (!shown(aligned, at, total)) {
			skipped++;
			continue;
		}
		print_skipped(text, skipped);
		skipped = 0;
		print_row(text, aligned->lists, row_at(aligned, at), width);
		if (++printed == ROWS && at + 1 < total)
			text_add(text, "\n    ... %zu more rows",
				 total - at - 1);
	}
	print_skipped(text, skipped);
	if (aligned->cut)
		text_add(text, "\n    ... the rest was not compared");
}

bool side_by_side_add(struct text *text, const struct side_by_side *lists)
{
	struct aligned aligned = { .lists = lists };
	bool filled;

	measure(&aligned);
	filled = fill(&aligned);
	if (filled) {
		walk(&aligned);
		print(text, &aligned);
	}
	free(aligned.steps);
	free(aligned.rows);
	return filled;
}
