/* SPDX-License-Identifier: MIT */
/*
 * The catalog: all headers, each with its await.
 *
 * A header is a file: one with several names (links, "a/../b.h", a directory
 * of the path that lies inside another) is one header, known by device and
 * inode. Two tables lead to it, from every name that was ever tried (or to
 * NULL: there is no such file) and from the file itself. A missing header has
 * a place in the first only, as "<name>": no file is called that, so that its
 * await fails by the error of the open.
 *
 * The walk fills the catalog while there is one thread. After that
 * catalog_find() adds what was not found then, under the lock: *.def or C++
 * headers without a suffix, files beside the path, missing headers. A header
 * never changes or goes away before catalog_close().
 */
#define _GNU_SOURCE /* asprintf */
#include "header.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUCKETS 16384 /* more than there are headers, usually */

struct name {
	struct name *next;
	struct header *header;
	char text[];
};

static const struct path *path;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct name *names[BUCKETS];
static struct header *files[BUCKETS];
static struct header **all;
static size_t count, room;

static struct name **name_bucket(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return &names[hash % BUCKETS];
}

static struct name *name_find(const char *text)
{
	struct name *name = *name_bucket(text);

	while (name && strcmp(name->text, text) != 0)
		name = name->next;
	return name;
}

static int name_add(const char *text, struct header *header)
{
	struct name **bucket = name_bucket(text);
	struct name *name = malloc(sizeof(*name) + strlen(text) + 1);

	if (!name)
		return -ENOMEM;
	strcpy(name->text, text);
	name->header = header;
	name->next = *bucket;
	*bucket = name;
	return 0;
}

/* The innermost include directory that text lies in: where #include_next goes
 * on behind. */
static int dir_of(const char *text)
{
	size_t longest = 0;
	int dir = -1;

	for (size_t i = 0; i < path->count; i++) {
		size_t length = strlen(path->dirs[i]);

		if (length > longest &&
		    strncmp(text, path->dirs[i], length) == 0 &&
		    text[length] == '/') {
			longest = length;
			dir = (int)i;
		}
	}
	return dir;
}

/* A new header with a pending await. */
static struct header *header_new(const char *text)
{
	struct header *header = calloc(1, sizeof(*header));

	if (count == room) {
		size_t more = room ? 2 * room : 1024;
		void *grown = realloc(all, more * sizeof(*all));

		if (!grown)
			goto fail;
		all = grown;
		room = more;
	}
	if (!header)
		goto fail;
	header->path = strdup(text);
	header->dir = dir_of(text);
	if (!header->path)
		goto fail;
	header->await = scan_await(header);
	if (!header->await)
		goto fail;
	all[count++] = header;
	return header;
fail:
	if (header)
		free(header->path);
	free(header);
	return NULL;
}

/* The header of a file, which is called text if it is a new one. */
static struct header *header_of(const struct stat *st, const char *text)
{
	struct header **bucket = &files[st->st_ino % BUCKETS];
	struct header *header = *bucket;

	while (header &&
	       (header->ino != st->st_ino || header->dev != st->st_dev))
		header = header->next;
	if (header)
		return header;
	header = header_new(text);
	if (!header)
		return NULL;
	header->size = (uint64_t)st->st_size;
	header->dev = st->st_dev;
	header->ino = st->st_ino;
	header->next = *bucket;
	*bucket = header;
	return header;
}

/* The header that has this name, *out NULL if there is none. A new one takes
 * its real name: which name it was met by first is a matter of chance when
 * there are threads. */
static int find_name(struct header **out, const char *text)
{
	const struct name *name = name_find(text);
	struct stat st;

	*out = name ? name->header : NULL;
	if (name)
		return 0;
	if (stat(text, &st) == 0 && S_ISREG(st.st_mode)) {
		char *real = realpath(text, NULL);

		*out = header_of(&st, real ? real : text);
		free(real);
		if (!*out)
			return -ENOMEM;
	}
	return name_add(text, *out);
}

/* The same for a name in a directory. One too long for a path is no file. */
static int find_in(struct header **out, const char *dir, size_t dir_length,
		   const struct include *include)
{
	char text[PATH_MAX];
	int length = snprintf(text, sizeof(text), "%.*s/%.*s", (int)dir_length,
			      dir, (int)include->length, include->name);

	*out = NULL;
	return length >= 0 && (size_t)length < sizeof(text) ?
		       find_name(out, text) :
		       0;
}

/* The places where the preprocessor would look, in its order. */
static int find_file(struct header **out, const struct header *from,
		     const struct include *include)
{
	int dir = include->kind == INCLUDE_NEXT ? from->dir + 1 : 0;
	int rc = 0;

	*out = NULL;
	if (include->length && include->name[0] == '/')
		return find_in(out, "", 0, include); /* //name is /name */
	if (include->kind == INCLUDE_QUOTES) {
		const char *slash = strrchr(from->path, '/');

		rc = find_in(out, from->path, (size_t)(slash - from->path),
			     include);
	}
	for (; rc == 0 && !*out && dir < (int)path->count; dir++)
		rc = find_in(out, path->dirs[dir], strlen(path->dirs[dir]),
			     include);
	return rc;
}

static int find_missing(struct header **out, const struct include *include)
{
	const struct name *name;
	char *text;
	int rc;

	if (asprintf(&text, "<%.*s>", (int)include->length, include->name) < 0)
		return -ENOMEM;
	name = name_find(text);
	*out = name ? name->header : header_new(text);
	rc = name ? 0 : *out ? name_add(text, *out) : -ENOMEM;
	free(text);
	return rc;
}

int catalog_find(struct header **out, const struct header *from,
		 const struct include *include)
{
	int rc;

	pthread_mutex_lock(&lock);
	rc = find_file(out, from, include);
	if (rc == 0 && !*out)
		rc = find_missing(out, include);
	pthread_mutex_unlock(&lock);
	return rc;
}

int catalog_find_root(struct header **out, const char *name)
{
	const struct include include = { INCLUDE_ANGLES, name, strlen(name) };
	int rc;

	pthread_mutex_lock(&lock);
	rc = find_file(out, NULL, &include);
	if (rc == 0 && !*out)
		rc = find_name(out, name);
	pthread_mutex_unlock(&lock);
	return rc ? rc : *out ? 0 : -ENOENT;
}

int catalog_add(const char *text, const struct stat *st)
{
	struct header *header = header_of(st, text);

	return header ? name_add(text, header) : -ENOMEM;
}

void catalog_open(const struct path *along)
{
	path = along;
}

size_t catalog_count(void)
{
	return count;
}

struct header *catalog_header(size_t number)
{
	return all[number];
}

void catalog_close(void)
{
	for (size_t i = 0; i < count; i++) {
		await_unref(all[i]->await);
		free(all[i]->path);
		free(all[i]);
	}
	free(all);
	for (size_t i = 0; i < BUCKETS; i++)
		while (names[i]) {
			struct name *next = names[i]->next;

			free(names[i]);
			names[i] = next;
		}
}
