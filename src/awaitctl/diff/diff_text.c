/* SPDX-License-Identifier: MIT */
/* See diff_text.h. */
#include "awaitctl/diff/diff_text.h"

#include "awaitctl/common/text_table.h"
#include "awaitctl/diff/counterpart.h"
#include "awaitctl/diff/doubtful.h"
#include "awaitctl/report/cells.h"
#include "common/printable.h"

#include <inttypes.h>
#include <stdlib.h>

static const char letters[2] = { 'A', 'B' };

struct doubt {
	FILE *out;
	char letter;
};

static void print_doubt(void *data, const char *name, const char *text)
{
	const struct doubt *doubt = data;

	(void)name;
	fprintf(doubt->out, "%c: ", doubt->letter);
	printable_put(text, doubt->out);
	fputc('\n', doubt->out);
}

static void count(const struct run *run, size_t *processes, size_t *awaits,
		  size_t *waits)
{
	*processes = *awaits = *waits = 0;
	for (size_t i = 0; i < run->process_count; i++)
		*processes += run->processes[i].compared;
	for (size_t i = 0; i < run->await_count; i++)
		*awaits += run_compares(run, &run->awaits[i]);
	for (size_t i = 0; i < run->thread_count; i++)
		if (run->processes[run->threads[i]->process].compared)
			*waits += run->threads[i]->count;
}

static void print_heading(const struct comparison *comparison, FILE *out)
{
	for (int of = 0; of < 2; of++) {
		const struct run *run = &comparison->run[of];
		size_t processes, awaits, waits;

		count(run, &processes, &awaits, &waits);
		fprintf(out, "%c: ", letters[of]);
		printable_put(run->directory, out);
		fprintf(out, " (processes: %zu, awaits: %zu, waits: %zu)\n",
			processes, awaits, waits);
	}
	for (int of = 0; of < 2; of++) {
		struct doubt doubt = { out, letters[of] };
		const struct findings *findings = &comparison->run[of].findings;
		size_t left_out =
			findings->lives.process_count - findings->counted;

		doubtful_find(comparison, of, print_doubt, &doubt);
		if (findings->filtered) {
			fprintf(out, "%c: Filter: ", letters[of]);
			printable_put(findings->filtered->text, out);
			fputc('\n', out);
		}
		if (left_out)
			fprintf(out,
				"%c: Left out, as of other programs: %zu "
				"processes; see --all\n",
				letters[of], left_out);
	}
}

static void print_verdict(const struct comparison *comparison, FILE *out)
{
	size_t differ = 0, unknown = 0;

	for (size_t i = 0; i < comparison->pair_count; i++) {
		differ += comparison->pairs[i].verdict == VERDICT_DIFFERS;
		unknown += comparison->pairs[i].verdict == VERDICT_UNKNOWN;
	}
	fputs("\nOrder of waits: ", out);
	if (differ)
		fprintf(out, "DIFFERS in %zu of %zu threads\n", differ,
			comparison->pair_count);
	else if (comparison->verdict == VERDICT_SAME)
		fprintf(out, "the same in %zu threads\n",
			comparison->pair_count);
	else
		fprintf(out, "UNKNOWN in %zu of %zu threads\n", unknown,
			comparison->pair_count);
}

static bool differs(const struct thread_pair *pair)
{
	return pair->order.moved || pair->order.only_a || pair->order.only_b;
}

static void add_thread(struct text_table *table,
		       const struct run_thread *thread)
{
	const struct lives_process *process;

	if (!thread) {
		text_table_add(table, "none");
		return;
	}
	process = thread->thread->process;
	text_table_add(table, "%" PRId64 " of %s", thread->thread->tid,
		       process->name ? process->name : "?");
}

static void print_pairs(const struct comparison *comparison, size_t most,
			FILE *out)
{
	static const char *const heads[] = { "THREAD IN A", "THREAD IN B",
					     "WAITS",	    "WAITS",
					     "SAME",	    "MOVED",
					     "ONLY IN A",   "ONLY IN B" };
	struct text_table table = { .align = "llrrrrrr" };
	size_t shown = 0, all = 0;

	cell_heads(&table, heads, 8);
	for (size_t i = 0; i < comparison->pair_count; i++) {
		const struct thread_pair *pair = &comparison->pairs[i];

		if (!differs(pair) || ++all > most)
			continue;
		shown++;
		add_thread(&table, pair->a);
		add_thread(&table, pair->b);
		text_table_add(&table, "%zu", pair->a ? pair->a->count : 0);
		text_table_add(&table, "%zu", pair->b ? pair->b->count : 0);
		text_table_add(&table, "%zu", pair->order.same);
		text_table_add(&table, "%zu", pair->order.moved);
		text_table_add(&table, "%zu", pair->order.only_a);
		text_table_add(&table, "%zu", pair->order.only_b);
	}
	if (!shown) {
		text_table_free(&table);
		return;
	}
	fputc('\n', out);
	text_table_print(&table, out);
	if (all > shown)
		fprintf(out, "and %zu more: see -n\n", all - shown);
}

static void add_site(struct text_table *table, const struct lives_site *site)
{
	if (site)
		cell_site(table, site);
	else
		text_table_add(table, "(not recorded)");
	text_table_add(table, "%s", site ? site->function->name : "(unknown)");
}

static void add_nothing(struct text_table *table, int cells)
{
	while (cells-- > 0)
		text_table_add(table, "%s", "");
}

static void add_nth(struct text_table *table, const struct run_await *await)
{
	if (await->did & DID_CREATE)
		text_table_add(table, "%" PRIu32, await->nth);
	else
		text_table_add(table, "?");
}

static void add_counterpart(struct text_table *table, struct counterpart found)
{
	static const char *const texts[] = {
		[AT_OTHER] = "other thread", [AT_NEVER] = "never",
		[AT_NOT_MADE] = "not made",  [AT_NOT_YET] = "not yet",
		[AT_UNKNOWN] = "?",
	};

	if (found.what == AT_PLACE)
		text_table_add(table, "%zu", found.place + 1);
	else
		text_table_add(table, "%s", texts[found.what]);
}

static void add_wait(struct text_table *table,
		     const struct comparison *comparison,
		     const struct thread_pair *pair, int of, size_t at)
{
	const struct run *run = &comparison->run[of];
	const struct run_thread *thread = of ? pair->b : pair->a;
	const struct run_await *await;

	if (!thread || at >= thread->count) {
		add_nothing(table, 4);
		return;
	}
	await = &run->awaits[thread->waits[at]];
	add_site(table, await->site == RUN_NONE ?
				NULL :
				run->sites[await->site]->site);
	add_nth(table, await);
	add_counterpart(table, counterpart_of(comparison, pair, of, at));
}

/* The waits before and behind the first difference, on both sides. */
static void print_waits(const struct comparison *comparison,
			const struct thread_pair *pair, FILE *out)
{
	static const char *const heads[] = {
		"", "WAIT",	     "A: CREATED AT", "FUNCTION", "NTH", "IN B",
		"", "B: CREATED AT", "FUNCTION",      "NTH",	  "IN A"
	};
	struct text_table table = { .align = "lrllrrlllrr" };
	size_t same = pair->order.same;
	size_t at = same > CONTEXT ? same - CONTEXT : 0;
	size_t a = pair->a ? pair->a->count : 0;
	size_t b = pair->b ? pair->b->count : 0;

	cell_heads(&table, heads, 11);
	for (; at <= same + CONTEXT && (at < a || at < b); at++) {
		text_table_add(&table, "%s", at == same ? ">" : "");
		text_table_add(&table, "%zu", at + 1);
		add_wait(&table, comparison, pair, 0, at);
		text_table_add(&table, "%s", at < same ? "=" : "|");
		add_wait(&table, comparison, pair, 1, at);
	}
	fputc('\n', out);
	text_table_print(&table, out);
}

static void print_differences(const struct comparison *comparison, size_t most,
			      FILE *out)
{
	size_t shown = 0;

	print_pairs(comparison, most, out);
	for (size_t i = 0; i < comparison->pair_count && shown < most; i++)
		if (differs(&comparison->pairs[i])) {
			print_waits(comparison, &comparison->pairs[i], out);
			shown++;
		}
}

static void add_count(struct text_table *table,
		      const struct comparison *comparison,
		      const struct alone *alone, int of)
{
	text_table_add(table, "%" PRIu64 "%s", alone->count[of],
		       alone->count[of] && !alone->known[of] ? "?" : "");
	if (alone->count[of])
		add_nth(table, &comparison->run[of].awaits[alone->first[of]]);
	else
		add_nothing(table, 1);
}

static void print_alone(const struct comparison *comparison, size_t most,
			FILE *out)
{
	static const char *const heads[] = { "IN ONE ONLY", "CREATED AT",
					     "FUNCTION",    "A",
					     "FIRST",	    "B",
					     "FIRST" };
	static const char *const texts[ALONES] = {
		[ALONE_MADE] = "made",
		[ALONE_RUN] = "run",
		[ALONE_WAITED] = "waited for",
		[ALONE_FAILED] = "failed",
	};
	struct text_table table = { .align = "lllrrrr" };
	size_t i;

	if (!comparison->alone_count || !most)
		return;
	cell_heads(&table, heads, 7);
	for (i = 0; i < comparison->alone_count && i < most; i++) {
		const struct alone *alone = &comparison->alone[i];

		text_table_add(&table, "%s", texts[alone->what]);
		add_site(&table, alone->site);
		add_count(&table, comparison, alone, 0);
		add_count(&table, comparison, alone, 1);
	}
	fputc('\n', out);
	text_table_print(&table, out);
	if (comparison->alone_count > i)
		fprintf(out, "and %zu more: see -n\n",
			comparison->alone_count - i);
}

static void add_times(struct text_table *table,
		      const struct histogram *histogram)
{
	char text[CELL_DURATION_SIZE];

	text_table_add(table, "%" PRIu64, histogram->count);
	text_table_add(
		table, "%s",
		cell_duration(text, histogram_percentile(histogram, 50)));
}

static void add_shift(struct text_table *table, const struct shift *shift)
{
	double a = (double)histogram_percentile(shift->a, 50);
	double b = (double)histogram_percentile(shift->b, 50);

	text_table_add(table, "%s",
		       shift->what == SHIFT_RUN ? "run time" : "blocked time");
	add_site(table, shift->site);
	add_times(table, shift->a);
	add_times(table, shift->b);
	if (a > 0)
		text_table_add(table, "%+.0f %%", 100 * (b - a) / a);
	else
		add_nothing(table, 1);
	text_table_add(table, "%.0f %%", 100 * shift->found.greater);
	if (shift->adjusted < 0.0001)
		text_table_add(table, "< 0.0001");
	else
		text_table_add(table, "%.4f", shift->adjusted);
}

static void print_shifts(const struct comparison *comparison, size_t most,
			 FILE *out)
{
	static const char *const heads[] = {
		"SHIFTED",    "CREATED AT", "FUNCTION", "COUNT IN A", "P50",
		"COUNT IN B", "P50",	    "CHANGE",	"B > A",      "P"
	};
	struct text_table table = { .align = "lllrrrrrrr" };
	size_t all = 0, shown = 0;

	cell_heads(&table, heads, 10);
	for (size_t i = 0; i < comparison->shift_count; i++) {
		if (!shift_is_one(&comparison->shifts[i]) || ++all > most)
			continue;
		shown++;
		add_shift(&table, &comparison->shifts[i]);
	}
	fputc('\n', out);
	if (!comparison->shift_count)
		fputs("Times: none that both have\n", out);
	else if (!comparison->known)
		fputs("Times: whether any have shifted is unknown\n", out);
	else
		fprintf(out, "Times: %zu of %zu have shifted\n", all,
			comparison->shift_count);
	if (!shown) {
		text_table_free(&table);
		return;
	}
	text_table_print(&table, out);
	if (all > shown)
		fprintf(out, "and %zu more: see -n\n", all - shown);
}

void diff_text_print(const struct comparison *comparison,
		     const struct diff_options *options, FILE *out)
{
	print_heading(comparison, out);
	print_verdict(comparison, out);
	print_differences(comparison, options->rows, out);
	print_alone(comparison, options->rows, out);
	print_shifts(comparison, options->rows, out);
}
