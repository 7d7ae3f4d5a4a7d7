/* SPDX-License-Identifier: MIT */
/* Keeps forked children traced: see fork.c. */
#pragma once

/* Call once, as the tracer starts, before anything else in it. */
void follow_forks(void);
