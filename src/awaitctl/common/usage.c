/* SPDX-License-Identifier: MIT */
/* See usage.h. */
#include "awaitctl/common/usage.h"

#include "awaitctl/common/say.h"
#include "common/assert.h"

#include <getopt.h>
#include <string.h>

/* What getopt_long() returns for the first option's long form; short ones are
 * characters. */
enum { FIRST = 256 };

int misused(const char *what, const char *argument)
{
	say("%s%s; see awaitctl --help", what, argument);
	return EXIT_USAGE;
}

int bad_option(int option, char **argv)
{
	return misused(option == ':' ? "an argument is missing after " :
				       "unknown option ",
		       argv[optind - 1]);
}

/* The options of a command, as getopt_long() wants them. */
struct known {
	struct option names[USAGE_OPTIONS_MAX + 2];
	char letters[2 * USAGE_OPTIONS_MAX + 3];
};

static void fill(struct known *known, const struct usage_option *options,
		 size_t count, const char *command)
{
	struct option *name = known->names;
	char *letter = known->letters;

	ASSERT(count <= USAGE_OPTIONS_MAX);
	*letter++ = ':';
	*letter++ = 'h';
	*name++ = (struct option){ "help", no_argument, NULL, 'h' };
	for (size_t i = 0; i < count; i++) {
		const struct usage_option *option = &options[i];

		if (option->only && strcmp(option->only, command) != 0)
			continue;
		*name++ = (struct option){ option->name, option->argument, NULL,
					   FIRST + (int)i };
		if (!option->letter)
			continue;
		*letter++ = option->letter;
		if (option->argument == required_argument)
			*letter++ = ':';
	}
	*name = (struct option){ 0 };
	*letter = '\0';
}

static const struct usage_option *find(const struct usage_option *options,
				       size_t count, int found)
{
	for (size_t i = 0; i < count; i++)
		if (found == FIRST + (int)i ||
		    (options[i].letter && found == options[i].letter))
			return &options[i];
	return NULL;
}

int usage_read(const struct usage_option *options, size_t count, void *to,
	       int argc, char **argv)
{
	struct known known;
	int found, rc;

	fill(&known, options, count, argv[0]);
	while ((found = getopt_long(argc, argv, known.letters, known.names,
				    NULL)) >= 0) {
		const struct usage_option *option = find(options, count, found);

		if (found == 'h')
			return -1;
		if (!option)
			return bad_option(found, argv);
		rc = option->take(to, optarg);
		if (rc)
			return rc;
	}
	return 0;
}
