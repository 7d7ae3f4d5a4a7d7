/* SPDX-License-Identifier: MIT */
/* What lives.h knows by name: functions, the sites of their awaits, and the
 * strings of all of them. All live as long as the model; NULL: no memory. */
#pragma once

#include "lives/lives.h"

/* A copy of the string, one for all that are equal. */
const char *sites_keep(struct lives *lives, const char *string);

struct lives_function *sites_function(struct lives *lives,
				      struct lives_process *process,
				      const char *name, const char *type);

/* file: NULL if it is not known. */
struct lives_site *sites_site(struct lives *lives,
			      struct lives_function *function, const char *file,
			      uint32_t line);

/* Of awaits of which nobody has said what they run. */
struct lives_site *sites_unknown(struct lives *lives,
				 struct lives_process *process);

void sites_free(struct lives *lives);
