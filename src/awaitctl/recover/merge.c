/* SPDX-License-Identifier: MIT */
/* See merge.h. */
#define _GNU_SOURCE
#include "awaitctl/recover/merge.h"

#include "awaitctl/tracedir/repair.h"
#include "awaitctl/tracedir/tree.h"
#include "common/file_bytes.h"
#include "ctf/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The packets of one stream that were salvaged. */
struct packets {
	char *bytes;
	uint64_t size;
};

static int cannot_write(const struct folder *output, const char *below,
			struct trouble *why)
{
	return trouble(
		why,
		"cannot write %s/%s: %s; what is in the buffers is kept: "
		"free some room, then awaitctl recover",
		output->path, below + strspn(below, "/"), strerror(errno));
}

/* Whether the file holds those bytes from there on. */
static bool holds(int file, uint64_t from, const char *bytes, uint64_t size)
{
	char block[65536];
	uint64_t done = 0;

	while (done < size) {
		uint64_t left = size - done;
		ssize_t got = pread(file, block,
				    left < sizeof(block) ? left : sizeof(block),
				    (off_t)(from + done));

		if (got <= 0 || memcmp(block, bytes + done, (size_t)got) != 0)
			return false;
		done += (uint64_t)got;
	}
	return true;
}

/* Whether the file has that packet there, but for the number of discarded
 * events (see carry_discarded()). */
static bool has_packet(int file, uint64_t at, const char *bytes, uint64_t size)
{
	struct packet_head here, head;

	if (pread(file, &here, sizeof(here), (off_t)at) != sizeof(here))
		return false;
	memcpy(&head, bytes, sizeof(head));
	head.discarded = here.discarded = 0;
	return !memcmp(&here, &head, sizeof(head)) &&
	       holds(file, at + sizeof(head), bytes + sizeof(head),
		     size - sizeof(head));
}

/* Whether the file's packets from there on are those that the others begin
 * with. */
static bool goes_on_with(int file, uint64_t at, const struct packets *packets)
{
	struct packet_head head;
	uint64_t next = at, from = 0;
	enum packet_state state;

	while ((state = packet_next(file, &next, &head)) == PACKET_WHOLE &&
	       next - at <= packets->size - from &&
	       has_packet(file, at, packets->bytes + from, next - at)) {
		from += next - at;
		at = next;
	}
	return state == PACKET_NONE;
}

/* Where the longest end of the file begins that the packets begin with; the
 * file's end if there is none. The file has whole packets only, of which
 * *before becomes the head of the last one before that. */
static uint64_t overlap(int file, uint64_t size, const struct packets *packets,
			struct packet_head *before)
{
	uint64_t begin = 0, next = 0;
	struct packet_head head;

	while (!goes_on_with(file, begin, packets)) {
		if (packet_next(file, &next, &head) != PACKET_WHOLE)
			return size;
		*before = head;
		begin = next;
	}
	return begin;
}

static int append(int file, const struct packets *packets)
{
	uint64_t from = 0;

	while (from < packets->size) {
		ssize_t wrote = write(file, packets->bytes + from,
				      packets->size - from);

		if (wrote < 0 && errno != EINTR)
			return -1;
		if (wrote > 0)
			from += (uint64_t)wrote;
	}
	return 0;
}

/*
 * A packet says how many events its stream had discarded when it became full;
 * into some, LTTng writes 0. These get the number of the packet before, as
 * readers take a number that falls for 2^64 discarded events.
 */
static void carry_discarded(const struct packets *packets,
			    struct packet_head head)
{
	uint64_t at = 0;

	while (packets->size - at >= sizeof(head)) {
		uint64_t discarded = head.discarded;

		memcpy(&head, packets->bytes + at, sizeof(head));
		if (head.magic != PACKET_MAGIC ||
		    head.packet_size / 8 < sizeof(head) ||
		    head.packet_size / 8 > packets->size - at)
			return;
		if (head.discarded < discarded)
			head.discarded = discarded;
		memcpy(packets->bytes + at, &head, sizeof(head));
		at += head.packet_size / 8;
	}
}

static int merge_stream(const struct folder *output, const char *to,
			const struct packets *packets, struct trouble *why)
{
	int file = folder_file(output, to, O_RDWR | O_CREAT), rc;
	struct packet_head before = { 0 };
	struct stat status;
	uint64_t size;

	if (file < 0)
		return cannot_write(output, to, why);
	rc = fstat(file, &status);
	if (rc == 0) {
		size = overlap(file, (uint64_t)status.st_size, packets,
			       &before);
		if (strstr(to, "/64-bit/"))
			carry_discarded(packets, before);
		if (ftruncate(file, (off_t)size) ||
		    lseek(file, 0, SEEK_END) < 0)
			rc = -1;
	}
	if (rc == 0)
		rc = append(file, packets);
	return close(file) || rc ? cannot_write(output, to, why) : 0;
}

static int read_file(struct file_bytes *bytes, const struct tree_entry *entry)
{
	int file = openat(entry->at, entry->name,
			  O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int rc, error;

	if (file < 0)
		return -1;
	rc = file_bytes_read(bytes, file);
	error = errno;
	close(file);
	errno = error;
	return rc;
}

struct merge {
	const struct folder *output;
	const char *to;
};

static int merge_file(const struct tree_entry *from, const struct merge *merge,
		      const char *to, struct trouble *why)
{
	struct file_bytes bytes;
	struct packets packets;
	int rc;

	if (read_file(&bytes, from))
		return trouble(why, "cannot read %s: %s", from->path,
			       strerror(errno));
	packets = (struct packets){ bytes.bytes, bytes.size };
	rc = merge_stream(merge->output, to, &packets, why);
	file_bytes_free(&bytes);
	return rc;
}

static int merge_entry(const struct tree_entry *entry, void *data,
		       struct trouble *why)
{
	const struct merge *merge = data;
	char to[PATH_MAX];
	int rc = 0;

	if (!*entry->below)
		return 0;
	snprintf(to, sizeof(to), "%s%s", merge->to, entry->below);
	if (entry->type == TREE_DIRECTORY)
		rc = folder_mkdir(merge->output, to) && errno != EEXIST ? -1 :
									  0;
	else if (entry->type == TREE_FILE && !strcmp(entry->name, "metadata"))
		rc = repair_metadata(entry, merge->output, to);
	else if (entry->type == TREE_FILE)
		return merge_file(entry, merge, to, why);
	return rc ? cannot_write(merge->output, to, why) : 0;
}

int merge_traces(const struct folder *output, const char *from, const char *to,
		 struct trouble *why)
{
	struct merge merge = { output, to };

	if (repair_trace(output, to, why))
		return -1;
	return tree_walk(output, from, merge_entry, &merge, why);
}

/* A stream is a file that is not called metadata. */
static int find_stream(const struct tree_entry *entry, void *data,
		       struct trouble *why)
{
	(void)data;
	(void)why;
	return entry->type == TREE_FILE && strcmp(entry->name, "metadata") != 0;
}

bool merge_has_streams(const struct folder *output, const char *from)
{
	struct trouble ignored;

	return tree_walk(output, from, find_stream, NULL, &ignored) > 0;
}
