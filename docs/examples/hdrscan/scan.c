/* SPDX-License-Identifier: MIT */
/*
 * The await: what a header pulls in.
 *
 * scan_header() is an ordinary function: it reads one file and waits for the
 * headers which that includes. It needs no list of what was visited and no
 * lock, for an await runs its function once, however many wait for it and on
 * whichever threads: the others get the value, blocking for it if need be.
 *
 * Headers include each other in circles. A wait that would close one returns
 * -EDEADLK instead: the header is being read, further down this stack or by a
 * thread that waits for this one. It is counted in the set for itself alone
 * and the scan goes on; what it includes is added by whoever runs it. So all
 * that can be reached is read, whichever thread comes first, but the sets of
 * headers in a circle, and of what includes them, may lack what was cut; and
 * where it is cut depends on where the circle was entered.
 *
 * A header that can't be read is a failed await. It keeps its arguments, and
 * the next wait tries again: that costs one more open for each header that
 * includes it, and would find a file that has appeared since.
 */
#include "header.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The headers that one file includes, in its order. */
struct list {
	struct header **headers;
	size_t count;
};

struct scan_counts scan_counts;
bool scan_verbose;

static int scan_header(struct scan *out, const char *path,
		       struct header *header);

/* Makes scan_header() awaitable. path is header->path: an argument of its own,
 * so that a debugger and a trace show it. */
AWAITABLE(scan, scan_header, (const char *, path), (struct header *, header));

await_scan *scan_await(struct header *header)
{
	return awaitable(scan_header, header->path, header);
}

void scan_clear(struct scan *scan)
{
	free(scan->headers);
}

/* Relaxed: orders nothing. They are read when all threads have been joined. */
static void count(_Atomic(size_t) *counter)
{
	atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* The whole file, terminated, for the caller to free, and its length. */
static int read_text(char **out, uint64_t *size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t length = 0;
	ssize_t n = -1;
	char *text = NULL;
	int rc;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0)
		text = malloc((size_t)st.st_size + 1);
	while (text &&
	       (n = read(fd, text + length, (size_t)st.st_size - length)) > 0)
		length += (size_t)n;
	rc = n < 0 ? -errno : 0;
	close(fd);
	if (rc) {
		free(text);
		return rc;
	}
	text[length] = '\0';
	*size = length;
	*out = text;
	return 0;
}

static int list_append(struct list *list, struct header *header)
{
	/* Grows at each power of two. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? 2 * list->count : 1;
		void *more = realloc(list->headers, room * sizeof(header));

		if (!more)
			return -ENOMEM;
		list->headers = more;
	}
	list->headers[list->count++] = header;
	return 0;
}

/* What header includes, and its size. The text is gone and the file is closed
 * before the first wait: waits nest by the dozen, and each level would keep its
 * own. */
static int list_includes(struct list *list, uint64_t *size, const char *path,
			 const struct header *header)
{
	struct include include;
	struct header *found;
	const char *rest;
	char *text = NULL;
	int rc = read_text(&text, size, path);

	if (rc)
		return rc;
	rest = text;
	while (rc == 0 && include_find(&include, &rest)) {
		if (include.kind == INCLUDE_COMPUTED) {
			count(&scan_counts.computed);
			continue;
		}
		rc = catalog_find(&found, header, &include);
		if (rc == 0)
			rc = list_append(list, found);
	}
	free(text);
	return rc;
}

/* Merges the sets, which are in order. */
static int scan_add(struct scan *scan, const struct scan *part)
{
	size_t i = 0, j = 0, n = 0;
	struct header **all =
		malloc((scan->files + part->files) * sizeof(*all));

	if (!all)
		return -ENOMEM;
	while (i < scan->files || j < part->files) {
		uintptr_t a = i < scan->files ? (uintptr_t)scan->headers[i] :
						UINTPTR_MAX;
		uintptr_t b = j < part->files ? (uintptr_t)part->headers[j] :
						UINTPTR_MAX;

		all[n++] = a <= b ? scan->headers[i] : part->headers[j];
		i += a <= b;
		j += b <= a;
	}
	free(scan->headers);
	scan->headers = all;
	scan->files = n;
	if (scan->depth < part->depth + 1)
		scan->depth = part->depth + 1;
	return 0;
}

/* Waits for what from includes and adds it to scan. */
static int scan_include(struct scan *scan, const struct header *from,
			struct header *header)
{
	struct scan part;
	int rc = await_wait(header->await, &part);

	count(&scan_counts.waits);
	if (rc == -EDEADLK) {
		count(&scan_counts.cycles);
		if (scan_verbose)
			fprintf(stderr, "cycle: %s includes %s\n", from->path,
				header->path);
		part.files = 1;
		part.depth = 1;
		part.headers = &header;
	} else if (rc) {
		count(&scan_counts.failures);
		if (scan_verbose)
			fprintf(stderr, "missing: %s includes %s: %s\n",
				from->path, header->path, strerror(-rc));
		return 0;
	}
	return scan_add(scan, &part);
}

/*
 * What one header of a set weighs by itself. It was read, so its await has the
 * value: a cached hit, and there are as many as the sets have members. Only
 * those that still run can't be asked, which are the header whose scan this is
 * and those at which a circle was cut: they weigh what they do on disk.
 */
static uint64_t weight(const struct header *header)
{
	if (await_state(header->await) != AWAIT_RESOLVED)
		return header->size;
	count(&scan_counts.weighed);
	return AWAIT_FIELD(header->await, own_bytes);
}

/*
 * The await's function: 0 and *out, or what went wrong. Not inlined, so that
 * `break scan_header` stops in it and a backtrace has one frame per header:
 * small ones, for they nest.
 */
__attribute__((noinline)) static int
scan_header(struct scan *out, const char *path, struct header *header)
{
	struct scan scan = { 0 };
	struct list list = { 0 };
	struct scan self = { .files = 1, .headers = &header };
	int rc = list_includes(&list, &scan.own_bytes, path, header);

	if (rc == 0)
		rc = scan_add(&scan, &self);
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		rc = scan_include(&scan, header, list.headers[i]);
	free(list.headers);
	if (rc) {
		scan_clear(&scan);
		return rc;
	}
	for (size_t i = 0; i < scan.files; i++)
		scan.bytes += weight(scan.headers[i]);
	*out = scan;
	return 0;
}

void scan_root(struct header *header)
{
	count(&scan_counts.waits);
	if (await_wait(header->await, NULL) != 0)
		count(&scan_counts.failures);
}
