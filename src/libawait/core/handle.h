/* SPDX-License-Identifier: MIT */
/*
 * Whether a handle is one, and of a value as its caller expects it. NULL, an
 * await whose slot lies free, and a value that looks otherwise are found
 * always, at the price of a compare; with LIBAWAIT_DEBUG=check a hook looks
 * closer.
 */
#pragma once

#include "libawait/core/armed.h"
#include "libawait/core/hooks.h"
#include "libawait/core/sink.h"
#include "libawait/core/state.h"

#include <errno.h>

/* Whether a value of type can be what the caller takes it for. */
bool layout_compatible(const struct await_type *type, uint32_t layout);

/* Whether that is what a value of type looks like, exactly. */
static inline bool layout_equals(const struct await_type *type, uint32_t layout)
{
	return LIKELY(AWAIT_LAYOUT(type->size, type->kind) == layout);
}

/* 0, or why aw is no handle of an await whose value looks like layout. */
static inline int check_handle(const struct await *aw, uint32_t layout,
			       const char *operation, const void *addr)
{
	const struct await_type *type;
	uint32_t word;

	if (is_armed(ARMED_CHECK))
		return core_hooks.handle_used(aw, layout, operation, addr);
	if (!aw)
		return -EINVAL;
	/* Acquire: site is that of the await; partner: await_core_publish(). */
	word = atomic_load_explicit(&((struct await *)aw)->state,
				    memory_order_acquire);
	if (UNLIKELY(state_of(word) == AWAIT_FREE))
		return -ESTALE;
	type = aw->site->func->type;
	return layout_equals(type, layout) || layout_compatible(type, layout) ?
		       0 :
		       -EPROTOTYPE;
}
