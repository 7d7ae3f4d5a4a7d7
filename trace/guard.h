/* SPDX-License-Identifier: MIT */
/* Keeps the program from closing LTTng's descriptors: see guard.c. */
#pragma once

/* For the files that are loaded by now: call it when there are new ones. */
void guard_files(void);
