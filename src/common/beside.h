/* SPDX-License-Identifier: MIT */
/*
 * Loading a library of ours that is installed beside this one. The loader finds
 * it by the RUNPATH of whoever calls dlopen(); that is not us where a
 * sanitizer's runtime has a dlopen() of its own, so then we look for ourselves.
 */
#pragma once

/* As dlopen(), whose dlerror() holds. */
void *beside_open(const char *name, int flags);
