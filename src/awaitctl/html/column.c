/* SPDX-License-Identifier: MIT */
/* See column.h. */
#include "awaitctl/html/column.h"

static void put_group(struct column *column)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";
	const uint8_t *bytes = column->bytes;
	const uint8_t parts[] = {
		bytes[0] >> 2,
		(bytes[0] & 3) << 4 | bytes[1] >> 4,
		(bytes[1] & 15) << 2 | bytes[2] >> 6,
		bytes[2] & 63,
	};

	for (unsigned i = 0; i < 4; i++)
		fputc(i <= column->count ? letters[parts[i]] : '=',
		      column->out);
	column->bytes[0] = column->bytes[1] = column->bytes[2] = 0;
	column->count = 0;
}

struct column column_begin(const char *name, FILE *out)
{
	fprintf(out, ",\n\"%s\": \"", name);
	return (struct column){ .out = out };
}

void column_put(struct column *column, uint64_t number)
{
	do {
		uint8_t more = number > 0x7f ? 0x80 : 0;

		column->bytes[column->count++] = (number & 0x7f) | more;
		if (column->count == 3)
			put_group(column);
		number >>= 7;
	} while (number);
}

void column_end(struct column *column)
{
	if (column->count)
		put_group(column);
	fputc('"', column->out);
}

uint64_t column_signed(int64_t number)
{
	return (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
}
