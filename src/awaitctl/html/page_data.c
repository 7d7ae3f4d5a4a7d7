/* SPDX-License-Identifier: MIT */
/* See page_data.h. Times are nanoseconds from the first that is drawn, and
 * increase: a column of them has the differences. */
#include "awaitctl/html/page_data.h"

#include "awaitctl/common/json_put.h"
#include "awaitctl/common/say.h"
#include "awaitctl/html/drawn_put.h"
#include "awaitctl/report/report_json.h"
#include "awaitctl/report/report_text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VERSION = 1 };

/* The lines that a report in text begins with. */
static void put_heading(const struct findings *findings, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *heading = must(open_memstream(&text, &size));

	report_text_heading(findings, heading);
	if (fclose(heading))
		must(NULL);
	json_put_member("heading", text, out);
	free(text);
}

static void put_all(const struct page_data *data, FILE *out)
{
	fprintf(out, "{\"version\": %d", VERSION);
	json_put_member("directory", data->directory, out);
	put_heading(data->findings, out);
	fputs(",\n\"report\": ", out);
	report_json_print(data->findings, data->symbols, data->options, out);
	fprintf(out, ",\n\"waits_unknown\": %s, \"ends_unknown\": %s",
		data->findings->lives.waits_unknown ? "true" : "false",
		data->findings->lives.ends_unknown ? "true" : "false");
	drawn_put(data->drawn, out);
	fputs("}\n", out);
}

/* These are in strings only. */
static void put_escaped(const char *text, size_t size, FILE *out)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '<' || text[i] == '>' || text[i] == '&')
			fprintf(out, "\\u%04x", text[i]);
		else
			fputc(text[i], out);
}

void page_data_put(const struct page_data *data, FILE *out)
{
	char *text = NULL;
	size_t size;
	FILE *all = must(open_memstream(&text, &size));

	put_all(data, all);
	if (fclose(all))
		must(NULL);
	put_escaped(text, size, out);
	free(text);
}
