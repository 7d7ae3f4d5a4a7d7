/* SPDX-License-Identifier: MIT */
/* Strings that may be unmapped, as text. */
#pragma once

#include "common/line.h"

/* That at address, as line_string() has it. */
void line_string_at(struct line *line, uint64_t address);
/* A name out of a descriptor. */
void line_name(struct line *line, const char *from);
/* The same, without its folder. */
void line_file(struct line *line, const char *from);
