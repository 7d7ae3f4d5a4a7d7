/* SPDX-License-Identifier: MIT */
/*
 * Snapshots: what an await is at one moment, read while other threads change
 * it. snapshot.c says how.
 */
#pragma once

#include "libawait/core/name_table.h"

#include <stdbool.h>

#define SHOWN_ARGS 8u
#define SHOWN_BYTES 256u

/* A copy of a creation site and of all it points to, except strings: its
 * library may be unloaded. */
struct descriptor {
	const struct await_site *at; /* NULL: nothing loaded yet */
	bool known;
	struct await_site site;
	struct await_func func;
	struct await_type type;
	struct await_arg args[SHOWN_ARGS];
	uint32_t arg_count; /* of args */
	uint32_t args_size;
};

/* Fills in d, unless it already holds this site. Returns d->known: whether all
 * of it could be read. */
bool descriptor_load(struct descriptor *d, const struct await_site *at);

/* An await at one moment. Set descriptor.at to NULL before the first use; later
 * uses need not load the same descriptor again. */
struct snapshot {
	const struct await *aw;
	uint64_t id;
	uint32_t word; /* the state word */
	uint32_t attempts;
	int32_t error;
	uint32_t payload_size; /* 0 when nothing in it can be shown */
	uint32_t saved_size;
	uint32_t only_waiters; /* of a promise that only they hold; or 0 */
	const void *run_addr;  /* the wait that runs or ran it, or NULL */
	bool held;	       /* by an AWAIT_STATIC */
	char name[NAME_SIZE];  /* its own, or "" */
	struct descriptor descriptor;
	_Alignas(16) unsigned char payload[SHOWN_BYTES];
	_Alignas(
		16) unsigned char saved[SHOWN_BYTES]; /* arguments: saved_args.c
						       */
};

enum snapshot_result {
	SNAPSHOT_FREE,	   /* the slot holds no await */
	SNAPSHOT_CHANGING, /* it changed during each of several attempts; only
			      id is set */
	SNAPSHOT_TAKEN,
};
enum snapshot_result snapshot_take(struct snapshot *s, const struct await *aw);

/* The part of a snapshot that await_each() shows, but for the name. ordinal is
 * the id of the slot's first await. False if the slot is free. */
struct await_info;
bool snapshot_info(struct await_info *info, const struct await *aw,
		   uint64_t ordinal);
