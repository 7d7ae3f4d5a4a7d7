/* SPDX-License-Identifier: MIT */
/*
 * Whether LTTng-UST takes the tracer's provider. It refuses one that was built
 * for a later version than its own, which has the same soname: then the process
 * is listed, and no event ever comes. The code that LTTng's headers generate
 * says so nowhere, or ends the program, depending on the version that they are
 * of; so it registers through the functions here.
 */
#pragma once

#include <lttng/ust-events.h>

/* As lttng_ust_probe_register(), but never NULL, and its counterpart. */
struct lttng_ust_registered_probe *
registration_begin(const struct lttng_ust_probe_desc *desc);
void registration_end(struct lttng_ust_registered_probe *registered);

/* NULL, or why the provider was refused; exported for the loader, which says
 * it. */
const char *await_lttng_trouble(void);

/* Put before the probes are created: see above. */
#define lttng_ust_probe_register(desc) registration_begin(desc)
#define lttng_ust_probe_unregister(registered) registration_end(registered)
