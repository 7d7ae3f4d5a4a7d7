/* SPDX-License-Identifier: MIT */
/* See critical_json.h. */
#include "awaitctl/report/critical_json.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/report/site_json.h"
#include "lives/critical.h"

#include <inttypes.h>

static void put_part(const struct critical_part *part, FILE *out)
{
	fprintf(out, "{\"ns\": %" PRIu64, part->ns);
	json_put_member("does",
			part->slept ? "sleeps" :
			part->site  ? "runs" :
				      "in no run",
			out);
	if (part->site)
		site_json_put(part->site, out);
	fputc('}', out);
}

static void put_path(const struct critical *critical, FILE *out)
{
	const struct lives_process *process = critical->process;

	fprintf(out, "{\"pid\": %" PRId64, process->vpid);
	json_put_member("host", process->host, out);
	if (process->name)
		json_put_member("name", process->name, out);
	fprintf(out,
		", \"ns\": %" PRId64 ", \"cut_ns\": %" PRId64
		", \"from_thread\": %" PRId64 ", \"to_thread\": %" PRId64
		",\n \"parts\": [",
		critical->ended - critical->began,
		critical->began - critical->process_began, critical->first->tid,
		critical->last->tid);
	for (size_t i = 0; i < critical->count; i++) {
		fputs(i ? ",\n  " : "\n  ", out);
		put_part(&critical->parts[i], out);
	}
	fputs("]}", out);
}

void critical_json_put(const struct findings *findings, FILE *out)
{
	struct critical critical;

	fputs(",\n\"critical_path\": ", out);
	if (findings->lives.waits_unknown || findings->lives.ends_unknown) {
		fputs("null", out);
		return;
	}
	if (critical_find(&critical, &findings->lives, findings_count))
		must(NULL);
	if (critical.process)
		put_path(&critical, out);
	else
		fputs("null", out);
	critical_free(&critical);
}
