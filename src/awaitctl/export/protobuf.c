/* SPDX-License-Identifier: MIT */
/* See protobuf.h. */
#include "awaitctl/export/protobuf.h"

#include "awaitctl/common/say.h"

#include <stdlib.h>
#include <string.h>

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

static void put_bytes(struct proto *to, const void *bytes, size_t size)
{
	if (to->size + size > to->room) {
		to->room = 2 * (to->size + size);
		to->bytes = must(realloc(to->bytes, to->room));
	}
	if (size)
		memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
}

static void put_byte(struct proto *to, unsigned byte)
{
	unsigned char one = (unsigned char)byte;

	put_bytes(to, &one, 1);
}

static void put_number(struct proto *to, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		put_byte(to, 0x80 | (number & 0x7f));
	put_byte(to, (unsigned)number);
}

static void put_tag(struct proto *to, unsigned field, enum wire wire)
{
	put_number(to, field << 3 | wire);
}

void proto_varint(struct proto *to, unsigned field, uint64_t value)
{
	put_tag(to, field, WIRE_VARINT);
	put_number(to, value);
}

void proto_fixed64(struct proto *to, unsigned field, uint64_t value)
{
	put_tag(to, field, WIRE_FIXED64);
	for (int i = 0; i < 8; i++, value >>= 8)
		put_byte(to, value & 0xff);
}

void proto_text(struct proto *to, unsigned field, const char *text)
{
	size_t size = 0;

	for (const char *at = text; *at; at++)
		size += (unsigned char)*at < 0x80 ? 1 : 2;
	put_tag(to, field, WIRE_BYTES);
	put_number(to, size);
	for (; *text; text++) {
		unsigned c = (unsigned char)*text;

		if (c >= 0x80)
			put_byte(to, 0xc0 | c >> 6);
		put_byte(to, c < 0x80 ? c : 0x80 | (c & 0x3f));
	}
}

void proto_message(struct proto *to, unsigned field,
		   const struct proto *message)
{
	put_tag(to, field, WIRE_BYTES);
	put_number(to, message->size);
	put_bytes(to, message->bytes, message->size);
}

void proto_clear(struct proto *message)
{
	message->size = 0;
}

void proto_free(struct proto *message)
{
	free(message->bytes);
	*message = (struct proto){ 0 };
}
