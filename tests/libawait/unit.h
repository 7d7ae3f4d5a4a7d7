/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka and the public headers. cmocka's
 * assertions leave by longjmp, so only the main thread may use them. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <await/await.h>
#include <await/sink.h>
