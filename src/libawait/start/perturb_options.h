/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB. perturb_options.c lists what it may say. */
#pragma once

/* Before the first await is made. */
void perturb_options_read(void);
