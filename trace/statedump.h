/* SPDX-License-Identifier: MIT */
/* State dumps at the start of sessions: see statedump.c. */
#pragma once

/* Once, as the tracer starts. */
void statedump_begin(void);
