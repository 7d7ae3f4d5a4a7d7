/* SPDX-License-Identifier: MIT */
/* Messages of Protocol Buffers, put together field by field. Where memory is
 * out they end the process. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Begins as 0, and after proto_clear() keeps its room. */
struct proto {
	unsigned char *bytes;
	size_t size, room;
};

void proto_varint(struct proto *to, unsigned field, uint64_t value);
void proto_fixed64(struct proto *to, unsigned field, uint64_t value);

/* Bytes of others as json_put_string() has them: one that is not ASCII becomes
 * the character of that number. */
void proto_text(struct proto *to, unsigned field, const char *text);

void proto_message(struct proto *to, unsigned field,
		   const struct proto *message);

void proto_clear(struct proto *message);
void proto_free(struct proto *message);
