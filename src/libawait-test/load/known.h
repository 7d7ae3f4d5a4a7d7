/* SPDX-License-Identifier: MIT */
/*
 * What a trace has said so far of the awaits of one process, and of its
 * threads: what its later events don't repeat. Fed in the order of time.
 * Everything here lives until known_free(). NULL always means that memory is
 * out.
 */
#pragma once

#include "common/table.h"

#include <await/core.h>

struct block;

struct known {
	struct table awaits, sites, threads;
	struct block *blocks;
};

struct known_await {
	uint64_t id;
	const struct await_site *site; /* NULL: nobody named it so far */
	uint64_t outer; /* of the last run: the await that waits for it */
	uint8_t attempt;
	uint8_t state; /* as far as was said; 0: not at all */
};

struct known_thread {
	uint32_t id;
	uint64_t inside; /* the await whose function it is in, or 0 */
};

struct known_await *known_await(struct known *known, uint64_t id);
struct known_thread *known_thread(struct known *known, uint32_t id);

/* The site of these strings, which are copied; file may be NULL. */
const struct await_site *known_site(struct known *known,
				    const struct await_site *like);

void known_free(struct known *known);
