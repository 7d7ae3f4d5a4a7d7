/* SPDX-License-Identifier: MIT */
/* See diff_json.h. */
#include "awaitctl/diff/diff_json.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/diff/counterpart.h"
#include "awaitctl/diff/doubtful.h"

#include <inttypes.h>

enum { VERSION = 1 };

static const char *const names[2] = { "a", "b" };

struct list {
	FILE *out;
	bool any;
};

static void next(struct list *list)
{
	fputs(list->any ? ",\n " : "\n ", list->out);
	list->any = true;
}

static void put_doubt(void *data, const char *name, const char *text)
{
	struct list *list = data;

	next(list);
	fputs("{\"name\": ", list->out);
	json_put_string(name, list->out);
	json_put_member("text", text, list->out);
	fputc('}', list->out);
}

static void put_run(const struct comparison *comparison, int of, FILE *out)
{
	const struct run *run = &comparison->run[of];
	const struct findings *findings = &run->findings;
	struct list list = { .out = out };

	fprintf(out, ",\n\"%s\": {\"directory\": ", names[of]);
	json_put_string(run->directory, out);
	if (findings->filtered)
		json_put_member("filter", findings->filtered->text, out);
	fprintf(out, ", \"left_out_processes\": %zu, \"doubts\": [",
		findings->lives.process_count - findings->counted);
	doubtful_find(comparison, of, put_doubt, &list);
	fputs("]}", out);
}

/* Members of an object that has one already. */
static void put_site(const struct lives_site *site, FILE *out)
{
	json_put_member("function", site ? site->function->name : "(unknown)",
			out);
	json_put_member("type", site ? site->function->type : "", out);
	if (!site || !site->file)
		return;
	json_put_member("file", site->file, out);
	fprintf(out, ", \"line\": %" PRIu32, site->line);
}

static void put_process(const struct lives_process *process, FILE *out)
{
	fprintf(out, "{\"pid\": %" PRId64, process->vpid);
	json_put_member("host", process->host, out);
	json_put_member("name", process->name ? process->name : "", out);
}

static void put_process_of(const struct run *run, uint32_t number, FILE *out)
{
	const struct lives_process *process;

	if (number == RUN_NONE) {
		fputs("null", out);
		return;
	}
	process = run->processes[number].process;
	put_process(process, out);
	fprintf(out, ", \"ended\": %s}", process->has_ended ? "true" : "null");
}

static void put_processes(const struct comparison *comparison, FILE *out)
{
	const struct run *a = &comparison->run[0], *b = &comparison->run[1];
	struct list list = { .out = out };

	fputs(",\n\"processes\": [", out);
	for (uint32_t i = 0; i < a->process_count; i++) {
		if (!a->processes[i].compared)
			continue;
		next(&list);
		fputs("{\"a\": ", out);
		put_process_of(a, i, out);
		fputs(", \"b\": ", out);
		put_process_of(b, a->processes[i].match, out);
		fputc('}', out);
	}
	for (uint32_t i = 0; i < b->process_count; i++) {
		if (!b->processes[i].compared ||
		    b->processes[i].match != RUN_NONE)
			continue;
		next(&list);
		fputs("{\"a\": null, \"b\": ", out);
		put_process_of(b, i, out);
		fputc('}', out);
	}
	fputc(']', out);
}

static void put_nth(const struct run_await *await, FILE *out)
{
	if (await->did & DID_CREATE)
		fprintf(out, "%" PRIu32, await->nth);
	else
		fputs("null", out);
}

static void put_wait(const struct comparison *comparison,
		     const struct thread_pair *pair, int of, size_t at,
		     FILE *out)
{
	static const char *const texts[] = {
		[AT_PLACE] = "waits",	  [AT_OTHER] = "other-thread",
		[AT_NEVER] = "never",	  [AT_NOT_MADE] = "not-made",
		[AT_NOT_YET] = "not-yet", [AT_UNKNOWN] = "unknown",
	};
	const struct run *run = &comparison->run[of];
	const struct run_thread *thread = of ? pair->b : pair->a;
	const struct run_await *await = &run->awaits[thread->waits[at]];
	struct counterpart found = counterpart_of(comparison, pair, of, at);

	fprintf(out, "{\"wait\": %zu", at + 1);
	put_site(await->site == RUN_NONE ? NULL : run->sites[await->site]->site,
		 out);
	fputs(", \"nth\": ", out);
	put_nth(await, out);
	json_put_member("other", texts[found.what], out);
	if (found.what == AT_PLACE)
		fprintf(out, ", \"other_wait\": %zu", found.place + 1);
	fputc('}', out);
}

static void put_thread(const struct comparison *comparison,
		       const struct thread_pair *pair, int of, FILE *out)
{
	const struct run_thread *thread = of ? pair->b : pair->a;
	size_t same = pair->order.same;
	size_t at = same > CONTEXT ? same - CONTEXT : 0;
	struct list list = { .out = out };

	fprintf(out, ", \"%s\": ", names[of]);
	if (!thread) {
		fputs("null", out);
		return;
	}
	put_process(thread->thread->process, out);
	fprintf(out, ", \"thread\": %" PRId64 ", \"waits\": %zu, \"around\": [",
		thread->thread->tid, thread->count);
	if (pair->order.moved || pair->order.only_a || pair->order.only_b)
		for (; at < thread->count && at <= same + CONTEXT; at++) {
			next(&list);
			put_wait(comparison, pair, of, at, out);
		}
	fputs("]}", out);
}

static const char *const verdicts[] = {
	[VERDICT_SAME] = "same",
	[VERDICT_DIFFERS] = "differs",
	[VERDICT_UNKNOWN] = "unknown",
};

static void put_threads(const struct comparison *comparison, FILE *out)
{
	struct list list = { .out = out };

	fputs(",\n\"threads\": [", out);
	for (size_t i = 0; i < comparison->pair_count; i++) {
		const struct thread_pair *pair = &comparison->pairs[i];

		next(&list);
		fprintf(out,
			"{\"order\": \"%s\", \"same_before\": %zu, "
			"\"moved\": %zu, \"only_a\": %zu, \"only_b\": %zu",
			verdicts[pair->verdict], pair->order.same,
			pair->order.moved, pair->order.only_a,
			pair->order.only_b);
		put_thread(comparison, pair, 0, out);
		put_thread(comparison, pair, 1, out);
		fputc('}', out);
	}
	fputc(']', out);
}

static void put_count(const struct comparison *comparison,
		      const struct alone *alone, int of, FILE *out)
{
	fprintf(out, ", \"%s\": {\"count\": %" PRIu64, names[of],
		alone->count[of]);
	if (alone->count[of]) {
		fprintf(out, ", \"known\": %s, \"first\": ",
			alone->known[of] ? "true" : "false");
		put_nth(&comparison->run[of].awaits[alone->first[of]], out);
	}
	fputc('}', out);
}

static void put_alone(const struct comparison *comparison, FILE *out)
{
	static const char *const texts[ALONES] = {
		[ALONE_MADE] = "made",
		[ALONE_RUN] = "run",
		[ALONE_WAITED] = "waited",
		[ALONE_FAILED] = "failed",
	};
	struct list list = { .out = out };

	fputs(",\n\"in_one_only\": [", out);
	for (size_t i = 0; i < comparison->alone_count; i++) {
		const struct alone *alone = &comparison->alone[i];

		next(&list);
		fprintf(out, "{\"what\": \"%s\"", texts[alone->what]);
		put_site(alone->site, out);
		put_count(comparison, alone, 0, out);
		put_count(comparison, alone, 1, out);
		fputc('}', out);
	}
	fputc(']', out);
}

static void put_histogram(const char *name, const struct histogram *histogram,
			  FILE *out)
{
	fprintf(out,
		", \"%s\": {\"count\": %" PRIu64 ", \"total_ns\": %" PRIu64
		", \"p50_ns\": %" PRIu64 "}",
		name, histogram->count, histogram->total,
		histogram_percentile(histogram, 50));
}

static void put_shifts(const struct comparison *comparison, FILE *out)
{
	static const char *const texts[SHIFTS] = {
		[SHIFT_RUN] = "run_time",
		[SHIFT_BLOCKED] = "blocked_time",
	};
	struct list list = { .out = out };

	fputs(",\n\"times\": [", out);
	for (size_t i = 0; i < comparison->shift_count; i++) {
		const struct shift *shift = &comparison->shifts[i];

		next(&list);
		fprintf(out, "{\"what\": \"%s\"", texts[shift->what]);
		put_site(shift->site, out);
		put_histogram("a", shift->a, out);
		put_histogram("b", shift->b, out);
		fprintf(out,
			", \"b_greater\": %.6g, \"p\": %.6g, "
			"\"p_adjusted\": %.6g, \"shifted\": %s}",
			shift->found.greater, shift->found.p, shift->adjusted,
			!shift->known	    ? "null" :
			shift_is_one(shift) ? "true" :
					      "false");
	}
	fputc(']', out);
}

void diff_json_print(const struct comparison *comparison, FILE *out)
{
	fprintf(out, "{\"version\": %d,\n\"order\": \"%s\"", VERSION,
		verdicts[comparison->verdict]);
	put_run(comparison, 0, out);
	put_run(comparison, 1, out);
	put_processes(comparison, out);
	put_threads(comparison, out);
	put_alone(comparison, out);
	put_shifts(comparison, out);
	fputs("}\n", out);
}
