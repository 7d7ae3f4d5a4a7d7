/* SPDX-License-Identifier: MIT */
/* See dryrun.h. */
#include "dryrun.h"

#include "program.h"
#include "rings.h"
#include "say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A word that the shell reads back as it is. */
static void put_word(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+./:,@%";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, stdout);
		return;
	}
	putchar('\'');
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*word);
	putchar('\'');
}

static void put_option(const char *option, const char *value)
{
	if (!value)
		return;
	fputs(option, stdout);
	put_word(value);
}

static void put_channel(const struct channel *channel, const char *session)
{
	put_option("lttng enable-channel --userspace --session=", session);
	printf(" --buffers-uid --%s --subbuf-size=%" PRIu64
	       " --num-subbuf=%" PRIu64 "%s %s\n",
	       channel->overwrite ? "overwrite" : "discard",
	       channel->subbuf_size, channel->subbufs,
	       channel->blocking ? " --blocking-timeout=inf" : "",
	       channel->name);
	for (size_t i = 0; i < channel->rule_count; i++) {
		const struct rule *rule = &channel->rules[i];

		put_option("lttng enable-event --userspace --session=",
			   session);
		put_option(" --channel=", channel->name);
		put_option(" ", rule->events);
		put_option(" --exclude=", rule->except);
		put_option(" --filter=", rule->filter);
		putchar('\n');
	}
	put_option("lttng add-context --userspace --session=", session);
	put_option(" --channel=", channel->name);
	for (size_t i = 0; channels_contexts[i]; i++)
		put_option(" --type=", channels_contexts[i]);
	putchar('\n');
}

static void put_program(const struct record_options *options,
			char *const argv[])
{
	struct setting settings[SETTINGS_MAX];
	size_t count = program_settings(settings, options);

	for (size_t i = 0; i < count; i++) {
		printf("%s=", settings[i].name);
		put_word(settings[i].value);
		putchar(' ');
	}
	put_word(*argv);
	while (*++argv)
		put_option(" ", *argv);
	putchar('\n');
}

int dryrun_print(const struct record_options *options, const char *session,
		 const char *directory, char *const argv[])
{
	struct channel plan[CHANNELS_MAX];
	size_t count = channels_plan(plan, &options->channels);
	bool snapshot = options->channels.snapshot;

	put_option("lttng create ", session);
	put_option(snapshot ? " --snapshot --output=" : " --output=",
		   directory);
	put_option(" --shm-path=", options->shm ? options->shm : RINGS_USUAL);
	put_option("/", session);
	putchar('\n');
	for (size_t i = 0; i < count; i++)
		put_channel(&plan[i], session);
	put_option("lttng start ", session);
	putchar('\n');
	put_program(options, argv);
	if (snapshot) {
		put_option("lttng snapshot record --session=", session);
		putchar('\n');
	}
	put_option("lttng stop ", session);
	put_option("\nlttng destroy ", session);
	putchar('\n');
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	say("cannot write: %s", strerror(errno));
	return EXIT_FAILED;
}
