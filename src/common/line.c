/* SPDX-License-Identifier: MIT */
/* Text in a bounded buffer, without stdio: see line.h. */
#include "common/line.h"

#define DIGITS 6 /* of a floating-point number */

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

/* 0 < number < infinity becomes six digits; returns the first's exponent. */
static int to_digits(long double number, char digits[DIGITS])
{
	int exponent = DIGITS - 1;
	uint32_t whole;

	for (; number >= 1e6L; exponent++)
		number /= 10;
	for (; number < 1e5L; exponent--)
		number *= 10;
	whole = (uint32_t)(number + 0.5L);
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

static void put_escaped(struct line *line, unsigned char c)
{
	static const char special[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";

	if (c == '"' || c == '\\') {
		line_char(line, '\\');
		line_char(line, (char)c);
		return;
	}
	for (unsigned i = 0; special[i] != '\0'; i++)
		if (c == (unsigned char)special[i]) {
			line_char(line, '\\');
			line_char(line, letters[i]);
			return;
		}
	if (c >= ' ' && c < 0x7f) {
		line_char(line, (char)c);
		return;
	}
	/* Octal: it ends after three digits, whatever follows. */
	line_char(line, '\\');
	for (int shift = 6; shift >= 0; shift -= 3)
		line_char(line, (char)('0' + (c >> shift & 7)));
}

void line_quoted(struct line *line, const char *text, size_t size)
{
	line_char(line, '"');
	for (size_t i = 0; i < size && i < QUOTED_MAX; i++)
		put_escaped(line, (unsigned char)text[i]);
	line_char(line, '"');
	if (size > QUOTED_MAX)
		line_text(line, "...");
}

void line_printable(struct line *line, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		line_char(line,
			  text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?');
}
