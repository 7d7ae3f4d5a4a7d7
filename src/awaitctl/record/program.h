/* SPDX-License-Identifier: MIT */
/*
 * The traced program: a child of awaitctl in the same process group, with the
 * same terminal, so that it behaves as it would without awaitctl. It is not
 * started before the session records.
 */
#pragma once

#include "awaitctl/record/record.h"

#include <sys/types.h>

struct identity;
struct session;

/* Whether name, or what PATH finds for it, can be executed. Returns 0 or -1. */
int program_check(const char *name, struct trouble *why);

/* Says so if it is of 32 bits and LTTng cannot record those; once the session
 * has channels. */
struct lttng_host;
void program_say_class(const char *name, const struct lttng_host *host);

/* The variables that the options set in its environment, and which recordings
 * it belongs to (identity_environment()). What the user has set there is kept,
 * unless an option overrides it. Returns how many there are. */
enum { SETTINGS_MAX = 5 };
struct setting {
	const char *name, *value;
};
size_t program_settings(struct setting settings[SETTINGS_MAX],
			const struct record_options *options,
			const char *recordings);

/* Starts it with these settings. Returns 0 or -1. */
int program_start(pid_t *pid, const struct record_options *options,
		  const struct identity *identity, char *const argv[],
		  struct trouble *why);

/*
 * Waits for its end and returns its exit status, 128 + n if signal n killed
 * it. A signal that asks awaitctl to stop is passed on to the program unless
 * the terminal sent it there too; the second one kills the program.
 * At each SIGUSR1 snapshot(session) is called.
 */
int program_wait(pid_t pid, void (*snapshot)(struct session *),
		 struct session *session);
