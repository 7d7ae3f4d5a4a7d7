/* SPDX-License-Identifier: MIT */
/* fork(). fork.c says what becomes of awaits in the child. */
#pragma once

/* Call once, before the first await is made. */
void fork_begin(void);
