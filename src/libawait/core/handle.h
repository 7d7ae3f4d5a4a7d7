/* SPDX-License-Identifier: MIT */
/*
 * Checks that a handle is valid, and that its await's value has the layout that
 * the caller expects. NULL, a handle of a free slot and another layout are
 * always detected, at the price of a comparison each; with LIBAWAIT_DEBUG=check
 * a hook checks more.
 */
#pragma once

#include "libawait/core/armed.h"
#include "libawait/core/hooks.h"
#include "libawait/core/sink.h"
#include "libawait/core/state.h"

#include <errno.h>

/* Whether a value of type can be used as one of that layout. */
bool layout_compatible(const struct await_type *type, uint32_t layout);

/* Whether layout is exactly that of a value of type. */
static inline bool layout_equals(const struct await_type *type, uint32_t layout)
{
	return LIKELY(AWAIT_LAYOUT(type->size, type->kind) == layout);
}

/* Returns 0, or a negative errno if aw is not the handle of an await whose
 * value has that layout. */
static inline int check_handle(const struct await *aw, uint32_t layout,
			       const char *operation, const void *addr)
{
	const struct await_type *type;
	uint32_t word;

	if (is_armed(ARMED_CHECK))
		return core_hooks.handle_used(aw, layout, operation, addr);
	if (!aw)
		return -EINVAL;
	/* Acquire: site is read next; partner: await_core_publish(). */
	word = atomic_load_explicit(&((struct await *)aw)->state,
				    memory_order_acquire);
	if (UNLIKELY(state_of(word) == AWAIT_FREE))
		return -ESTALE;
	type = aw->site->func->type;
	return layout_equals(type, layout) || layout_compatible(type, layout) ?
		       0 :
		       -EPROTOTYPE;
}
