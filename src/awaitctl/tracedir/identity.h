/* SPDX-License-Identifier: MIT */
/*
 * Which recording something belongs to. Each has an identity of 128 random
 * bits, which both halves of it have in a file `recording` that nobody else may
 * read: its trace directory, and the directory of its buffers (shm_dir.h). The
 * first half, the tag, is no secret: names end in it, of LTTng's session and of
 * the directory of the buffers, and so the trace, and what it starts has it in
 * its environment.
 *
 *     await-PROGRAM-TAG           a program that awaitctl started
 *     await-PROGRAM-TAG-PID       a process that it attached to
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"

#include <stdbool.h>
#include <stddef.h>

#define IDENTITY_FILE "recording"

#define IDENTITY_VARIABLE "LIBAWAIT_RECORDING"

enum {
	IDENTITY_LENGTH = 32,
	IDENTITY_TAG_LENGTH = IDENTITY_LENGTH / 2,
	IDENTITY_ENVIRONMENT_SIZE = 256,
};

struct identity {
	char text[IDENTITY_LENGTH + 1]; /* hexadecimal */
};

/* Returns 0 or -1. */
int identity_make(struct identity *identity, struct trouble *why);

/* Puts it in a directory. Returns 0, or -1 with errno. */
int identity_write(const struct identity *identity,
		   const struct folder *folder);

/* Whether a directory of ours has one. */
bool identity_read(struct identity *identity, const struct folder *folder);

/* The name of its session. pid: of the process it attaches to, or 0. */
void identity_name(const struct identity *identity, char *name, size_t size,
		   const char *program, int pid);

/* Takes the tag from the name of a session, and whether that attaches to a
 * process. False if it is no such name. */
bool identity_parse(const char *name, char tag[IDENTITY_TAG_LENGTH + 1],
		    bool *attached);

/* The value of LIBAWAIT_RECORDING for what the recording starts: its tag behind
 * those that are there. */
void identity_environment(const struct identity *identity,
			  char value[IDENTITY_ENVIRONMENT_SIZE]);

/* Whether a name is that of the identity's session. */
bool identity_is_name(const struct identity *identity, const char *name);

/* The part of a program's name that is fit for names of files and sessions. */
void identity_label(char label[64], const char *program);
