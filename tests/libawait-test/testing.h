/* SPDX-License-Identifier: MIT */
/* What the tests of libawait-test include: cmocka and the public headers. */
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
#include <await/test.h>
