/* SPDX-License-Identifier: MIT */
/* See whole_json.h. */
#include "awaitctl/report/whole_json.h"

#include "awaitctl/common/json_put.h"

#include <inttypes.h>

static void put_text(const char *name, const char *text, FILE *out, bool *any)
{
	if (!text)
		return;
	fputs(*any ? ", " : "", out);
	json_put_string(name, out);
	fputs(": ", out);
	json_put_string(text, out);
	*any = true;
}

static void put_number(const char *name, int64_t number, bool given, FILE *out,
		       bool *any)
{
	if (!given)
		return;
	fprintf(out, "%s\"%s\": %" PRId64, *any ? ", " : "", name, number);
	*any = true;
}

/* Of a damaged trace times may be anything. */
static int64_t after(int64_t time, int64_t first)
{
	return (int64_t)((uint64_t)time - (uint64_t)first);
}

void whole_json_chosen(const struct findings *findings, FILE *out)
{
	const struct chosen *chosen = &findings->chosen;
	const struct lives_choice *choice = &findings->lives.choice;
	int64_t first = findings->first_event;
	bool any = false;

	if (!chosen_any(chosen))
		return;
	fputs(",\n\"only\": {", out);
	put_text("function", chosen->function, out, &any);
	put_text("site", chosen->site, out, &any);
	put_number("pid", chosen->pid, chosen->pid, out, &any);
	put_number("tid", chosen->tid, chosen->tid, out, &any);
	put_number("since_ns", after(choice->since, first), chosen->since.text,
		   out, &any);
	put_number("until_ns", after(choice->until, first), chosen->until.text,
		   out, &any);
	if (chosen->failed)
		fputs(any ? ", \"failed\": true" : "\"failed\": true", out);
	fputc('}', out);
}

static void put_rate(const struct rates *rates, enum rate rate,
		     const char *name, bool known, FILE *out)
{
	fprintf(out, ", \"%s\": ", name);
	if (!known) {
		fputs("null", out);
		return;
	}
	for (size_t i = 0; i < rates->count; i++)
		fprintf(out, "%s%" PRIu64, i ? ", " : "[", rates->of[rate][i]);
	fputc(']', out);
}

static void put_rates(const struct findings *findings, FILE *out)
{
	const struct rates *rates = &findings->sums.rates;

	if (!rates->count) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"interval_ns\": %" PRIu64 ", \"from_ns\": %" PRId64,
		(uint64_t)1 << rates->shift, findings_rates_from(findings));
	put_rate(rates, RATE_CREATED, "created", true, out);
	put_rate(rates, RATE_RUNS, "runs", true, out);
	put_rate(rates, RATE_WAITS, "waits", !findings->lives.waits_unknown,
		 out);
	fputc('}', out);
}

void whole_json_when(const struct findings *findings, FILE *out)
{
	fprintf(out,
		",\n\"when\": {\"first_event_ns\": %" PRId64
		", \"last_event_ns\": %" PRId64 ", \"duration_ns\": %" PRIu64
		", \"rates\": ",
		findings->first_event, findings->last_event,
		findings_duration(findings));
	put_rates(findings, out);
	fputc('}', out);
}

static void put_waiter(const struct lives_edge *edge, FILE *out)
{
	if (edge->by == WAITER_NONE) {
		fputs("{\"waiter\": null", out);
		return;
	}
	fputs("{\"waiter\": ", out);
	json_put_string(edge->by == WAITER_RUN ? edge->waiter : "(unknown)",
			out);
	json_put_member("waiter_type", edge->waiter_type, out);
}

static void put_edge(const struct lives_edge *edge, FILE *out)
{
	put_waiter(edge, out);
	json_put_member("function", edge->function, out);
	json_put_member("type", edge->type, out);
	fprintf(out,
		", \"count\": %" PRIu64 ", \"total_ns\": %" PRIu64
		", \"average_ns\": %" PRIu64 ", \"max_ns\": %" PRIu64 "}",
		edge->count, edge->total, edge->total / edge->count,
		edge->most);
}

void whole_json_edges(const struct findings *findings, FILE *out)
{
	const struct sums *sums = &findings->sums;

	fputs(",\n\"blocked_by\": ", out);
	if (findings->lives.waits_unknown) {
		fputs("null", out);
		return;
	}
	fputc('[', out);
	for (size_t i = 0; i < sums->edge_count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		put_edge(sums->edges[i], out);
	}
	fputc(']', out);
}
