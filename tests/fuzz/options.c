/* SPDX-License-Identifier: MIT */
/* Command lines: the input is the arguments, each with its NUL. */
#include "fuzz.h"

#include "awaitctl/ps/options.h"
#include "awaitctl/record/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

static int split(char *text, size_t size, char *command, char **argv)
{
	char *end = text + size;
	int argc = 0;

	argv[argc++] = command;
	for (; text < end && argc < MOST; text += strlen(text) + 1)
		argv[argc++] = text;
	argv[argc] = NULL;
	opterr = 0;
	optind = 0; /* begins anew */
	return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char record[] = "record", ps[] = "ps", top[] = "top";
	char *text = malloc(size + 1), *argv[MOST + 1];
	struct record_options recording;
	struct ps_options looking;
	int argc;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	argc = split(text, size, record, argv);
	options_read(&recording, argc, argv);
	argc = split(text, size, ps, argv);
	ps_options_read(&looking, argc, argv);
	argc = split(text, size, top, argv);
	ps_options_read(&looking, argc, argv);
	free(text);
	return 0;
}
