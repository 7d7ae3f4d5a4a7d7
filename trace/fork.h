/* SPDX-License-Identifier: MIT */
/* fork() in traced programs: see fork.c. */
#pragma once

/* Once, as the tracer starts, before anything else of it. */
void follow_forks(void);
