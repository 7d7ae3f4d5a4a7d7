/* SPDX-License-Identifier: MIT */
/* See beside.h. */
#define _GNU_SOURCE /* dladdr */
#include "common/beside.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool find(const char *name, char path[PATH_MAX])
{
	Dl_info self;
	const char *end;
	int length;

	if (!dladdr((void *)(uintptr_t)beside_open, &self) || !self.dli_fname)
		return false;
	end = strrchr(self.dli_fname, '/');
	if (!end)
		return false;
	length = snprintf(path, PATH_MAX, "%.*s/%s",
			  (int)(end - self.dli_fname), self.dli_fname, name);
	return length < PATH_MAX && access(path, R_OK) == 0;
}

void *beside_open(const char *name, int flags)
{
	char path[PATH_MAX];
	void *library = dlopen(name, flags);

	if (!library && !strchr(name, '/') && find(name, path))
		library = dlopen(path, flags);
	return library;
}
