/* SPDX-License-Identifier: MIT */
/* See when_text.h. Each curve is as high as its most. */
#include "awaitctl/report/when_text.h"

#include "awaitctl/report/cells.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000

enum { LEVELS = 8, DATE_SIZE = 128 };

/* In the user's time zone: LTTng's times are since 1970. */
static bool date_of(int64_t ns, char date[DATE_SIZE])
{
	time_t seconds = ns / SECOND_NS;
	struct tm parts;
	size_t length;

	if (ns < 0 || !localtime_r(&seconds, &parts))
		return false;
	length = strftime(date, DATE_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
	length += (size_t)snprintf(date + length, DATE_SIZE - length, ".%03d ",
				   (int)(ns % SECOND_NS / 1000000));
	return strftime(date + length, DATE_SIZE - length, "%z", &parts) > 0;
}

/* Any at all is seen. */
static void put_level(uint64_t count, uint64_t most, bool blocks, FILE *out)
{
	static const char ascii[LEVELS + 1] = ".:-=+*#@";
	unsigned level = 0;

	if (!count) {
		fputc(' ', out);
		return;
	}
	while (level < LEVELS - 1 &&
	       (double)count * LEVELS > (double)most * (level + 1))
		level++;
	if (blocks)
		fprintf(out, "\xe2\x96%c", 0x81 + (int)level);
	else
		fputc(ascii[level], out);
}

static uint64_t most_of(const struct rates *rates, enum rate rate)
{
	uint64_t most = 0;

	for (size_t i = 0; i < rates->count; i++)
		if (rates->of[rate][i] > most)
			most = rates->of[rate][i];
	return most;
}

static void print_curve(const struct rates *rates, enum rate rate,
			const char *name, const struct sheet *sheet)
{
	uint64_t most = most_of(rates, rate);

	if (!most)
		return;
	fprintf(sheet->out, "%-7s |", name);
	for (size_t i = 0; i < rates->count; i++)
		put_level(rates->of[rate][i], most, sheet->blocks, sheet->out);
	fprintf(sheet->out, "| at most %" PRIu64 "\n", most);
}

/* The first sign may begin before the recording. */
static void print_curves(const struct findings *findings,
			 const struct sheet *sheet)
{
	const struct rates *rates = &findings->sums.rates;
	int64_t from = findings_rates_from(findings);
	char each[CELL_DURATION_SIZE], begin[CELL_DURATION_SIZE];

	print_curve(rates, RATE_CREATED, "created", sheet);
	print_curve(rates, RATE_RUNS, "runs", sheet);
	if (!findings->lives.waits_unknown)
		print_curve(rates, RATE_WAITS, "waits", sheet);
	fprintf(sheet->out, "Each sign is %s, from %s on.\n",
		cell_duration(each, (uint64_t)1 << rates->shift),
		cell_duration(begin, from < 0 ? 0 : (uint64_t)from));
}

void when_text_print(const struct findings *findings, const struct sheet *sheet)
{
	char date[DATE_SIZE], duration[CELL_DURATION_SIZE];

	if (date_of(findings->first_event, date))
		fprintf(sheet->out, "From %s on, for ", date);
	else
		fputs("For ", sheet->out);
	fprintf(sheet->out, "%s\n",
		cell_duration(duration, findings_duration(findings)));
	if (findings->sums.rates.count > 1)
		print_curves(findings, sheet);
	fputc('\n', sheet->out);
}
