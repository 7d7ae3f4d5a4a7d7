/* SPDX-License-Identifier: MIT */
/* Shows strings whose memory may be unmapped. */
#pragma once

#include "common/line.h"

/* The string at address, as line_string() shows it. */
void line_string_at(struct line *line, uint64_t address);
/* A name that a descriptor points to. */
void line_name(struct line *line, const char *from);
/* The same for a path, of which only the file's name is shown. */
void line_file(struct line *line, const char *from);
