/* SPDX-License-Identifier: MIT */
/*
 * What a recording holds. Three channels, so that none takes another's room:
 * awaits (all but stacks), stacks (large, and what the others can do without),
 * and maps (which files are mapped where, without which no address has a
 * source line). A full buffer discards and counts; it never makes the program
 * wait.
 */
#pragma once

struct lttng_domain;
struct lttng_handle;

/* Returns 0, or says what failed and returns EXIT_FAILED. */
int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain);

/* Says that LTTng failed with rc, at what to the thing called name, and what
 * to do about it. Returns EXIT_FAILED. */
int lttng_failed(int rc, const char *what, const char *name,
		 const char *advice);
