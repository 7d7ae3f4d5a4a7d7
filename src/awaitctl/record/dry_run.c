/* SPDX-License-Identifier: MIT */
/* See dry_run.h. */
#include "awaitctl/record/dry_run.h"

#include "awaitctl/record/program.h"
#include "awaitctl/tracedir/shm_dir.h"
#include "lttng/channels.h"
#include "lttng/trace_format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Quotes the word for the shell where it has to be quoted. */
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

/* Up to the end of the line. */
static void put_channel(const struct channel *channel, const char *session)
{
	put_option("lttng enable-channel --userspace --session=", session);
	printf(" --buffers-uid --%s --subbuf-size=%" PRIu64
	       " --num-subbuf=%" PRIu64 "%s",
	       channel->overwrite ? "overwrite" : "discard",
	       channel->subbuf_size, channel->subbufs,
	       channel->blocking ? " --blocking-timeout=inf" : "");
	if (channel->switch_us)
		printf(" --switch-timer=%u", channel->switch_us);
	printf(" %s", channel->name);
}

static void put_rules(const struct channel *channel, const char *session)
{
	for (size_t i = 0; i < channel->rule_count; i++) {
		const struct channel_rule *rule = &channel->rules[i];

		put_option("lttng enable-event --userspace --session=",
			   session);
		put_option(" --channel=", channel->name);
		put_option(" ", rule->events);
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
			const char *recordings, char *const argv[])
{
	struct setting settings[SETTINGS_MAX];
	size_t count = program_settings(settings, options, recordings);

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

/* The relay daemon is ready once a client gets an answer. */
static void put_relay(const struct relay_address *relay, const char *directory)
{
	put_option("lttng-relayd --output=", directory);
	printf(" --control-port=tcp://%s:%u --data-port=tcp://%s:%u "
	       "--live-port=tcp://%s:%u &\n"
	       "relay=$!\n"
	       "while kill -0 $relay && ! babeltrace2 "
	       "--input-format=lttng-live net://%s:%u; do sleep 0.1; done "
	       ">/dev/null 2>&1\n",
	       relay->host, relay->control, relay->host, relay->data,
	       relay->host, relay->live, relay->host, relay->live);
}

/* relay is NULL if the trace goes to the directory. */
static void put_create(const struct record_options *options,
		       const char *session, const struct relay_address *relay,
		       const char *directory)
{
	char url[RELAY_URL_MAX];

	put_option("lttng create ", session);
	if (trace_format_is_a_choice())
		put_option(" --trace-format=", record_is_ctf2(options) ?
						       TRACE_FORMAT_CTF_2 :
						       TRACE_FORMAT_CTF_1_8);
	if (options->channels.snapshot)
		fputs(" --snapshot", stdout);
	if (options->live_us)
		printf(" --live=%u", options->live_us);
	if (relay) {
		relay_url(url, relay);
		put_option(" --set-url=", url);
	} else {
		put_option(" --output=", directory);
		put_option(" --shm-path=",
			   options->shm ? options->shm : SHM_DIR_USUAL);
		put_option("/", session);
	}
	putchar('\n');
}

static void put_channels(const struct channels_options *options,
			 const char *session)
{
	struct channel plan[CHANNELS_MAX];
	struct channels_room room = channels_measure_room();
	size_t count = channels_plan(plan, options, &room);

	for (size_t i = 0; i < count; i++) {
		put_channel(&plan[i], session);
		putchar('\n');
		put_rules(&plan[i], session);
	}
}

static int put_trigger(const struct record_options *options,
		       const char *session, struct trouble *why)
{
	const struct trigger *trigger = &options->channels.trigger;
	char *filter;

	if (!trigger->event)
		return 0;
	if (trigger_filter(&filter, trigger, options->pid))
		return trouble(why, "out of memory");
	put_option("lttng add-trigger --name=", session);
	put_option(TRIGGER_SNAPSHOT
		   " --condition=event-rule-matches --type=user --name=",
		   trigger->event);
	put_option(" --filter=", filter);
	put_option(" --action=snapshot-session ", session);
	printf(" --rate-policy=once-after:%d\n", TRIGGER_MATCHES);
	free(filter);
	return 0;
}

static void put_trigger_end(const struct record_options *options,
			    const char *session)
{
	if (!options->channels.trigger.event)
		return;
	put_option("lttng remove-trigger ", session);
	puts(TRIGGER_SNAPSHOT);
}

static int put_session(const struct record_options *options,
		       const char *session, const char *recordings,
		       char *const argv[], struct trouble *why)
{
	if (channels_may_have_metadata()) {
		put_channel(&channels_metadata, session);
		putchar('\n');
	}
	put_channels(&options->channels, session);
	if (put_trigger(options, session, why))
		return -1;
	if (options->pid) {
		printf("lttng track --userspace --vpid=%d", (int)options->pid);
		put_option(" --session=", session);
		putchar('\n');
	}
	put_option("lttng start ", session);
	putchar('\n');
	if (argv)
		put_program(options, recordings, argv);
	else
		printf("tail --pid=%d -f /dev/null\n", (int)options->pid);
	if (options->channels.snapshot) {
		put_option("lttng snapshot record --session=", session);
		putchar('\n');
	}
	put_option("lttng stop ", session);
	putchar('\n');
	put_trigger_end(options, session);
	put_option("lttng destroy ", session);
	putchar('\n');
	return 0;
}

static int finish(struct trouble *why)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return trouble(why, "cannot write: %s", strerror(errno));
}

int dry_run_print(const struct record_options *options, const char *session,
		  const char *recordings, const char *directory,
		  char *const argv[], struct trouble *why)
{
	struct relay_address ours;
	const struct relay_address *relay = NULL;

	if (options->stream) {
		relay = &options->relay;
	} else if (options->live_us) {
		if (relay_choose_ports(&ours, why))
			return -1;
		relay = &ours;
		put_relay(relay, directory);
	}
	put_create(options, session, relay, directory);
	if (put_session(options, session, recordings, argv, why))
		return -1;
	if (relay == &ours)
		fputs("kill $relay\n", stdout);
	return finish(why);
}

int dry_run_session(const struct channels_options *options, const char *session,
		    struct trouble *why)
{
	put_channels(options, session);
	return finish(why);
}
