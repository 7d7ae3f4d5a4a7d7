/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "awaitctl/record/options.h"

#include "awaitctl/record/filter.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "awaitctl/common/say.h"
#include "awaitctl/common/usage.h"
#include "awaitctl/record/stream.h"
#include "common/number.h"
#include "lttng/trace_format.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* STACK_MAX of the tracer, which awaitctl does not include; a test holds them
 * together. */
enum { DEPTH_MAX = 64 };

static const uint64_t SIZE_MAX_BYTES = 1ull << 30, COUNT_MAX = 1ull << 12;

enum { DRY_RUN = 256, STACKS, DEPTH, FILTER, BUFFERS, BLOCKING, SNAPSHOT };
enum { STREAM = 288, LIVE, ATTACH, SHM, SNAPSHOT_ON, FORMAT, WAIT };

/* Microseconds; LTTng's own choice if none is given. */
static const uint64_t LIVE_LEAST = 1000, LIVE_MOST = 60000000;
enum { LIVE_USUAL = 1000000 };

static int parse_stacks(unsigned *stacks, const char *text)
{
	static const struct {
		const char *name;
		unsigned bit;
	} kinds[] = {
		{ "create", CHANNELS_STACKS_CREATE },
		{ "exec", CHANNELS_STACKS_EXEC },
		{ "hit", CHANNELS_STACKS_HIT },
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);
	const char *next = text;

	*stacks = 0;
	if (!text)
		*stacks = CHANNELS_STACKS_CREATE | CHANNELS_STACKS_EXEC |
			  CHANNELS_STACKS_HIT;
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

static int parse_depth(const char **depth, const char *text)
{
	uint64_t value;

	if (!number_parse(text, 1, DEPTH_MAX, &value))
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
	const char *end = number_prefix(text, SIZE_MAX_BYTES, &size), *unit;

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
		if (!number_parse(end + 1, 2, COUNT_MAX, &count) ||
		    !is_power(count, 2, COUNT_MAX))
			return misused("record: COUNT is a power of two from "
				       "2 to 4096: ",
				       text);
	}
	channels->subbuf_size = size;
	channels->subbufs = count;
	return 0;
}

static int parse_live(unsigned *live_us, const char *text)
{
	uint64_t value = LIVE_USUAL;

	if (text && !number_parse(text, LIVE_LEAST, LIVE_MOST, &value))
		return misused("record: --live takes 1000 to 60000000 "
			       "microseconds, not ",
			       text);
	*live_us = (unsigned)value;
	return 0;
}

static int parse_attach(struct record_options *options, const char *text)
{
	uint64_t value;
	bool is_number = number_parse(text, 0, UINT64_MAX, &value);

	if (!*text || (is_number && (value < 1 || value > INT_MAX)))
		return misused("record: --attach takes a process or the name "
			       "of a session, not ",
			       text);
	options->pid = is_number ? (pid_t)value : 0;
	options->session = is_number ? NULL : text;
	return 0;
}

static int parse_snapshot_on(struct channels_options *channels,
			     const char *text)
{
	if (channels->trigger.event)
		return misused("record: one --snapshot-on, not also ", text);
	channels->snapshot = true;
	return filter_parse_trigger(&channels->trigger, text);
}

static int parse_format(struct record_options *options, const char *text)
{
	struct trouble why;

	if (strcmp(text, TRACE_FORMAT_CTF_1_8) &&
	    strcmp(text, TRACE_FORMAT_CTF_2))
		return misused("record: --format takes " TRACE_FORMAT_CTF_1_8
			       " or " TRACE_FORMAT_CTF_2 ", not ",
			       text);
	options->format = text;
	if (!record_is_ctf2(options) || trace_format_is_a_choice())
		return 0;
	trace_format_no_choice(&why);
	return say_trouble(&why);
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
	case SNAPSHOT_ON:
		return parse_snapshot_on(&options->channels, optarg);
	case STREAM:
		options->stream = true;
		return stream_parse(&options->relay, optarg);
	case LIVE:
		return parse_live(&options->live_us, optarg);
	case ATTACH:
		return parse_attach(options, optarg);
	case SHM:
		options->shm = optarg ? optarg : SHM_DIR_USUAL;
		return 0;
	case WAIT:
		options->wait = true;
		return 0;
	case FORMAT:
		return parse_format(options, optarg);
	default:
		return bad_option(option, argv);
	}
}

/* What does not go with --attach. */
static int check_attach(const struct record_options *options, int programs)
{
	if (programs)
		return misused("record: --attach is for what runs already: "
			       "leave out the program, or --attach",
			       "");
	if (options->depth)
		return misused("record: --depth is read when a program starts: "
			       "leave it out with --attach",
			       "");
	if (options->wait)
		return misused("record: --attach is of one process: leave out "
			       "--wait",
			       "");
	if (options->session &&
	    (options->directory || options->stream || options->live_us ||
	     options->channels.snapshot || options->shm || options->format))
		return misused("record: who made the session chose where it "
			       "goes and how: leave out --output, --stream, "
			       "--live, --snapshot, --snapshot-on, --shm and "
			       "--format with --attach ",
			       options->session);
	return 0;
}

static int check(const struct record_options *options, int programs)
{
	bool attach = options->pid || options->session;

	if (attach && check_attach(options, programs))
		return EXIT_USAGE;
	if (!attach && !programs)
		return misused("record: which program?", "");
	if (options->stream && options->directory)
		return misused("record: with --stream the trace goes to the "
			       "folder of the relay daemon: leave out --output",
			       "");
	if (options->stream && options->channels.blocking)
		return misused("record: the program would wait for ever if the "
			       "network or the relay daemon failed: leave out "
			       "--blocking or --stream",
			       "");
	if (options->live_us && options->channels.snapshot)
		return misused("record: nobody can follow a flight recorder: "
			       "leave out --live or --snapshot",
			       "");
	if (options->shm && (options->stream || options->live_us))
		return misused("record: what is sent at once needs no buffers "
			       "that survive: leave out --shm, or --stream and "
			       "--live",
			       "");
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
		{ "snapshot-on", required_argument, NULL, SNAPSHOT_ON },
		{ "stream", required_argument, NULL, STREAM },
		{ "live", optional_argument, NULL, LIVE },
		{ "attach", required_argument, NULL, ATTACH },
		{ "shm", optional_argument, NULL, SHM },
		{ "format", required_argument, NULL, FORMAT },
		{ "wait", no_argument, NULL, WAIT },
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
