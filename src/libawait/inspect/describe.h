/* SPDX-License-Identifier: MIT */
/* One await as one line, from a snapshot of it. describe.c says what it
 * shows. */
#pragma once

#include "common/line.h"
#include "libawait/inspect/snapshot.h"

/* An address of code as addr2line(1) takes it: prog+0x1234. */
void line_code(struct line *line, const void *addr);
/* " created file:line", or the address of the site if it cannot be read. */
void line_created(struct line *line, const struct descriptor *d);
/* "#4", and the name that this await has, or that of the slot's last await had:
 * `#4 "config"`. */
void line_named_id(struct line *line, const struct await *aw, uint64_t id);
void line_await(struct line *line, const struct snapshot *s);
