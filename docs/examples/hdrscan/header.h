/* SPDX-License-Identifier: MIT */
/*
 * hdrscan: what does a C header pull in?
 *
 * Every header found along the include path becomes a struct header with an
 * await of its struct scan: the set of headers that it includes, directly or
 * not. Making them opens no file. Waiting for one reads it and waits for what
 * it includes, on the same stack; whatever two headers share is read once.
 *
 *     path.c     which directories: the compiler's, or -I
 *     walk.c     which headers are found there
 *     catalog.c  all headers, and which of them an #include means
 *     include.c  finds the #include lines of a text
 *     scan.c     the await: its type, its function, its creation
 *     report.c   looks at the awaits when all is done
 *     main.c     options, roots and threads
 *
 * Ownership: the catalog owns the headers and each header its await, until
 * catalog_close(). A scan's array belongs to the await that holds the scan;
 * a copy got by a wait borrows it.
 */
#pragma once

#include <await/await.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct header;

/* What a header pulls in, itself included. */
struct scan {
	size_t files;
	uint64_t bytes;
	uint64_t own_bytes; /* of the header itself, as read */
	unsigned int depth; /* of the longest chain; 1 if it includes nothing */
	struct header **headers; /* all of them, in order of their addresses */
};

void scan_clear(struct scan *scan);

/* await_scan is an await of a struct scan. The destructor runs when it ends. */
AWAIT_TYPE(scan, struct scan, scan_clear);

/* Constant once made, but for the await, which looks after itself. */
struct header {
	char *path;    /* "<name>" if there is no such file */
	uint64_t size; /* on disk, when it was found */
	dev_t dev;
	ino_t ino;
	int dir; /* the include directory it lies in, -1 if in none */
	await_scan *await;
	struct header *next; /* in the catalog's bucket */
};

/* --- path.c: directories, absolute, in the order of the search --- */

struct path {
	char **dirs;
	size_t count;
};

/* Both print what is wrong and return a negative errno. */
int path_add(struct path *path, const char *dir);
int path_ask_compiler(struct path *path);
void path_clear(struct path *path);

/* --- include.c --- */

enum include_kind {
	INCLUDE_QUOTES,	  /* "name": the includer's directory, then the path */
	INCLUDE_ANGLES,	  /* <name>: the path */
	INCLUDE_NEXT,	  /* the path from behind the includer's directory */
	INCLUDE_COMPUTED, /* a macro: only a preprocessor knows */
};

struct include {
	enum include_kind kind;
	const char *name; /* not terminated */
	size_t length;
};

/* Finds the next #include at *text and moves *text behind it, or is false. */
bool include_find(struct include *include, const char **text);

/* --- catalog.c --- */

struct stat;

/* path must outlive the catalog. */
void catalog_open(const struct path *path);
void catalog_close(void);

/* Makes a header of a file, unless it has one already. 0 or -ENOMEM. */
int catalog_add(const char *text, const struct stat *st);

size_t catalog_count(void);
struct header *catalog_header(size_t number);

/* What an #include in from means. May be called by any thread; makes a header
 * if that file, or that missing name, was not met before. 0 or -ENOMEM. */
int catalog_find(struct header **out, const struct header *from,
		 const struct include *include);

/* What a user calls name: found along the path, or a file. Also -ENOENT. */
int catalog_find_root(struct header **out, const char *name);

/* --- walk.c --- */

/* Adds what is found along path. Prints what is wrong and returns a negative
 * errno. */
int walk_path(const struct path *path);

/* --- scan.c --- */

/* How the waits went, and the includes that led to none. */
struct scan_counts {
	_Atomic(size_t) waits;
	_Atomic(size_t) weighed;
	_Atomic(size_t) failures;
	_Atomic(size_t) cycles;
	_Atomic(size_t) computed;
};

extern struct scan_counts scan_counts;
extern bool scan_verbose;

/* An await of what header pulls in, NULL when memory is out. */
await_scan *scan_await(struct header *header);

/* Waits for header, which no header included. */
void scan_root(struct header *header);

/* --- report.c --- */

/* Prints the heaviest headers, as many as rows, and the totals; found is how
 * many headers there were before the first wait. 0 or -ENOMEM. */
int report_print(size_t rows, size_t found);
