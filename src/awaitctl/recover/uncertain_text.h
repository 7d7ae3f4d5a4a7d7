/* SPDX-License-Identifier: MIT */
/* What was left out of a trace because it cannot be told whether it was
 * finished, as text that goes on after "in the middle of an event: ". */
#pragma once

#include "awaitctl/recover/salvage.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether that is all that a recovered trace may lack. */
bool uncertain_is_all(const struct salvaged *salvaged);

void uncertain_text(char *text, size_t size, const struct salvaged *salvaged);
