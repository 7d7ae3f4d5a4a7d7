/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_DEBUG. <await/inspect.h> says what it may hold. */
#pragma once

/* Call before the first await is made. */
void debug_options_read(void);
