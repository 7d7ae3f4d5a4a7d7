/* SPDX-License-Identifier: MIT */
/*
 * The command: finds the headers, waits for the roots, prints the report.
 *
 * The roots are waited for on threads that take one after the other, with -j 1
 * on one. They share nothing but the awaits: what one has read is a cached hit
 * to the others. The waits nest as the headers do, and a thread's stack is
 * what limits that: it is made large here, which costs address space alone.
 *
 * Exit status: 0; 1 if something could not be found or read; 2 for a wrong
 * command line.
 */
#define _GNU_SOURCE /* asprintf */
#include "header.h"

#include <dirent.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_ROOTS "/usr/include"
#define STACK_SIZE ((size_t)64 << 20)
#define THREADS_MAX 256

struct options {
	struct path path;
	size_t threads;
	size_t rows;
};

struct roots {
	struct header **headers;
	size_t count;
	_Atomic(size_t) next; /* not yet taken by a thread */
};

static void usage(FILE *to)
{
	fprintf(to, "Usage: hdrscan [OPTION]... [HEADER]...\n"
		    "What do C headers pull in? HEADERs are names as in "
		    "#include <...>, or files;\n"
		    "by default every *.h directly in " DEFAULT_ROOTS
		    ", or in each -I DIR.\n\n"
		    "  -I DIR  search DIR instead of the compiler's "
		    "directories; may be repeated\n"
		    "  -j N    wait on N threads (1)\n"
		    "  -n N    print the N heaviest headers (20)\n"
		    "  -v      print missing headers and cycles as they are "
		    "met\n"
		    "  -h      print this\n\n"
		    "The compiler is $CC, or cc.\n");
}

static int hint(void)
{
	fprintf(stderr, "Try 'hdrscan --help'.\n");
	return 2;
}

/* 0 or the exit status. */
static int number(size_t *out, int option, const char *text, size_t least,
		  size_t most)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end && !errno &&
	    value >= least && value <= most) {
		*out = value;
		return 0;
	}
	fprintf(stderr, "hdrscan: -%c wants a number from %zu to %zu: %s\n",
		option, least, most, text);
	return hint();
}

/* 0, the exit status, or -1 for --help. */
static int parse(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = { { "help", 0, NULL, 'h' },
					       { 0 } };
	int option, rc = 0;

	while (rc == 0 &&
	       (option = getopt_long(argc, argv, "I:j:n:vh", longs, NULL)) >= 0)
		switch (option) {
		case 'I':
			rc = path_add(&options->path, optarg) ? 1 : 0;
			break;
		case 'j':
			rc = number(&options->threads, 'j', optarg, 1,
				    THREADS_MAX);
			break;
		case 'n':
			rc = number(&options->rows, 'n', optarg, 0, 1000000);
			break;
		case 'v':
			scan_verbose = true;
			break;
		case 'h':
			rc = -1;
			break;
		default:
			rc = hint();
		}
	return rc;
}

static int add_root(struct roots *roots, const char *name)
{
	struct header *header;
	struct header **more;
	int rc = catalog_find_root(&header, name);

	if (rc == 0) {
		more = realloc(roots->headers,
			       (roots->count + 1) * sizeof(*more));
		if (more) {
			roots->headers = more;
			more[roots->count++] = header;
		} else {
			rc = -ENOMEM;
		}
	}
	if (rc)
		fprintf(stderr,
			"hdrscan: %s: %s, neither along the include path (see "
			"-I) nor as a file\n",
			name, strerror(-rc));
	return rc;
}

static int is_header(const struct dirent *entry)
{
	const char *suffix = strrchr(entry->d_name, '.');

	return suffix && strcmp(suffix, ".h") == 0;
}

static int add_roots_in(struct roots *roots, const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_header, alphasort);
	int rc = 0;

	if (n < 0) {
		fprintf(stderr, "hdrscan: %s: %s\n", dir, strerror(errno));
		return -ENOENT;
	}
	for (int i = 0; i < n; i++) {
		char *name = NULL;

		if (rc == 0 &&
		    asprintf(&name, "%s/%s", dir, entries[i]->d_name) < 0)
			rc = -ENOMEM;
		if (rc == 0)
			rc = add_root(roots, name);
		free(name);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static void *wait_for_roots(void *arg)
{
	struct roots *roots = arg;
	size_t i;

	/* Relaxed: each number is taken once; what it leads to was written
	 * before the threads began. */
	while ((i = atomic_fetch_add_explicit(
			&roots->next, 1, memory_order_relaxed)) < roots->count)
		scan_root(roots->headers[i]);
	return NULL;
}

static int run(struct roots *roots, size_t count)
{
	pthread_t threads[THREADS_MAX];
	pthread_attr_t attr;
	size_t started = 0;
	int rc;

	pthread_attr_init(&attr);
	rc = pthread_attr_setstacksize(&attr, STACK_SIZE);
	while (rc == 0 && started < count) {
		rc = pthread_create(&threads[started], &attr, wait_for_roots,
				    roots);
		started += rc == 0;
	}
	pthread_attr_destroy(&attr);
	if (rc)
		fprintf(stderr, "hdrscan: thread %zu of %zu: %s\n", started + 1,
			count, strerror(rc));
	while (started > 0)
		pthread_join(threads[--started], NULL);
	return -rc;
}

/* A root that can't be read is worth a line; what others include, with -v. */
static int check_roots(const struct roots *roots)
{
	int rc = 0;

	for (size_t i = 0; i < roots->count; i++) {
		const struct header *root = roots->headers[i];

		if (await_state(root->await) != AWAIT_FAILED)
			continue;
		rc = await_error(root->await);
		fprintf(stderr, "hdrscan: %s: %s\n", root->path, strerror(-rc));
	}
	return rc;
}

static int find_roots(struct roots *roots, char *const *names,
		      char *const *dirs, size_t dir_count)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && names[i]; i++)
		rc = add_root(roots, names[i]);
	for (size_t i = 0; rc == 0 && !names[0] && i < dir_count; i++)
		rc = add_roots_in(roots, dirs[i]);
	if (rc == 0 && roots->count == 0) {
		fprintf(stderr, "hdrscan: no *.h directly in %s: name some\n",
			dirs[0]);
		rc = -ENOENT;
	}
	return rc;
}

static int scan(struct options *options, struct roots *roots, char **names)
{
	static char default_roots[] = DEFAULT_ROOTS;
	struct path *path = &options->path;
	char *usual[] = { default_roots };
	bool chosen = path->count > 0;
	int rc = chosen ? 0 : path_ask_compiler(path);
	size_t found;

	catalog_open(path);
	if (rc == 0)
		rc = walk_path(path);
	found = catalog_count();
	if (rc == 0)
		rc = find_roots(roots, names, chosen ? path->dirs : usual,
				chosen ? path->count : 1);
	if (rc == 0)
		rc = run(roots, options->threads);
	if (rc == 0)
		rc = report_print(options->rows, found);
	return rc ? rc : check_roots(roots);
}

int main(int argc, char **argv)
{
	struct options options = { .threads = 1, .rows = 20 };
	struct roots roots = { 0 };
	int status = parse(&options, argc, argv);

	if (status == 0)
		status = scan(&options, &roots, argv + optind) ? 1 : 0;
	else if (status < 0)
		usage(stdout);
	free(roots.headers);
	catalog_close();
	path_clear(&options.path);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "hdrscan: standard output: %s\n",
			strerror(errno));
		status = 1;
	}
	return status < 0 ? 0 : status;
}
