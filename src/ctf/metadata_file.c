/* SPDX-License-Identifier: MIT */
/* See metadata_file.h. */
#include "ctf/metadata_file.h"

#include <byteswap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* As CTF 1.8 lays it out, in the byte order of the machine that traced. */
struct metadata_header {
	uint32_t magic;
	uint8_t uuid[16];
	uint32_t checksum;
	uint32_t content_size; /* in bits, with the header */
	uint32_t packet_size;  /* with padding */
	uint8_t schemes[5];
} __attribute__((packed));

#define MAGIC 0x75d11d57u

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
		if (length < sizeof(header.magic) ||
		    (header.magic != MAGIC && bswap_32(header.magic) != MAGIC))
			return true;
		if (length < sizeof(header) ||
		    !pass_packet(file, size, &header))
			return false;
	}
	return true;
}

bool metadata_is_whole(const char *path)
{
	FILE *file = fopen(path, "re");
	bool whole;

	if (!file)
		return true;
	whole = is_whole(file);
	fclose(file);
	return whole;
}
