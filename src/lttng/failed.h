/* SPDX-License-Identifier: MIT */
/*
 * How an error of liblttng-ctl becomes a line for the user.
 */
#pragma once

#include "common/trouble.h"

/* What to do about an LTTng that is unlike those that were tried. */
#define LTTNG_KNOWN "libawait knows LTTng 2.13 to 2.16, see `lttng --version`"

/* LTTng failed with the negative code rc, at what to the thing called name;
 * advice is what to do about it, unless rc tells that. Returns -1. */
int lttng_failed(struct trouble *why, int rc, const char *what,
		 const char *name, const char *advice);
