/* SPDX-License-Identifier: MIT */
#pragma once

/* Calls call from a function of its own, in a library or a file of its own. */
#ifdef __cplusplus
extern "C" {
#endif
void call_bare(void (*call)(void));  /* without frame pointers */
void call_blind(void (*call)(void)); /* without unwind information */
/* From a destructor as an exception passes by, and after its catch. */
void call_thrown(void (*call)(void));
#ifdef __cplusplus
}
#endif
