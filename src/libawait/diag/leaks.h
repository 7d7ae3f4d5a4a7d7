/* SPDX-License-Identifier: MIT */
/* The report at exit: LIBAWAIT_DEBUG=leaks. */
#pragma once

/* Before the first await is made: there will be a report. */
void leaks_begin(void);
