/* SPDX-License-Identifier: MIT */
/* See report_csv.h. */
#include "awaitctl/report/report_csv.h"

#include "awaitctl/common/csv_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/read/doubts.h"

#include <inttypes.h>

static void put_times(const struct histogram *times, bool known, FILE *out)
{
	bool any = known && times->count;

	csv_put_known(times->count, known, out);
	csv_put_known(times->total, any, out);
	csv_put_known(times->least, any, out);
	csv_put_known(histogram_average(times), any, out);
	csv_put_known(histogram_percentile(times, 50), any, out);
	csv_put_known(histogram_percentile(times, 90), any, out);
	csv_put_known(histogram_percentile(times, 99), any, out);
	csv_put_known(times->most, any, out);
}

static const char *const labels[ROWS_BY] = {
	[BY_FUNCTION] = "function,type",
	[BY_SITE] = "function,type,file,line",
	[BY_PROCESS] = "pid,host,name",
	[BY_THREAD] = "thread,pid,host",
};

static void put_head(enum rows_by by, FILE *out)
{
	static const char *const times[] = { "run", "blocked", "slack" };

	fprintf(out,
		"%s,created,runs,failed,running,cut_short,hits,waits,"
		"never_waited",
		labels[by]);
	for (int i = 0; i < 3; i++)
		fprintf(out,
			",%s_count,%s_total_ns,%s_min_ns,%s_average_ns,"
			"%s_p50_ns,%s_p90_ns,%s_p99_ns,%s_max_ns",
			times[i], times[i], times[i], times[i], times[i],
			times[i], times[i], times[i]);
	fputs("\r\n", out);
}

static void put_process(const struct lives_process *process, FILE *out)
{
	fprintf(out, "%" PRId64 ",", process->vpid);
	csv_put_text(process->host, out);
}

static void put_label(enum rows_by by, const struct report_row *row, FILE *out)
{
	if (by == BY_THREAD)
		fprintf(out, "%" PRId64 ",", row->thread->tid);
	if (by == BY_THREAD || by == BY_PROCESS)
		put_process(row->process, out);
	if (by == BY_PROCESS) {
		fputc(',', out);
		csv_put_text(row->process->name ? row->process->name : "", out);
	}
	if (by == BY_FUNCTION || by == BY_SITE) {
		csv_put_text(row->function->name, out);
		fputc(',', out);
		csv_put_text(row->function->type, out);
	}
	if (by == BY_SITE) {
		fputc(',', out);
		csv_put_text(row->site->file ? row->site->file : "", out);
		csv_put_known(row->site->line, row->site->file, out);
	}
}

static void put_row(const struct findings *findings, enum rows_by by,
		    const struct report_row *row, FILE *out)
{
	const struct lives *lives = &findings->lives;
	const struct figures *figures = row->figures;
	bool waits = !lives->waits_unknown, ends = !lives->ends_unknown;
	bool of_await = by != BY_THREAD && !findings_of_thread(findings);

	put_label(by, row, out);
	csv_put_known(figures->created, true, out);
	csv_put_known(figures->runs, true, out);
	csv_put_known(figures->failed, ends, out);
	csv_put_known(figures->running, ends && of_await, out);
	csv_put_known(figures->cut_short, ends && of_await, out);
	csv_put_known(figures->hits, true, out);
	csv_put_known(figures->waits, waits, out);
	csv_put_known(figures->never_waited, waits && of_await, out);
	put_times(&figures->run, ends, out);
	put_times(&figures->blocked, waits, out);
	put_times(&figures->slack, waits, out);
	fputs("\r\n", out);
}

static void say_doubt(void *data, const char *name, const char *text)
{
	(void)data;
	(void)name;
	say("%s: counts are too low", text);
}

void report_csv_print(const struct findings *findings,
		      const struct symbols *symbols,
		      const struct report_options *options, FILE *out)
{
	enum rows_by by = options->by == ROWS_BY ? BY_FUNCTION : options->by;
	char text[CHOSEN_TEXT];
	struct rows rows;

	(void)symbols;
	if (rows_make(&rows, findings, by, options->sort))
		must(NULL);
	doubts_find(findings, say_doubt, NULL);
	if (chosen_any(&findings->chosen))
		say("only what passes %s",
		    chosen_text(&findings->chosen, text));
	put_head(by, out);
	for (size_t i = 0; i < rows.count; i++)
		put_row(findings, by, &rows.row[i], out);
	rows_free(&rows);
}
