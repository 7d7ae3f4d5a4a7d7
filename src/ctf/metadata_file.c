/* SPDX-License-Identifier: MIT */
/* See metadata_file.h. */
#define _GNU_SOURCE /* memmem */
#include "ctf/metadata_file.h"

#include "common/regular_file.h"

#include <byteswap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* As CTF lays it out, in the byte order of the machine that traced. */
struct metadata_header {
	uint32_t magic;
	uint8_t uuid[16];
	uint32_t checksum;
	uint32_t content_size; /* in bits, with the header */
	uint32_t packet_size;  /* with padding */
	uint8_t compression, encryption, checksum_scheme;
	uint8_t major, minor; /* of CTF */
} __attribute__((packed));

#define MAGIC 0x75d11d57u

enum { RECORD_SEPARATOR = 0x1e }; /* before each text of a JSON sequence */

static bool is_header(const struct metadata_header *header)
{
	return header->magic == MAGIC || bswap_32(header->magic) == MAGIC;
}

static uint32_t bytes(const struct metadata_header *header, uint32_t bits)
{
	return (header->magic == MAGIC ? bits : bswap_32(bits)) / 8;
}

/* Steps over the packet whose header was read. False if it is not all there. */
static bool pass_packet(FILE *file, long size,
			const struct metadata_header *header)
{
	uint32_t content = bytes(header, header->content_size);
	uint32_t packet = bytes(header, header->packet_size);
	long left = size - ftell(file) + (long)sizeof(*header);

	if (content < sizeof(*header) || packet < content || packet > left)
		return false;
	return fseek(file, (long)packet - (long)sizeof(*header), SEEK_CUR) == 0;
}

static bool is_whole(FILE *file)
{
	struct metadata_header header;
	size_t length;
	long size;

	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	/* LTTng writes it last: the disk was full by then. */
	if (size == 0)
		return false;
	while ((length = fread(&header, 1, sizeof(header), file)) > 0) {
		if (length < sizeof(header.magic) || !is_header(&header))
			return true;
		if (length < sizeof(header) ||
		    !pass_packet(file, size, &header))
			return false;
	}
	return true;
}

bool metadata_is_whole(const char *path)
{
	FILE *file = regular_file_read(path);
	bool whole;

	if (!file)
		return true;
	whole = is_whole(file);
	fclose(file);
	return whole;
}

bool metadata_is_lttng(const char *path)
{
	static const char tracer[] = "\"lttng-";
	FILE *file = regular_file_read(path);
	char begin[16384];
	size_t length;

	if (!file)
		return false;
	length = fread(begin, 1, sizeof(begin), file);
	fclose(file);
	return memmem(begin, length, tracer, strlen(tracer));
}

bool metadata_is_ctf_2(const char *path)
{
	FILE *file = regular_file_read(path);
	struct metadata_header header = { 0 };
	size_t length;

	if (!file)
		return false;
	length = fread(&header, 1, sizeof(header), file);
	fclose(file);
	if (length == sizeof(header) && is_header(&header))
		return header.major == 2;
	return length > 0 && *(const char *)&header == RECORD_SEPARATOR;
}

size_t metadata_strip(char *text, size_t size)
{
	struct metadata_header header;
	size_t length = 0, at = 0;

	while (size - at >= sizeof(header)) {
		uint32_t content, packet;

		memcpy(&header, text + at, sizeof(header));
		if (!is_header(&header))
			break;
		content = bytes(&header, header.content_size);
		packet = bytes(&header, header.packet_size);
		if (content < sizeof(header) || packet < content ||
		    packet > size - at)
			break;
		memmove(text + length, text + at + sizeof(header),
			content - sizeof(header));
		length += content - sizeof(header);
		at += packet;
	}
	return at ? length : size;
}
