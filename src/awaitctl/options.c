/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "options.h"

#include "filter.h"
#include "say.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* STACK_MAX of the tracer, which awaitctl does not include; a test holds them
 * together. */
enum { DEPTH_MAX = 64 };

static const uint64_t SIZE_MAX_BYTES = 1ull << 30, COUNT_MAX = 1ull << 12;

enum { DRY_RUN = 256, STACKS, DEPTH, FILTER, BUFFERS, BLOCKING, SNAPSHOT };

enum { SHM = 320 };

int bad_option(int option, char **argv)
{
	return misused(option == ':' ? "an argument is missing after " :
				       "unknown option ",
		       argv[optind - 1]);
}

static int parse_stacks(unsigned *stacks, const char *text)
{
	static const struct {
		const char *name;
		unsigned bit;
	} kinds[] = {
		{ "create", STACKS_CREATE },
		{ "exec", STACKS_EXEC },
		{ "hit", STACKS_HIT },
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);
	const char *next = text;

	*stacks = 0;
	if (!text)
		*stacks = STACKS_CREATE | STACKS_EXEC | STACKS_HIT;
	if (!text || !strcmp(text, "none"))
		return 0;
	for (; next; next = *next == ',' ? next + 1 : NULL) {
		size_t length = strcspn(next, ","), i = 0;

		while (i < count && (strlen(kinds[i].name) != length ||
				     strncmp(kinds[i].name, next, length)))
			i++;
		if (i == count)
			return misused("record: --stacks takes create, exec, "
				       "hit, or none, not ",
				       text);
		*stacks |= kinds[i].bit;
		next += length;
	}
	return 0;
}

/* A number and what follows it; NULL if there is none. */
static const char *number(uint64_t *value, const char *text)
{
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno ? NULL : end;
}

static int parse_depth(const char **depth, const char *text)
{
	uint64_t value;
	const char *end = number(&value, text);

	if (!end || *end || value < 1 || value > DEPTH_MAX)
		return misused("record: --depth takes 1 to 64, not ", text);
	*depth = text;
	return 0;
}

static bool is_power(uint64_t value, uint64_t least, uint64_t most)
{
	return value >= least && value <= most && (value & (value - 1)) == 0;
}

static int parse_buffers(struct channels_options *channels, const char *text)
{
	static const char units[] = "kMG";
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t size, count = 0;
	const char *end = number(&size, text), *unit;

	unit = end && *end ? strchr(units, *end) : NULL;
	for (; unit && unit >= units && size <= SIZE_MAX_BYTES; unit--)
		size *= 1024;
	if (end && *end && strchr(units, *end))
		end++;
	if (!end || (*end && *end != 'x') ||
	    !is_power(size, page, SIZE_MAX_BYTES))
		return misused("record: SIZE is a power of two from a page to "
			       "1G, as 256k or 1M: ",
			       text);
	if (*end) {
		end = number(&count, end + 1);
		if (!end || *end || !is_power(count, 2, COUNT_MAX))
			return misused("record: COUNT is a power of two from "
				       "2 to 4096: ",
				       text);
	}
	channels->subbuf_size = size;
	channels->subbufs = count;
	return 0;
}

static int take(struct record_options *options, int option, char **argv)
{
	switch (option) {
	case 'o':
		options->directory = optarg;
		return 0;
	case DRY_RUN:
		options->dry_run = true;
		return 0;
	case STACKS:
		return parse_stacks(&options->channels.stacks, optarg);
	case DEPTH:
		return parse_depth(&options->depth, optarg);
	case FILTER:
		return filter_parse(&options->channels, optarg);
	case BUFFERS:
		return parse_buffers(&options->channels, optarg);
	case BLOCKING:
		options->channels.blocking = true;
		return 0;
	case SNAPSHOT:
		options->channels.snapshot = true;
		return 0;
	case SHM:
		options->shm = optarg;
		return 0;
	default:
		return bad_option(option, argv);
	}
}

static int check(const struct record_options *options, int programs)
{
	if (!programs)
		return misused("record: which program?", "");
	if (options->directory && !*options->directory)
		return misused("record: the name of DIR is empty", "");
	if (options->shm && !*options->shm)
		return misused("record: the name of --shm=DIR is empty", "");
	if (options->channels.blocking && options->channels.snapshot)
		return misused("record: --snapshot overwrites what is old, so "
			       "there is nothing to wait for: leave out "
			       "--blocking",
			       "");
	if (options->depth && !options->channels.stacks)
		return misused("record: --depth is of stacks, and there are "
			       "none",
			       "");
	return 0;
}

int options_read(struct record_options *options, int argc, char **argv)
{
	static const struct option known[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "dry-run", no_argument, NULL, DRY_RUN },
		{ "stacks", optional_argument, NULL, STACKS },
		{ "depth", required_argument, NULL, DEPTH },
		{ "filter", required_argument, NULL, FILTER },
		{ "buffers", required_argument, NULL, BUFFERS },
		{ "blocking", no_argument, NULL, BLOCKING },
		{ "snapshot", no_argument, NULL, SNAPSHOT },
		{ "shm", optional_argument, NULL, SHM },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, rc;

	*options = (struct record_options){ .channels = channels_usual };
	/* "+": options end where the program begins. */
	while ((option = getopt_long(argc, argv, "+:o:h", known, NULL)) >= 0) {
		if (option == 'h')
			return -1;
		rc = take(options, option, argv);
		if (rc)
			return rc;
	}
	return check(options, argc - optind);
}
