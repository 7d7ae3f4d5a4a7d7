/* SPDX-License-Identifier: MIT */
/* See chosen.h. */
#include "awaitctl/read/chosen.h"

#include "common/line.h"
#include "common/number.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_NS 1000000000u

/* No recording is longer: a million hours. */
#define SECONDS_MAX ((uint64_t)3600 * 1000000)

static uint64_t unit_ns(const char *name)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", SECOND_NS }, { "s", SECOND_NS }, { "ms", 1000000 },
		{ "us", 1000 },	   { "ns", 1 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(name, units[i].name))
			return units[i].ns;
	return 0;
}

/* Digits behind a point, of which those below a nanosecond do not matter. */
static const char *skip_digits(const char *text)
{
	return text + strspn(text, "0123456789");
}

bool chosen_time_parse(struct chosen_time *time, const char *text)
{
	const char *whole = text + (*text == '-'), *part, *end;
	uint64_t count, unit, ns;

	end = part = number_prefix(whole, SECONDS_MAX * SECOND_NS, &count);
	if (!end)
		return false;
	if (*end == '.')
		end = skip_digits(++part);
	unit = unit_ns(end);
	if (!unit || (end == part && part[-1] == '.') ||
	    count > SECONDS_MAX * SECOND_NS / unit)
		return false;
	ns = count * unit;
	for (uint64_t scale = unit / 10; part < end; part++, scale /= 10)
		ns += (uint64_t)(*part - '0') * scale;
	*time = (struct chosen_time){ .text = text,
				      .before_end = *text == '-',
				      .ns = (int64_t)ns };
	return true;
}

int64_t chosen_time_at(const struct chosen_time *time, int64_t first,
		       int64_t last)
{
	int64_t at;

	if (time->before_end)
		return __builtin_sub_overflow(last, time->ns, &at) ? INT64_MIN :
								     at;
	return __builtin_add_overflow(first, time->ns, &at) ? INT64_MAX : at;
}

bool chosen_has_window(const struct chosen *chosen)
{
	return chosen->since.text || chosen->until.text;
}

bool chosen_any(const struct chosen *chosen)
{
	return chosen->function || chosen->site || chosen->pid || chosen->tid ||
	       chosen->failed || chosen_has_window(chosen);
}

/* FILE[:LINE]; sets *length to FILE's. */
static bool is_on_line(const char *site, uint32_t line, size_t *length)
{
	const char *colon = strrchr(site, ':');
	uint64_t number;

	*length = strlen(site);
	if (!colon || !number_parse(colon + 1, 0, UINT32_MAX, &number))
		return true;
	*length = (size_t)(colon - site);
	return number == line;
}

static bool is_at(const char *site, const char *file, uint32_t line)
{
	size_t length, all = strlen(file);

	if (!is_on_line(site, line, &length) || length > all ||
	    strncmp(file + all - length, site, length) != 0)
		return false;
	return length == all || *site == '/' || file[all - length - 1] == '/';
}

bool chosen_has_site(void *data, const struct lives_site *site)
{
	const struct chosen *chosen = data;

	if (chosen->function &&
	    fnmatch(chosen->function, site->function->name, 0) != 0)
		return false;
	return !chosen->site ||
	       (site->file && is_at(chosen->site, site->file, site->line));
}

static void add_text(struct line *line, const char *option, const char *text)
{
	if (!text)
		return;
	line_text(line, line->length ? " --" : "--");
	line_text(line, option);
	line_char(line, ' ');
	line_printable(line, text, strlen(text));
}

static void add_number(struct line *line, const char *option, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	add_text(line, option, number ? text : NULL);
}

const char *chosen_text(const struct chosen *chosen, char text[CHOSEN_TEXT])
{
	struct line line = line_begin(text, CHOSEN_TEXT);

	add_text(&line, "function", chosen->function);
	add_text(&line, "site", chosen->site);
	add_number(&line, "pid", chosen->pid);
	add_number(&line, "tid", chosen->tid);
	add_text(&line, "since", chosen->since.text);
	add_text(&line, "until", chosen->until.text);
	if (chosen->failed)
		line_text(&line, line.length ? " --failed" : "--failed");
	line_end(&line);
	return text;
}
