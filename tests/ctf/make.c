/* SPDX-License-Identifier: MIT */
/* See make.h. */
#define _GNU_SOURCE
#include "make.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#define UINT(bits)                                                             \
	"integer { size = " bits "; align = 8; signed = 0; "                   \
	"encoding = none; base = 10; }"

const char make_metadata[] =
	"/* CTF 1.8 */\n"
	"\n"
	"stream {\n"
	"\tid = 0;\n"
	"\tevent.header := struct event_header_large;\n"
	"\tevent.context := struct {\n"
	"\t\t" UINT(
		"32") " _vpid;\n"
		      "\t\t" UINT(
			      "32") " _vtid;\n"
				    "\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; "
				    "base = 10; } _procname[17];\n"
				    "\t};\n"
				    "};\n"
				    "\n"
				    "event {\n"
				    "\tname = \"await:create\";\n"
				    "\tid = 0;\n"
				    "\tstream_id = 0;\n"
				    "\tfields := struct {\n"
				    "\t\tstring _function;\n"
				    "\t\tenum : " UINT(
					    "8") " { \"no\" = 0, \"yes\" = 1, } _odd;\n"
						 "\t\t" UINT(
							 "64") " __stack_length;\n"
							       "\t\t" UINT(
								       "64") " _stack[ __stack_length ];\n"
									     "\t};\n"
									     "};\n";

static char *put(char *to, const void *from, size_t size)
{
	return mempcpy(to, from, size);
}

size_t make_event(char *bytes, const struct made_event *event)
{
	const uint16_t id = event->extended ? UINT16_MAX : 0;
	const uint32_t extended_id = 0, low = (uint32_t)event->time;
	const int pid = MAKE_PID, thread = event->thread ? event->thread : 1;
	const char name[17] = "program", function[] = "a_function", odd = 1;
	const uint64_t length = event->stack;
	char *to = put(bytes, &id, sizeof(id));

	if (event->extended) {
		to = put(to, &extended_id, sizeof(extended_id));
		to = put(to, &event->time, sizeof(event->time));
	} else {
		to = put(to, &low, sizeof(low));
	}
	to = put(to, &pid, sizeof(pid));
	to = put(to, &thread, sizeof(thread));
	to = put(to, name, sizeof(name));
	to = put(to, function, sizeof(function));
	to = put(to, &odd, sizeof(odd));
	to = put(to, &length, sizeof(length));
	for (uint64_t frame = 0; frame < length; frame++)
		to = put(to, &frame, sizeof(frame));
	return (size_t)(to - bytes);
}

struct packet_head make_head(uint64_t number, uint64_t begin)
{
	return (struct packet_head){ .magic = PACKET_MAGIC,
				     .begin = begin,
				     .content_size = UINT64_MAX,
				     .packet_size = UINT64_MAX,
				     .number = number };
}

char *make_directory(void)
{
	const char *top = getenv("TMPDIR");
	char *path = NULL;

	assert_true(asprintf(&path, "%s/ctf-XXXXXX", top ? top : "/tmp") > 0);
	assert_non_null(mkdtemp(path));
	return path;
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void make_remove(char *directory)
{
	nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(directory);
}

void make_file(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

void make_number(struct made_ring *ring, size_t at, uint64_t value, size_t size)
{
	const char *from = (const char *)&value;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	from += sizeof(value) - size;
#endif
	memcpy(ring->file + at, from, size);
}

static void make_layout(struct made_ring *ring)
{
	static const uint8_t magic[] = { 0x17, 0x7b, 0xf1, 0x77, 0xbf, 0x17,
					 0x7b, 0xf1, 0x77, 0xbf, 0x17, 0x7b,
					 0xf1, 0x77, 0xbf, 0x17 };
	const uint32_t offsets[] = {
		AT_PRODUCED,	AT_CONSUMED, AT_COUNTS, 8,  AT_IDS, 0,
		AT_IDS + 8 * 4, 8,	     32 + 8,	48, 56
	};
	const uint32_t strides[] = { 16, 8, 16 };

	memcpy(ring->file, magic, sizeof(magic));
	make_number(ring, 16, MAKE_RING, 8);
	make_number(ring, AT_ENDIAN, 0x1234, 2);
	make_number(ring, AT_WORD, 8, 1);
	memcpy(ring->file + 32, offsets, sizeof(offsets));
	memset(ring->file + 76, 8, 8);
	memcpy(ring->file + 84, strides, sizeof(strides));
	make_number(ring, AT_BUF_SIZE, MAKE_SUBBUFS * MAKE_SUBBUF, 8);
	make_number(ring, AT_SUBBUF_SIZE, MAKE_SUBBUF, 8);
	make_number(ring, AT_NUM_SUBBUF, MAKE_SUBBUFS, 8);
	make_number(ring, AT_MODE, 1, 4);
}

void make_ring(struct made_ring *ring)
{
	*ring = (struct made_ring){ 0 };
	make_layout(ring);
	for (size_t i = 0; i < MAKE_PARTS; i++) {
		size_t pages = AT_PAGES + 64 * i;

		if (i < MAKE_SUBBUFS)
			make_number(ring, AT_IDS + 8 * i, i, 8);
		make_number(ring, AT_IDS + 8 * 4 + 16 * i + 8, pages, 8);
		make_number(ring, pages + 40, AT_BYTES + MAKE_SUBBUF * i, 8);
	}
}

void make_owned(struct made_ring *ring)
{
	make_number(ring, AT_MAJOR, 1, 2);
	for (size_t i = 0; i < MAKE_SUBBUFS; i++)
		make_exchange(ring, i, i);
}

/* The id has flags in its upper half. */
void make_exchange(struct made_ring *ring, size_t i, size_t part)
{
	make_number(ring, AT_IDS + 8 * i, 5ull << 32 | part, 8);
}

void make_word(struct made_ring *ring, unsigned size)
{
	make_number(ring, AT_WORD, size, 1);
	make_number(ring, AT_SEQ_OFFSET, size, 4);
	make_number(ring, AT_SEQ_LENGTH, size, 1);
}

void make_positions(struct made_ring *ring, uint64_t consumed,
		    uint64_t produced)
{
	make_number(ring, AT_CONSUMED, consumed, 8);
	make_number(ring, AT_PRODUCED, produced, 8);
}

void make_counts(struct made_ring *ring, size_t i, uint64_t committed,
		 uint64_t contiguous)
{
	make_number(ring, AT_COUNTS + 16 * i, committed, 8);
	make_number(ring, AT_COUNTS + 16 * i + 8, contiguous, 8);
}

void make_delivered(struct made_ring *ring, uint64_t position,
		    uint64_t data_size)
{
	uint64_t number = position / MAKE_SUBBUF;
	size_t i = number % MAKE_SUBBUFS;
	uint64_t counted = (number / MAKE_SUBBUFS + 1) * MAKE_SUBBUF;
	struct packet_head head = make_head(number, number * 1000);

	head.end = number * 1000 + 999;
	head.content_size = 8 * data_size;
	head.packet_size = 8 * MAKE_SUBBUF;
	memcpy(ring->file + AT_BYTES + MAKE_SUBBUF * i, &head, sizeof(head));
	make_counts(ring, i, counted, counted);
	make_number(ring, AT_PAGES + 64 * i + 24, data_size, 8);
}
