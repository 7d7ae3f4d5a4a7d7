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

int channels_enable_metadata(struct lttng_handle *handle,
			     struct lttng_domain *domain, struct trouble *why);

int channels_enable(struct lttng_handle *handle, struct lttng_domain *domain,
		    const struct channels_options *options,
		    struct trouble *why);
