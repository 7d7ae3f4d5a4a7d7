/* SPDX-License-Identifier: MIT */
/*
 * The sites, processes and threads that a page names, by numbers. 0 is what is
 * not known, or was not recorded. Sites of several processes are one if they
 * have one name and place.
 */
#pragma once

#include "lives/lives.h"

struct numbered {
	struct table table;
	const void **items; /* the first is number 1 */
	uint32_t count;
};

struct places {
	struct numbered sites, processes, threads;
};

/* All return 0 for NULL. What they are given stays as long as they do. They
 * exit without memory. */
uint32_t places_site(struct places *places, const struct lives_site *site);
uint32_t places_process(struct places *places,
			const struct lives_process *process);
uint32_t places_thread(struct places *places,
		       const struct lives_thread *thread);

void places_free(struct places *places);
