/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_PERTURB. perturb_options.c lists its options. */
#pragma once

/* Call before the first await is made. */
void perturb_options_read(void);
