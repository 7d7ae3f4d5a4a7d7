/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of one copy of libawait: creation sites, and the functions,
 * types and arguments they lead to, each read once. `known` is false if it
 * cannot be read, as its library has been unloaded.
 */
#pragma once

#include "process/layout.h"

#include "common/table.h"

/* Longer strings are cut. */
#define NAME_MAX_SIZE 256u
#define ARGS_MAX 64u
/* No program has more places that create awaits. */
#define SITES_MAX (1u << 14)

struct names_type {
	char *name, *spelling;
	uint32_t size, kind;
};

struct names_arg {
	char *name;
	uint32_t offset, size, kind;
};

struct names_func {
	uint64_t address;
	char *name;
	struct names_type type;
	struct names_arg *args;
	uint32_t arg_count;
	uint64_t run; /* 0: nowait, promise */
	uint32_t args_offset, value_offset;
	uint32_t origin; /* enum await_origin */
};

struct names_site {
	uint64_t address;
	bool known;
	const struct names_func *func; /* NULL if not known */
	char *file, *function;	       /* NULL if not known */
	uint32_t line;
	uint32_t held_at; /* of an AWAIT_STATIC; otherwise 0 */
	/* For the caller of names_site_at(), who frees it. */
	void *note;
};

struct names {
	struct memory *memory;
	const struct layout *layout;
	struct table sites, funcs;
	struct names_site *others; /* beyond SITES_MAX, or NULL */
	struct names_site *last;
};

/* NULL when memory is out. */
struct names_site *names_site_at(struct names *names, uint64_t address);
/* Whether it is of an AWAIT_STATIC, which holds the await at that address. */
bool names_site_holds(struct names *names, const struct names_site *site,
		      uint64_t address);
void names_free(struct names *names);
