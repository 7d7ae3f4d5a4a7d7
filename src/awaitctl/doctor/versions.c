/* SPDX-License-Identifier: MIT */
/* See versions.h. */
#include "awaitctl/doctor/versions.h"

#include "abi/debug.h"
#include "babeltrace/version.h"
#include "common/assert.h"
#include "common/number.h"

#include <await/trace.h>
#include <await/version.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *component;
	struct version least, newest;
} known[] = {
	{ "LTTng-UST", { { 2, 13, 0 } }, { { 2, 16, 0 } } },
	{ "lttng-tools", { { 2, 13, 0 } }, { { 2, 16, 0 } } },
	{ "babeltrace2", { { 2, 0, 0 } }, { { 2, 1, 0 } } },
	{ "gdb", { { 13, 1, 0 } }, { { 18, 1, 0 } } },
	{ "lldb", { { 14, 0, 0 } }, { { 21, 1, 0 } } },
};

/* Returns what follows a version that text begins with, or NULL. */
static const char *parse(struct version *version, const char *text)
{
	const char *at = text;
	size_t parts = 0;

	*version = (struct version){ 0 };
	while (parts < 3) {
		uint64_t number;
		const char *next = number_prefix(at, UINT_MAX, &number);

		if (!next)
			break;
		version->part[parts++] = (unsigned)number;
		text = next;
		if (*next != '.')
			break;
		at = next + 1;
	}
	return parts >= 2 ? text : NULL;
}

bool version_find(struct version *version, const char *text)
{
	for (; *text; text += strcspn(text, "0123456789")) {
		if (parse(version, text))
			return true;
		text += strspn(text, "0123456789");
	}
	return false;
}

int version_compare(const struct version *a, const struct version *b,
		    size_t parts)
{
	for (size_t i = 0; i < parts; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

void versions_judge(struct finding *finding, const char *component,
		    const char *what, const char *text)
{
	struct version version;
	size_t i = 0;

	while (strcmp(known[i].component, component) != 0) {
		i++;
		ASSERT(i < sizeof(known) / sizeof(known[0]));
	}
	if (!version_find(&version, text))
		found(finding, LEVEL_UNKNOWN, "%s: no version in \"%s\"", what,
		      text);
	else if (version_compare(&version, &known[i].least, 2) < 0)
		found(finding, LEVEL_PROBLEM,
		      "%s %u.%u.%u, too old: install %u.%u or later", what,
		      version.part[0], version.part[1], version.part[2],
		      known[i].least.part[0], known[i].least.part[1]);
	else if (version_compare(&version, &known[i].newest, 2) > 0)
		found(finding, LEVEL_WARNING,
		      "%s %u.%u.%u, newer than %u.%u, the newest that was "
		      "tried: if something fails, try that one",
		      what, version.part[0], version.part[1], version.part[2],
		      known[i].newest.part[0], known[i].newest.part[1]);
	else
		found(finding, LEVEL_OK, "%s %u.%u.%u", what, version.part[0],
		      version.part[1], version.part[2]);
}

void versions_text(char text[VERSIONS_SIZE])
{
	char babeltrace[BABELTRACE_VERSION_SIZE];

	babeltrace_version(babeltrace);
	snprintf(text, VERSIONS_SIZE,
		 "awaitctl " AWAIT_VERSION_STRING "\n"
		 "reads debug blocks %d.x (its own: %d.%d), events %d.x "
		 "(its own: %d.%d)\n"
		 "built with lttng-ctl " BUILT_LTTNG_CTL
		 ", lttng-ust " BUILT_LTTNG_UST
		 ", babeltrace2 " BUILT_BABELTRACE ", libdw " BUILT_LIBDW
		 ", libelf " BUILT_LIBELF "\n"
		 "runs with babeltrace2 %s\n",
		 AWAIT_DEBUG_MAJOR, AWAIT_DEBUG_MAJOR, AWAIT_DEBUG_MINOR,
		 AWAIT_TRACE_MAJOR, AWAIT_TRACE_MAJOR, AWAIT_TRACE_MINOR,
		 babeltrace);
}
