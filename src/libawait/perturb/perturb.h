/* SPDX-License-Identifier: MIT */
/* Which threads LIBAWAIT_PERTURB applies to, whatever its options. */
#pragma once

#include "libawait/core/thread.h"

/* Whether self is perturbed: not while it is in a sink's callback. self may be
 * NULL. */
static inline bool perturb_applies(const struct thread *self)
{
	/* Relaxed: written by this thread alone. */
	return self &&
	       atomic_load_explicit(&self->in_sink, memory_order_relaxed) == 0;
}
