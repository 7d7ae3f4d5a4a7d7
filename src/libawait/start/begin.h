/* SPDX-License-Identifier: MIT */
/* How the library is initialized. begin.c has the order. */
#pragma once

/* The hook core_hooks.begin. */
void begin(void);
