/* SPDX-License-Identifier: MIT */
/*
 * How stacks are captured, as the environment says:
 *
 *   LIBAWAIT_TRACE_DEPTH=N           the most frames of a stack
 *   LIBAWAIT_TRACE_UNWINDER=NAME     libunwind or glibc
 *
 * A wrong value is reported on stderr and ignored.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "common/number.h"
#include "stack/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING(x) STRING_(x)
#define STRING_(x) #x

/* Prints one line, whatever is in value. */
static void refuse(const char *name, const char *value, const char *why)
{
	char shown[64];
	size_t i;

	for (i = 0; value[i] != '\0' && i + 1 < sizeof(shown); i++)
		shown[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
	shown[i] = '\0';
	fprintf(stderr, "await: %s: %s: %s\n", name, shown, why);
}

static unsigned int depth(void)
{
	static const char name[] = "LIBAWAIT_TRACE_DEPTH";
	const char *value = secure_getenv(name);
	uint64_t number;

	if (!value)
		return STACK_MAX;
	if (number_parse(value, 1, STACK_MAX, &number))
		return (unsigned int)number;
	refuse(name, value,
	       "no number from 1 to " STRING(STACK_MAX) ", taking " STRING(
		       STACK_MAX));
	return STACK_MAX;
}

static const struct unwinder *unwinder(void)
{
	static const char name[] = "LIBAWAIT_TRACE_UNWINDER";
	static const struct unwinder *const all[] = {
		&unwinder_libunwind,
		&unwinder_glibc,
	};
	const char *value = secure_getenv(name);

	for (size_t i = 0; value && i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(value, all[i]->name) != 0)
			continue;
		if (all[i]->load())
			return all[i];
		refuse(name, value, "not in this process, taking libunwind");
		value = NULL;
	}
	if (value)
		refuse(name, value, "not libunwind or glibc, taking libunwind");
	unwinder_libunwind.load();
	return &unwinder_libunwind;
}

void stack_options(struct stack_options *options)
{
	*options = (struct stack_options){
		.depth = depth(),
		.unwinder = unwinder(),
	};
}
