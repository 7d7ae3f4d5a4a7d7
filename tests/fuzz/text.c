/* SPDX-License-Identifier: MIT */
/* Numbers that people write, names of recordings, lists of options, and the
 * text of others, which is escaped. */
#include "fuzz.h"

#include "awaitctl/tracedir/identity.h"
#include "common/line.h"
#include "common/number.h"
#include "common/printable.h"
#include "libawait/start/env.h"

#include <stdlib.h>
#include <string.h>

#define VARIABLE "AWAIT_FUZZ"

/* All of it may be shown, whatever it is made of. */
static void assert_printable(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t length = printable_length(text, left);

		assert(length > 0);
		text += length;
		left -= length;
	}
}

static void escape(const char *text, size_t size)
{
	char *shown = malloc(PRINTABLE_SIZE(size)),
	     *again = malloc(PRINTABLE_SIZE(size));
	struct line line = line_begin(shown, PRINTABLE_SIZE(size));

	line_printable(&line, text, size);
	line_end(&line);
	assert(line.length == strlen(shown));
	assert_printable(shown);
	line = line_begin(again, PRINTABLE_SIZE(size));
	line_printable(&line, shown, strlen(shown));
	line_end(&line);
	assert(strcmp(shown, again) == 0);
	line = line_begin(again, PRINTABLE_SIZE(size) > 16 ? 16 : 1);
	line_quoted(&line, text, size);
	line_end(&line);
	free(shown);
	free(again);
}

static void quote(const char *text, size_t size)
{
	char shown[4 * QUOTED_MAX + 16];
	struct line line = line_begin(shown, sizeof(shown));

	line_quoted(&line, text, size);
	line_end(&line);
	assert(line.length == strlen(shown));
	assert_printable(shown);
}

static bool take_number(const char *value)
{
	uint64_t number;

	return value && number_parse(value, 1, 1000, &number);
}

static bool take_any(const char *value)
{
	return !value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct env_option options[] = {
		{ "any", "any", take_any },
		{ "number", "number=N", take_number },
	};
	char *text = malloc(size + 1), tag[IDENTITY_TAG_LENGTH + 1];
	uint64_t number = 7;
	bool attached;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	escape((const char *)data, size);
	quote((const char *)data, size);
	if (number_parse(text, 3, 1u << 20, &number))
		assert(number >= 3 && number <= 1u << 20);
	else
		assert(number == 7);
	identity_parse(text, tag, &attached);
	setenv(VARIABLE, text, 1);
	env_read(VARIABLE, options, 2);
	free(text);
	return 0;
}
