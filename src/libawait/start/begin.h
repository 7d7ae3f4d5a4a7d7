/* SPDX-License-Identifier: MIT */
/* How the library begins. begin.c has the order. */
#pragma once

/* As core_hooks.begin. */
void begin(void);
