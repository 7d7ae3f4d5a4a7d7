/* SPDX-License-Identifier: MIT */
/* For fork.c: see static.c. */
#pragma once

void static_lock(void);
void static_unlock(void);
