/* SPDX-License-Identifier: MIT */
/* The peer that bench.c compares with. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* count times: create, wait, drop. */
void async_whole_life(int count);

#ifdef __cplusplus
}
#endif
