/* SPDX-License-Identifier: MIT */
/* A function, and where awaits of it are created, as members that follow
 * others. */
#pragma once

#include "lives/lives.h"

#include <stdio.h>

void site_json_put_function(const struct lives_function *function, FILE *out);

/* With the function; without a place if the creation was not recorded. */
void site_json_put(const struct lives_site *site, FILE *out);
