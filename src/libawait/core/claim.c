/* SPDX-License-Identifier: MIT */
/* See claim.h. */
#include "libawait/core/claim.h"

bool claim_await(struct await *aw, uint32_t *word, const struct thread *self)
{
	return claim_inlined(aw, word, self);
}
