/* SPDX-License-Identifier: MIT */
/* See line.h. */
#include "common/line.h"

#include <stdbool.h>

#define DIGITS 6 /* significant digits of a floating-point number */

struct line line_begin(char *buffer, size_t size)
{
	return (struct line){ .at = buffer, .end = buffer + size - 1 };
}

void line_end(struct line *line)
{
	*line->at = '\0';
}

void line_char(struct line *line, char c)
{
	if (line->at < line->end)
		*line->at++ = c;
	line->length++;
}

void line_text(struct line *line, const char *text)
{
	while (*text != '\0')
		line_char(line, *text++);
}

static void put_number(struct line *line, uint64_t number, unsigned base)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = "0123456789abcdef"[number % base];
	while ((number /= base) != 0);
	while (n > 0)
		line_char(line, digits[--n]);
}

void line_unsigned(struct line *line, uint64_t number)
{
	put_number(line, number, 10);
}

void line_signed(struct line *line, int64_t number)
{
	if (number < 0)
		line_char(line, '-');
	/* Negated as unsigned: the smallest number has no positive. */
	put_number(line, number < 0 ? -(uint64_t)number : (uint64_t)number, 10);
}

void line_hex(struct line *line, uint64_t number)
{
	line_text(line, "0x");
	put_number(line, number, 16);
}

/* Converts a number, which is positive and finite, to six digits; returns the
 * exponent of the first. */
static int to_digits(long double number, char digits[DIGITS])
{
	int exponent = DIGITS - 1;
	long double rest;
	uint32_t whole;

	/* Both loops are exact for a number that lies just between two
	 * texts. */
	for (; number >= 1e6L; exponent++)
		number /= 10;
	for (; number < 1e5L; exponent--)
		number *= 10;
	whole = (uint32_t)number;
	rest = number - (long double)whole;
	if (rest > 0.5L || (rest == 0.5L && whole % 2 == 1))
		whole++;
	if (whole == 1000000) {
		whole = 100000;
		exponent++;
	}
	for (int i = DIGITS - 1; i >= 0; i--, whole /= 10)
		digits[i] = (char)('0' + whole % 10);
	return exponent;
}

static void put_digits(struct line *line, const char *digits, int n, int point)
{
	for (int i = 0; i < n || i < point; i++) {
		if (i == point && i > 0)
			line_char(line, '.');
		line_char(line, i < n ? digits[i] : '0');
	}
}

void line_float(struct line *line, long double number)
{
	char digits[DIGITS];
	int exponent, n = DIGITS;

	if (__builtin_isnan(number)) {
		line_text(line, "nan");
		return;
	}
	if (__builtin_signbit(number)) {
		line_char(line, '-');
		number = -number;
	}
	if (number == 0 || __builtin_isinf(number)) {
		line_text(line, number == 0 ? "0" : "inf");
		return;
	}
	exponent = to_digits(number, digits);
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (exponent < -4 || exponent >= DIGITS) {
		put_digits(line, digits, n, 1);
		line_text(line, exponent < 0 ? "e-" : "e+");
		exponent = exponent < 0 ? -exponent : exponent;
		if (exponent < 10)
			line_char(line, '0');
		put_number(line, (uint64_t)exponent, 10);
	} else if (exponent < 0) {
		line_text(line, "0.");
		for (int i = exponent; i < -1; i++)
			line_char(line, '0');
		put_digits(line, digits, n, 0);
	} else {
		put_digits(line, digits, n, exponent + 1);
	}
}

/* --- the text of others --- */

static bool is_control(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	/* C0, DEL, C1 */
		{ 0x61c, 0x61c },   { 0x200e, 0x200f }, /* directions */
		{ 0x2028, 0x202e },			/* lines, directions */
		{ 0x2066, 0x2069 }, { 0xd800, 0xdfff }, /* surrogates */
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return c > 0x10ffff;
}

/* The length of the sequence that a byte begins; 0 if it begins none. */
static size_t utf8_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc0)
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf8 ? 4 : 0;
}

size_t printable_length(const char *text, size_t size)
{
	/* The least character of each length; lesser ones have a shorter
	 * sequence. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = size > 0 ? utf8_length((unsigned char)*text) : 0;
	uint32_t c = (unsigned char)*text;

	if (length == 0 || length > size)
		return 0;
	if (length > 1)
		c &= 0x7fu >> length;
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	}
	return c < least[length] || is_control(c) ? 0 : length;
}

static void put_escaped(struct line *line, unsigned char c)
{
	static const char special[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; special[i] != '\0'; i++)
		if (c == (unsigned char)special[i]) {
			line_char(line, '\\');
			line_char(line, letters[i]);
			return;
		}
	line_text(line, "\\x");
	line_char(line, digits[c >> 4]);
	line_char(line, digits[c & 15]);
}

/* Writes a character of that length, or a byte that is none if it is 0. Returns
 * how many bytes that took. */
static size_t put_printable(struct line *line, const char *text, size_t length)
{
	if (length == 0)
		put_escaped(line, (unsigned char)*text);
	for (size_t i = 0; i < length; i++)
		line_char(line, text[i]);
	return length ? length : 1;
}

static void quote(struct line *line, const char *text, size_t size, size_t most)
{
	size_t at = 0;

	line_char(line, '"');
	while (at < size && at < most) {
		size_t length = printable_length(text + at, size - at);

		if (at + length > most)
			break;
		if (text[at] == '"' || text[at] == '\\')
			line_char(line, '\\');
		at += put_printable(line, text + at, length);
	}
	line_char(line, '"');
	if (at < size)
		line_text(line, "...");
}

void line_quoted(struct line *line, const char *text, size_t size)
{
	quote(line, text, size, QUOTED_MAX);
}

void line_quoted_whole(struct line *line, const char *text, size_t size)
{
	quote(line, text, size, size);
}

void line_printable(struct line *line, const char *text, size_t size)
{
	size_t at = 0;

	while (at < size)
		at += put_printable(line, text + at,
				    printable_length(text + at, size - at));
}
