/* SPDX-License-Identifier: MIT */
/*
 * Makes the channels of a plan in a session of LTTng. Called within a request
 * (request.h). Both return 0 or -1. What LTTng made is compared with the plan
 * after each step.
 */
#pragma once

#include "lttng/channels_plan.h"

struct lttng_domain;
struct lttng_handle;

/* Whether LTTng takes channels_metadata: up to 2.13. The session daemon of 2.14
 * and 2.15 answers nobody any more once a program registers in a session that
 * was asked for it, and 2.16 reserves its name. */
bool channels_may_have_metadata(void);

/* Makes it, if it may be. */
int channels_enable_metadata(struct lttng_handle *handle,
			     struct lttng_domain *domain, struct trouble *why);

int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain,
		    const struct channels_options *options,
		    struct trouble *why);
