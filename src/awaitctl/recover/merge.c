/* SPDX-License-Identifier: MIT */
/* See merge.h. */
#define _GNU_SOURCE
#include "awaitctl/recover/merge.h"

#include "awaitctl/tracedir/repair.h"
#include "ctf/packet.h"
#include "awaitctl/common/say.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Packets of one stream that the rings held. */
struct packets {
	char *bytes;
	uint64_t size;
};

/* nftw() passes no data. */
static const char *target;
static size_t source_length;

static int failed(const char *path)
{
	say("cannot write %s: %s; what is in the buffers is kept: free some "
	    "room, then awaitctl recover",
	    path, strerror(errno));
	return -1;
}

/* Whether the file holds just that from there on. */
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

/* Where that begins in the file, at its end, which the packets begin with. The
 * file has whole packets only. */
static uint64_t overlap(int file, uint64_t size, const struct packets *packets)
{
	uint64_t begin = 0, next = 0;
	struct packet_head head;

	do {
		begin = next;
		if (size - begin <= packets->size &&
		    holds(file, begin, packets->bytes, size - begin))
			return begin;
	} while (packet_next(file, &next, &head) == PACKET_WHOLE);
	return size;
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

static int add_packets(int file, uint64_t size, const struct packets *packets)
{
	size = overlap(file, size, packets);
	if (ftruncate(file, (off_t)size) || lseek(file, 0, SEEK_END) < 0)
		return -1;
	return append(file, packets);
}

/*
 * How many events the stream had discarded by then is written into a packet
 * when that is full; into some that are, LTTng writes 0. Such a one gets what
 * the one before it says: a number that falls is read as 2^64 discarded events.
 */
static void carry_discarded(int file, const struct packets *packets)
{
	uint64_t end = 0, at = 0, cut = 0;
	struct packet_head head = { 0 };

	packet_last(file, &end, &head, &cut);
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

static int merge_stream(const char *to, const struct packets *packets)
{
	int file = open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0660), rc;
	struct stat status;

	if (file < 0)
		return failed(to);
	rc = fstat(file, &status);
	if (rc == 0 && strstr(to, "/64-bit/"))
		carry_discarded(file, packets);
	if (rc == 0)
		rc = add_packets(file, (uint64_t)status.st_size, packets);
	return close(file) || rc ? failed(to) : 0;
}

static int merge_file(const char *from, const char *to)
{
	int file = open(from, O_RDWR | O_CLOEXEC), rc = -1;
	struct stat status;
	void *bytes;

	if (file < 0 || fstat(file, &status) || !status.st_size) {
		say("cannot read %s: %s", from, strerror(errno));
		if (file >= 0)
			close(file);
		return -1;
	}
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE,
		     MAP_SHARED, file, 0);
	close(file);
	if (bytes != MAP_FAILED) {
		struct packets all = { bytes, (uint64_t)status.st_size };

		rc = merge_stream(to, &all);
		munmap(bytes, (size_t)status.st_size);
	}
	return rc;
}

static int visit(const char *path, const struct stat *status, int type,
		 struct FTW *where)
{
	char to[PATH_MAX];

	(void)status;
	if (where->level == 0)
		return 0;
	snprintf(to, sizeof(to), "%s%s", target, path + source_length);
	if (type == FTW_D)
		return mkdir(to, 0770) && errno != EEXIST ? failed(to) : 0;
	if (type != FTW_F)
		return 0;
	if (strcmp(path + where->base, "metadata") != 0)
		return merge_file(path, to);
	return repair_metadata(path, to) ? failed(to) : 0;
}

int merge_traces(const char *from, const char *to)
{
	target = to;
	source_length = strlen(from);
	if (repair_trace(to) || nftw(from, visit, 16, FTW_PHYS))
		return EXIT_FAILED;
	return 0;
}

/* A stream is beside a file called metadata. */
static int find_stream(const char *path, const struct stat *status, int type,
		       struct FTW *where)
{
	(void)status;
	return type == FTW_F && strcmp(path + where->base, "metadata") != 0;
}

bool merge_has_streams(const char *from)
{
	return nftw(from, find_stream, 16, FTW_PHYS) > 0;
}
