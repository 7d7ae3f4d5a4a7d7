/* SPDX-License-Identifier: MIT */
/* See merge.h. */
#define _GNU_SOURCE
#include "merge.h"

#include "index.h"
#include "packet.h"
#include "say.h"

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

static bool begins_packets(int file, uint64_t from, uint64_t size,
			   const struct packets *packets)
{
	return from < size && size - from <= packets->size &&
	       holds(file, from, packets->bytes, size - from);
}

/* Where that begins in the file, at its end, which the packets begin with. */
static uint64_t overlap(int file, const char *index, uint64_t size,
			const struct packets *packets)
{
	uint64_t begin = 0, end = 0;

	index_entry(index, 0, &begin, &end);
	if (begins_packets(file, end, size, packets))
		return end;
	for (size_t i = 0; index_entry(index, i, &begin, &end); i++) {
		if (size > begin && size - begin > packets->size)
			break;
		if (begins_packets(file, begin, size, packets))
			return begin;
	}
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

/* Without an index: all of it is there already, or nothing. */
static int add_packets(int file, const char *index, uint64_t size,
		       const struct packets *packets)
{
	if (access(index, F_OK) == 0)
		size = overlap(file, index, size, packets);
	else if (size >= packets->size && holds(file, size - packets->size,
						packets->bytes, packets->size))
		return 0;
	if (ftruncate(file, (off_t)size) || lseek(file, 0, SEEK_END) < 0)
		return -1;
	return append(file, packets);
}

static void name_index(char index[PATH_MAX], const char *stream)
{
	const char *slash = strrchr(stream, '/');

	snprintf(index, PATH_MAX, "%.*s/index%s.idx", (int)(slash - stream),
		 stream, slash);
}

/*
 * How many events the stream had discarded by then is written into a packet
 * when that is full; into some that are, LTTng writes 0. Such a one gets what
 * the one before it says: a number that falls is read as 2^64 discarded events.
 */
static void carry_discarded(int file, const char *index,
			    const struct packets *packets)
{
	uint64_t begin, end, at = 0;
	struct packet_head head = { 0 };

	if (index_entry(index, 0, &begin, &end) &&
	    (pread(file, &head, sizeof(head), (off_t)begin) != sizeof(head) ||
	     head.magic != PACKET_MAGIC))
		return;
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
	char index[PATH_MAX];
	int file = open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0660), rc;
	struct stat status;

	if (file < 0)
		return failed(to);
	name_index(index, to);
	rc = fstat(file, &status);
	if (rc == 0 && strstr(to, "/64-bit/"))
		carry_discarded(file, index, packets);
	if (rc == 0)
		rc = add_packets(file, index, (uint64_t)status.st_size,
				 packets);
	if (close(file) || rc)
		return failed(to);
	return unlink(index) && errno != ENOENT ? failed(index) : 0;
}

/* The old one stays until the new one is whole. */
static int replace(const char *to, const struct packets *text)
{
	char next[PATH_MAX + 8];
	int file, rc;

	snprintf(next, sizeof(next), "%s.next", to);
	file = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
	if (file < 0)
		return failed(next);
	rc = append(file, text);
	if (close(file) || rc || rename(next, to))
		return failed(to);
	return 0;
}

static int merge_file(const char *from, const char *to)
{
	bool is_metadata = !strcmp(strrchr(to, '/'), "/metadata");
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

		rc = is_metadata ? replace(to, &all) : merge_stream(to, &all);
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
	return type == FTW_F ? merge_file(path, to) : 0;
}

static int drop_index(const char *path, const struct stat *status, int type,
		      struct FTW *where)
{
	size_t length = strlen(path);

	(void)status;
	(void)where;
	if (type != FTW_F || length < 4 || strcmp(path + length - 4, ".idx"))
		return 0;
	return unlink(path) ? failed(path) : 0;
}

int merge_traces(const char *from, const char *to)
{
	target = to;
	source_length = strlen(from);
	if (nftw(from, visit, 16, FTW_PHYS) ||
	    nftw(to, drop_index, 16, FTW_PHYS))
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
