/* SPDX-License-Identifier: MIT */
/* What all of LIBAWAIT_PERTURB is about: who is perturbed, and who is not. */
#pragma once

#include "libawait/core/thread.h"

/* Whether what self does is perturbed: in a sink's callback it is not. self may
 * be NULL. */
static inline bool perturb_applies(const struct thread *self)
{
	/* Relaxed: written by this thread alone. */
	return self &&
	       atomic_load_explicit(&self->in_sink, memory_order_relaxed) == 0;
}
