/* SPDX-License-Identifier: MIT */
#pragma once

/* Keeps the object that holds libawait from being unloaded. Call while that is
 * loaded, as ld.so's lock is taken. */
void stay_loaded(void);
