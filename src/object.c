/* SPDX-License-Identifier: MIT */
/*
 * The life of an await: taken, published, counted, ended.
 *
 * Whoever drops the last reference ends the await, unless its function is
 * running just then: then the await is marked DOOMED and the thread that runs
 * it ends it when the function returns. One of the two does it, never both:
 * both decide by one atomic operation on the state word.
 */
#include "internal.h"

EXPORT struct await *await_core_alloc(const struct await_site *site)
{
	struct await *aw = slab_alloc(site->func->slot_size);

	if (UNLIKELY(!aw))
		return NULL;
	aw->site = site;
	/* Relaxed: published together with the payload. */
	atomic_store_explicit(&aw->refs, 1, memory_order_relaxed);
	atomic_store_explicit(&aw->error, 0, memory_order_relaxed);
	return aw;
}

EXPORT void await_core_created(struct await *aw)
{
	/*
	 * The look that arming relies on: a slot that was published after the
	 * armer's walk is watched from here. Relaxed: a flag orders nothing;
	 * a read-modify-write, for a claim could be under way already.
	 */
	if (sink_wants(AWAIT_EVENT_HIT))
		atomic_fetch_or_explicit(&aw->state, FLAG_WATCH,
					 memory_order_relaxed);
	sink_event(AWAIT_EVENT_CREATE, aw, CALL_SITE());
}

EXPORT struct await *await_core_ref(struct await *aw)
{
	/* Relaxed: the caller's reference keeps it alive; a new one orders
	 * nothing. */
	if (!aw)
		return NULL;
	if (thread_is_alone())
		atomic_store_explicit(
			&aw->refs,
			atomic_load_explicit(&aw->refs, memory_order_relaxed) +
				1,
			memory_order_relaxed);
	else
		atomic_fetch_add_explicit(&aw->refs, 1, memory_order_relaxed);
	return aw;
}

/* Whether that was the last one. */
static bool drop_reference(struct await *aw)
{
	uint32_t refs;

	if (thread_is_alone()) {
		refs = atomic_load_explicit(&aw->refs, memory_order_relaxed);
		atomic_store_explicit(&aw->refs, refs - 1,
				      memory_order_relaxed);
		return refs == 1;
	}
	/* Release: what this thread did with the value happens before its end;
	 * acquire: so did what all others did. Partner: itself. */
	return atomic_fetch_sub_explicit(&aw->refs, 1, memory_order_acq_rel) ==
	       1;
}

EXPORT void await_core_unref(struct await *aw)
{
	uint32_t word;

	if (!aw || !drop_reference(aw))
		return;
	/* Acquire: if the run is over, its value is read by the destructor;
	 * partner: the release in wait_publish(). */
	word = atomic_load_explicit(&aw->state, memory_order_acquire);
	while (state_of(word) == AWAIT_RUNNING)
		/* Release: the runner ends what this thread used; partner: the
		 * acquire in wait_publish(). Acquire: as above. */
		if (atomic_compare_exchange_weak_explicit(
			    &aw->state, &word, word | FLAG_DOOMED,
			    memory_order_acq_rel, memory_order_acquire))
			return;
	object_end(aw, CALL_SITE());
}

void object_end(struct await *aw, const void *addr)
{
	const struct await_func *func = aw->site->func;

	sink_event(AWAIT_EVENT_DESTROY, aw, addr);
	switch (await_core_state(aw)) {
	case AWAIT_RESOLVED:
		if (func->type->destroy)
			func->type->destroy(
				object_payload(aw, func->value_offset));
		break;
	case AWAIT_PENDING:
	case AWAIT_FAILED:
		if (func->release)
			func->release(object_payload(aw, func->args_offset));
		break;
	default:
		break;
	}
	slab_free(aw);
}
