/* SPDX-License-Identifier: MIT */
/* See view_warnings.h. */
#include "awaitctl/ps/view_warnings.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool damaged(const void *model, char text[WARNING_SIZE])
{
	const struct process_copy *copy = model;

	snprintf(text, WARNING_SIZE,
		 "memory of awaits is damaged in %s: not all of them are seen",
		 copy->object);
	return copy->slots.damaged;
}

static bool awaits_changed(const void *model, char text[WARNING_SIZE])
{
	const struct process_copy *copy = model;

	snprintf(text, WARNING_SIZE,
		 "%" PRIu64 " await%s began and ended too quickly to be seen",
		 copy->slots.changing, copy->slots.changing == 1 ? "" : "s");
	return copy->slots.changing > 0;
}

static bool threads_changed(const void *model, char text[WARNING_SIZE])
{
	const struct view *view = model;
	size_t moving = 0;

	for (size_t i = 0; i < view->threads.count; i++)
		moving += view->threads.threads[i].moving;
	snprintf(text, WARNING_SIZE,
		 "%zu thread%s changed too quickly to be seen", moving,
		 moving == 1 ? "" : "s");
	return moving > 0;
}

static bool stopped(const void *model, char text[WARNING_SIZE])
{
	const struct view *view = model;

	snprintf(text, WARNING_SIZE,
		 "stopped: process %d has more to be read than any process of "
		 "its size would: not all of it is seen",
		 (int)view->process->memory.pid);
	return view->process->memory.stopped;
}

static const struct warning of_each_copy[] = {
	{ "damaged", damaged },
	{ "awaits-changed", awaits_changed },
};
static const struct warning of_the_view[] = {
	{ "threads-changed", threads_changed },
	{ "stopped", stopped },
};

void view_warnings(const struct view *view, warnings_found *found, void *data)
{
	for (size_t i = 0; i < view->process->count; i++)
		warnings_check(of_each_copy, COUNT(of_each_copy),
			       view->process->copies[i], found, data);
	warnings_check(of_the_view, COUNT(of_the_view), view, found, data);
}
