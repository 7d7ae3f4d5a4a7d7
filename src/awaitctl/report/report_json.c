/* SPDX-License-Identifier: MIT */
/* See report_json.h. */
#include "awaitctl/report/report_json.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/read/doubts.h"
#include "awaitctl/report/critical_json.h"
#include "awaitctl/report/look.h"
#include "awaitctl/report/site_json.h"
#include "awaitctl/report/stacks_json.h"
#include "awaitctl/report/whole_json.h"
#include "awaitctl/tracedir/filtered.h"
#include "common/await_text.h"
#include "lives/unfinished.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VERSION = 1 };

static void put_number(const char *name, uint64_t number, FILE *out)
{
	fprintf(out, ", \"%s\": %" PRIu64, name, number);
}

/* null: a filter hides it. */
static void put_known(const char *name, uint64_t number, bool known, FILE *out)
{
	if (known)
		put_number(name, number, out);
	else
		fprintf(out, ", \"%s\": null", name);
}

static void put_times(const char *name, const struct histogram *histogram,
		      bool known, FILE *out)
{
	static const unsigned percents[] = { 50, 90, 99 };

	fprintf(out, ", \"%s\": ", name);
	if (!known || !histogram->count) {
		fputs("null", out);
		return;
	}
	fprintf(out,
		"{\"count\": %" PRIu64 ", \"total_ns\": %" PRIu64
		", \"min_ns\": %" PRIu64 ", \"average_ns\": %" PRIu64,
		histogram->count, histogram->total, histogram->least,
		histogram_average(histogram));
	for (size_t i = 0; i < 3; i++)
		fprintf(out, ", \"p%u_ns\": %" PRIu64, percents[i],
			histogram_percentile(histogram, percents[i]));
	fprintf(out, ", \"max_ns\": %" PRIu64 "}", histogram->most);
}

/* Some are of awaits, not of the threads that use them. */
static void put_figures(const struct lives *lives,
			const struct figures *figures, bool of_thread,
			FILE *out)
{
	static const char *const ends[WAIT_ENDS] = {
		[END_TIMED_OUT] = "waits_timed_out",
		[END_REFUSED] = "waits_refused",
		[END_FAILED] = "waits_failed",
		[END_CANCELLED] = "waits_cancelled",
	};
	bool waits = !lives->waits_unknown, runs = !lives->ends_unknown;

	fprintf(out, "\"created\": %" PRIu64, figures->created);
	put_number("runs", figures->runs, out);
	put_known("failed", figures->failed, runs, out);
	put_known("running", figures->running, runs && !of_thread, out);
	put_known("cut_short", figures->cut_short, runs && !of_thread, out);
	put_number("hits", figures->hits, out);
	put_known("waits", figures->waits, waits, out);
	put_known("never_waited", figures->never_waited, waits && !of_thread,
		  out);
	put_known("failed_unseen", figures->unseen, runs && waits && !of_thread,
		  out);
	put_known("promises_dropped", figures->dropped, !of_thread, out);
	put_number("cycles", figures->cycles, out);
	put_known("asleep", figures->asleep, waits && !of_thread, out);
	put_known("most_runs", figures->most_runs, waits && !of_thread, out);
	for (int end = 0; end < WAIT_ENDS; end++)
		put_known(ends[end], figures->ends[end], waits && !of_thread,
			  out);
	put_times("run_time", &figures->run, runs, out);
	put_times("blocked_time", &figures->blocked, waits, out);
	put_times("slack", &figures->slack, waits, out);
}

static void put_process(const struct lives_process *process, FILE *out)
{
	fprintf(out, ", \"pid\": %" PRId64, process->vpid);
	json_put_member("host", process->host, out);
}

static void put_row(const struct findings *findings, enum rows_by by,
		    const struct report_row *row, FILE *out)
{
	fputc('{', out);
	put_figures(&findings->lives, row->figures,
		    by == BY_THREAD || findings_of_thread(findings), out);
	if (by == BY_FUNCTION)
		site_json_put_function(row->function, out);
	else if (by == BY_SITE)
		site_json_put(row->site, out);
	else
		put_process(row->process, out);
	if (by == BY_PROCESS) {
		json_put_member("name",
				row->process->name ? row->process->name : "",
				out);
		fprintf(out, ", \"ended\": %s",
			row->process->has_ended ? "true" : "null");
	}
	if (by == BY_THREAD)
		fprintf(out, ", \"thread\": %" PRId64, row->thread->tid);
	fputc('}', out);
}

static void put_rows(const struct findings *findings, enum rows_by by,
		     enum rows_sort sort, const char *name, FILE *out)
{
	struct rows rows;

	if (rows_make(&rows, findings, by, sort))
		must(NULL);
	fprintf(out, ",\n\"%s\": [", name);
	for (size_t i = 0; i < rows.count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		put_row(findings, by, &rows.row[i], out);
	}
	fputc(']', out);
	rows_free(&rows);
}

static void put_id(uint64_t id, const char *name, FILE *out)
{
	char text[32];
	struct line line = line_begin(text, sizeof(text));

	line_id(&line, id);
	line_end(&line);
	fputs("{\"id\": ", out);
	json_put_string(text, out);
	if (name)
		json_put_member("name", name, out);
}

static void put_place(const struct symbols *symbols,
		      const struct lives_process *process, int64_t time,
		      uint64_t addr, FILE *out)
{
	char place[4096];

	symbols_describe(symbols, process->number, time, addr, place,
			 sizeof(place));
	json_put_member("waited_for_at", place, out);
}

static const char *result_of(const struct lives_first *first)
{
	return first->outcome == OUTCOME_RUNNING   ? "running" :
	       first->outcome == OUTCOME_CUT_SHORT ? "its process ended" :
	       first->outcome == OUTCOME_RESOLVED  ? "resolved" :
						     "failed";
}

static void put_slow(const struct symbols *symbols,
		     const struct lives_slow *slow, FILE *out)
{
	put_id(slow->id, slow->name, out);
	put_process(slow->process, out);
	site_json_put(slow->site, out);
	put_number("took_ns", slow->first.took_ns, out);
	json_put_member("result", result_of(&slow->first), out);
	if (slow->first.outcome == OUTCOME_FAILED)
		fprintf(out, ", \"error\": %" PRId32, slow->first.error);
	put_place(symbols, slow->process, slow->first.began, slow->first.addr,
		  out);
	stacks_json_put(symbols, slow->process, slow->stacks,
			1 << STACK_CREATED | 1 << STACK_FIRST_RUN |
				1 << STACK_HIT,
			out);
	fputc('}', out);
}

static void put_slowest(const struct findings *findings,
			const struct symbols *symbols, FILE *out)
{
	fputs(",\n\"slowest\": [", out);
	for (size_t i = 0; i < findings->sums.slow_count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		put_slow(symbols, findings->sums.slow[i], out);
	}
	fputc(']', out);
}

static void put_unfinished(const struct lives *lives,
			   const struct symbols *symbols,
			   const struct lives_unfinished *one, FILE *out)
{
	const struct lives_await *await = one->await;
	int64_t end = lives_end_of(lives, await->process);

	put_id(await->id, await->name, out);
	put_process(await->process, out);
	if (await->site)
		site_json_put(await->site, out);
	if (one->thread)
		fprintf(out, ", \"thread\": %" PRId64, one->thread);
	json_put_member("does", one->runs ? "runs" : "waits", out);
	put_number(one->before ? "at_least_ns" : "for_ns",
		   (uint64_t)(end - one->began), out);
	if (one->addr)
		put_place(symbols, await->process, one->began, one->addr, out);
	stacks_json_put(symbols, await->process, await->stacks,
			1 << STACK_CREATED | one->runs << STACK_RUN, out);
	fputc('}', out);
}

static void put_all_unfinished(const struct findings *findings,
			       const struct symbols *symbols, FILE *out)
{
	const struct lives *lives = &findings->lives;
	struct lives_unfinished *found;
	size_t count;

	if (unfinished_find(lives, findings_count, &found, &count))
		must(NULL);
	fputs(",\n\"unfinished\": [", out);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		put_unfinished(lives, symbols, &found[i], out);
	}
	fputc(']', out);
	free(found);
}

struct list {
	FILE *out;
	bool any;
};

/* The begin of an object in it. */
static void put_warning(struct list *list, const char *name, const char *text)
{
	fputs(list->any ? ",\n {\"name\": " : "\n {\"name\": ", list->out);
	json_put_string(name, list->out);
	json_put_member("text", text, list->out);
	list->any = true;
}

static void put_look(void *data, const char *name, const struct report_row *row,
		     const char *text)
{
	struct list *list = data;

	put_warning(list, name, text);
	site_json_put(row->site, list->out);
	fputc('}', list->out);
}

static void put_looks(const struct findings *findings, FILE *out)
{
	struct list list = { .out = out };

	fputs(",\n\"look_at\": [", out);
	if (look_at(findings, put_look, &list))
		must(NULL);
	fputc(']', out);
}

static void put_doubt(void *data, const char *name, const char *text)
{
	struct list *doubts = data;

	put_warning(doubts, name, text);
	fputc('}', doubts->out);
}

void report_json_print(const struct findings *findings,
		       const struct symbols *symbols,
		       const struct report_options *options, FILE *out)
{
	struct list doubts = { .out = out };

	fprintf(out, "{\"version\": %d,\n\"doubts\": [", VERSION);
	doubts_find(findings, put_doubt, &doubts);
	fputc(']', out);
	if (findings->filtered)
		json_put_member("filter", findings->filtered->text, out);
	put_number("left_out_processes", findings->left_out, out);
	whole_json_chosen(findings, out);
	whole_json_when(findings, out);
	fputs(",\n\"all\": {", out);
	put_figures(&findings->lives, &findings->sums.all,
		    findings_of_thread(findings), out);
	fputc('}', out);
	put_rows(findings, BY_FUNCTION, options->sort, "functions", out);
	put_rows(findings, BY_SITE, options->sort, "sites", out);
	put_rows(findings, BY_PROCESS, options->sort, "processes", out);
	put_rows(findings, BY_THREAD, options->sort, "threads", out);
	whole_json_edges(findings, out);
	put_slowest(findings, symbols, out);
	put_all_unfinished(findings, symbols, out);
	put_looks(findings, out);
	critical_json_put(findings, out);
	stacks_json_put_files(symbols, out);
	fputs("}\n", out);
}
