/* SPDX-License-Identifier: MIT */
/* What the tests of claims check: a claim holds, or fails with this text. */
#pragma once

#include "build.h"

#define HOLDS(claim)                                                           \
	do {                                                                   \
		const char *text_ = (claim);                                   \
		if (text_)                                                     \
			fail_msg("failed: %s", text_);                         \
	} while (0)

#define FAILS(claim, text)                                                     \
	do {                                                                   \
		const char *text_ = (claim);                                   \
		assert_non_null(text_);                                        \
		assert_string_equal(text_, text);                              \
	} while (0)

/* With a text that contains this part. */
#define FAILS_WITH(claim, part)                                                \
	do {                                                                   \
		const char *text_ = (claim);                                   \
		assert_non_null(text_);                                        \
		if (!strstr(text_, part))                                      \
			fail_msg("no \"%s\" in: %s", part, text_);             \
	} while (0)

#define LIST(...) AWAIT_MATCHES_(__VA_ARGS__)

/* The events of build_page(), as failures show them. */
#define EVENT1 "created fetch #1 by show at page.c:31 on T1 (4711)"
#define EVENT2 "begins fetch #1 by show at page.c:33 on T1 (4711)"
#define EVENT3 "ran fetch #1 by show at page.c:33 on T1 (4711)"
#define EVENT4 "hit fetch #1 by main at main.c:12 on T1 (4711)"
#define EVENT5 "created render #2.1 in #1 by show at view.c:7 on T1 (4711)"
#define EVENT6 "begins render #2.1 by show at page.c:33 on T2 (4712)"
#define EVENT7                                                                 \
	"failed render #2.1: -EIO (Input/output error) by show at "            \
	"page.c:33 on T2 (4712)"
#define EVENT8 "destroyed fetch #1 by show at page.c:33 on T1 (4711)"
