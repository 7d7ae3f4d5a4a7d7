/* SPDX-License-Identifier: MIT */
/*
 * Reading the command line of a command. Its options are a table; --help and
 * -h belong to every command and are not in it. What is wrong with a command
 * line is one line on stderr, which refers to --help, and EXIT_USAGE.
 */
#pragma once

#include <stddef.h>

/* Usage errors exit with 2, everything else that fails with 1. */
enum { EXIT_USAGE = 2 };

struct usage_option {
	const char *name;
	char letter;	  /* the short form, or 0 */
	int argument;	  /* no_argument, required_argument: see getopt(3) */
	const char *only; /* the one command that has it; NULL: all of them */
	/* Stores the argument, and returns 0; or says what is wrong with it,
	 * and returns EXIT_USAGE. */
	int (*take)(void *to, const char *argument);
};

enum { USAGE_OPTIONS_MAX = 32 };

/*
 * Takes the options of the command that argv[0] names, and leaves optind at
 * what follows them. Returns 0, EXIT_USAGE after saying what is wrong, or -1
 * when the help is wanted.
 */
int usage_read(const struct usage_option *options, size_t count, void *to,
	       int argc, char **argv);

/* Says what is wrong with the command line, and returns EXIT_USAGE. */
int misused(const char *what, const char *argument);

/* The same, of the option for which getopt_long() returned ':' or '?'. It
 * prints nothing itself: opterr is 0. */
int bad_option(int option, char **argv);
