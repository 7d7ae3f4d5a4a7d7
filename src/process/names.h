/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of one copy of libawait: creation sites, and the functions,
 * types and arguments they lead to, each read once and kept. The library that
 * they lie in may have been unloaded since: then `known` is false.
 */
#pragma once

#include "process/layout.h"

#include "common/table.h"

/* Strings are cut there. */
#define NAME_MAX_SIZE 256u
#define ARGS_MAX 64u

struct type {
	char *name, *spelling;
	uint32_t size, kind;
};

struct arg {
	char *name;
	uint32_t offset, size, kind;
};

struct func {
	uint64_t address;
	char *name;
	struct type type;
	struct arg *args;
	uint32_t arg_count;
	uint64_t run; /* 0: nowait, promise */
	uint32_t args_offset, value_offset;
	uint32_t origin; /* enum await_origin */
};

struct site {
	uint64_t address;
	bool known;
	const struct func *func; /* NULL if not known */
	char *file, *function;	 /* NULL if not known */
	uint32_t line;
	/* The user's: what it has found out about the site. */
	void *note;
};

struct names {
	struct memory *memory;
	const struct layout *layout;
	struct table sites, funcs;
	struct site *last;
};

/* NULL when memory is out. */
struct site *names_site(struct names *names, uint64_t address);
void names_free(struct names *names);
