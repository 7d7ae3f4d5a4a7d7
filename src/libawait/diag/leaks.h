/* SPDX-License-Identifier: MIT */
/* The report at exit: LIBAWAIT_DEBUG=leaks. */
#pragma once

/* Makes the library report leaks at exit. Call before the first await is
 * made. */
void leaks_begin(void);
