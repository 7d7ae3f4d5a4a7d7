/* SPDX-License-Identifier: MIT */
/*
 * <await/version.h>: which libawait a program is compiled against, and which
 * one it runs with. <await/await.h> includes it.
 *
 *     #if AWAIT_VERSION < AWAIT_VERSION_OF(0, 2, 0)
 *     ...
 *     if (await_version() < AWAIT_VERSION)
 *             puts("this libawait is older than its header");
 */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Meson refuses to build if these differ from the version in meson.build. */
#define AWAIT_VERSION_MAJOR 0
#define AWAIT_VERSION_MINOR 1
#define AWAIT_VERSION_PATCH 0

/* Versions as numbers that compare as the versions do; each part is below
 * 1000. */
#define AWAIT_VERSION_OF(major, minor, patch)                                  \
	((major)*1000000 + (minor)*1000 + (patch))
#define AWAIT_VERSION                                                          \
	AWAIT_VERSION_OF(AWAIT_VERSION_MAJOR, AWAIT_VERSION_MINOR,             \
			 AWAIT_VERSION_PATCH)

/* "0.1.0" */
#define AWAIT_VERSION_STRING                                                   \
	AWAIT_VERSION_TEXT_(AWAIT_VERSION_MAJOR)                               \
	"." AWAIT_VERSION_TEXT_(AWAIT_VERSION_MINOR) "." AWAIT_VERSION_TEXT_(  \
		AWAIT_VERSION_PATCH)
#define AWAIT_VERSION_TEXT_(number) AWAIT_VERSION_QUOTE_(number)
#define AWAIT_VERSION_QUOTE_(number) #number

/* The AWAIT_VERSION of the library that the program runs with. */
uint32_t await_version(void);

#ifdef __cplusplus
}
#endif
