/* SPDX-License-Identifier: MIT */
/* One await as one line, of a snapshot of it. */
#pragma once

#include "common/line.h"
#include "libawait/inspect/snapshot.h"

/* prog+0x1234, for addr2line(1). */
void line_code(struct line *line, const void *addr);
/* " created file:line", or where that would be. */
void line_created(struct line *line, const struct descriptor *d);
void line_await(struct line *line, const struct snapshot *s);
