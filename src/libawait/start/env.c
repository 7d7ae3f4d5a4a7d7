/* SPDX-License-Identifier: MIT */
/* See env.h. */
#define _GNU_SOURCE /* secure_getenv */
#include "libawait/start/env.h"

#include "libawait/inspect/out.h"

#include <stdlib.h>
#include <string.h>

struct list {
	const char *variable;
	const struct env_option *options;
	size_t count;
};

/* option is NULL if there is none of that name. */
static void refuse(const struct list *list, const char *text,
		   const struct env_option *option)
{
	struct out out;
	struct line line = note_begin(&out, list->variable);

	line_text(&line, option ? ": bad value: " : ": unknown option ");
	line_printable(&line, text, strlen(text));
	line_text(&line, option ? ", it is " : ", known are: ");
	if (option)
		line_text(&line, option->usage);
	for (size_t i = 0; !option && i < list->count; i++) {
		line_text(&line, list->options[i].usage);
		if (i + 1 < list->count)
			line_text(&line, ", ");
	}
	note_end(&out, &line);
}

static bool take(const struct list *list, const char *text)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] == '=' ? text + length + 1 : NULL;
	const struct env_option *option = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->options[i].name) == length &&
		    memcmp(list->options[i].name, text, length) == 0)
			option = &list->options[i];
	if (option && option->take(value))
		return true;
	refuse(list, text, option);
	return false;
}

bool env_read(const char *variable, const struct env_option *options,
	      size_t count)
{
	const struct list list = { variable, options, count };
	/* secure_getenv: what is printed says where code lies, and a privileged
	 * program does what it always does. */
	const char *at = secure_getenv(variable);
	bool any = false;
	char text[100]; /* longer than all that mean something */

	while (at && *at != '\0') {
		size_t length = strcspn(at, ",");
		size_t copied =
			length < sizeof(text) ? length : sizeof(text) - 1;

		memcpy(text, at, copied);
		text[copied] = '\0';
		if (length > 0)
			any |= take(&list, text);
		at += length + (at[length] == ',');
	}
	return any;
}
