/* SPDX-License-Identifier: MIT */
/* Where it is counted what happens: for the await's site and for the thread,
 * or, if it is not asked for (choice.h), where nobody looks. */
#pragma once

#include "lives/moment.h"

/* Its await has a site. One that is left out has figures, too. */
struct figures *counted_site(const struct moment *now);
struct figures *counted_thread(const struct moment *now);

/* When it happened. */
void counted_rate(const struct moment *now, enum rate rate);

/* Of both of the above. Returns 0, or -1 without memory. */
int counted_duration(struct histogram *of_site, struct histogram *of_thread,
		     uint64_t ns);
