/* SPDX-License-Identifier: MIT */
/*
 * The life of an await: taken, published, counted, ended.
 *
 * Whoever drops the last reference ends the await, unless its function is
 * running just then: then the await is marked DOOMED and the thread that runs
 * it ends it when the function returns. One of the two does it, never both:
 * both decide by one atomic operation on the state word.
 *
 * A count of references that grows beyond all reason stays there, and its await
 * never ends: better lost than ended while somebody holds it.
 */
#include "libawait/core/object.h"

#include "common/assert.h"
#include "libawait/core/asymmetric_barrier.h"
#include "libawait/core/hooks.h"
#include "libawait/core/magazine.h"
#include "libawait/core/put_off.h"
#include "libawait/core/sanitizer.h"
#include "libawait/core/saved_args.h"
#include "libawait/core/sink.h"
#include "libawait/core/told.h"

#include <errno.h>

/* Relaxed: a flag orders nothing. No read-modify-write: the await is not
 * published yet, so the only concurrent change is to WATCH, and losing that is
 * harmless. */
static inline void watch_created(struct await *aw)
{
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_relaxed);

	atomic_store_explicit(&aw->state, word | FLAG_WATCH,
			      memory_order_relaxed);
}

NOINLINE static struct await *emit_created(struct await *aw, const void *addr)
{
	core_hooks.end_left(thread_self(), addr, stack_pointer);
	if (trap_wants(aw, TRAP_WATCH, TRAP_STATES))
		watch_created(aw);
	sink_event(AWAIT_EVENT_CREATE, aw, addr, OUTER_FRAME());
	/* What is made for an AWAIT_STATIC is not there yet: static.c. */
	if (is_armed(ARMED_PERTURB) && !aw->site->held_at)
		core_hooks.created(aw, addr);
	/* Hides that the result equals the argument; otherwise clang emits a
	 * call here instead of a tail call. */
	__asm__("" : "+r"(aw));
	return aw;
}

EXPORT struct await *await_core_created(struct await *aw)
{
	/* Arming relies on this look: an await that is published after the walk
	 * of the thread that arms gets its WATCH here. */
	const uint32_t create = AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE);
	uint32_t requested;

	if (!(armed_mask() & (ARMED_WATCH | create)))
		return aw;
	requested = requested_mask(UINT32_MAX);
	/* Likely: a tracer without a recording session should not pay for a
	 * jump. */
	if (LIKELY(requested & ARMED_WATCH))
		watch_created(aw);
	if (requested & (create | ARMED_PERTURB) && any_sink_enabled(create))
		return emit_created(aw, CALL_SITE());
	if (trap_may_want(aw, create | TRAP_WATCH, TRAP_STATES))
		return emit_created(aw, CALL_SITE());
	return aw;
}

/*
 * Counts from REFS_LIMIT on are put back to REFS_SATURATED by whoever sees
 * them. Between seeing and putting back each of THREADS_MAX threads moves the
 * count by one at most, so none gets from there to either end. Counts from
 * REFS_DEAD on are those of awaits that have ended, and were dropped again.
 */
#define REFS_LIMIT (1u << 30)
#define REFS_SATURATED (1u << 31)
#define REFS_DEAD (15u << 28)

/* Whether a count is one that stays. Then it is put back. */
static bool is_saturated(struct await *aw, uint32_t refs)
{
	if (refs < REFS_LIMIT || refs >= REFS_DEAD)
		return false;
	/* Relaxed: such a count orders nothing any more. */
	atomic_store_explicit(&aw->refs, REFS_SATURATED, memory_order_relaxed);
	return true;
}

/* For a count that was not that of a live await that may be counted on. */
COLD static void count_refused(struct await *aw, uint32_t refs,
			       const void *addr)
{
	if (!is_saturated(aw, refs))
		core_hooks.fatal(aw, "await_ref", addr, -ESTALE);
	else if (refs < REFS_SATURATED - THREADS_MAX)
		core_hooks.saturated(aw, addr);
}

EXPORT struct await *await_core_ref(struct await *aw)
{
	uint32_t refs;

	if (!aw)
		return NULL;
	if (is_armed(ARMED_CHECK))
		core_hooks.reference_used(aw, "await_ref", CALL_SITE());
	/* Relaxed: the caller's reference keeps it alive; a new one orders
	 * nothing. */
	if (thread_is_alone()) {
		refs = atomic_load_explicit(&aw->refs, memory_order_relaxed);
		atomic_store_explicit(&aw->refs, refs + 1,
				      memory_order_relaxed);
	} else {
		refs = atomic_fetch_add_explicit(&aw->refs, 1,
						 memory_order_relaxed);
	}
	/* 0 wraps round to what is too large as well. */
	if (UNLIKELY(refs - 1 >= REFS_LIMIT - 1))
		count_refused(aw, refs, CALL_SITE());
	return aw;
}

/* Returns how many are left; below 0, a reference was dropped that nobody
 * held, unless is_saturated() says otherwise. */
static inline int32_t drop_reference(struct await *aw)
{
	/* Acquire: if it is the last, what the others did with the value comes
	 * before its end; partner: the subtraction. */
	int32_t refs =
		(int32_t)atomic_load_explicit(&aw->refs, memory_order_acquire);

	if (refs == 1 || thread_is_alone())
		/* Relaxed: no other thread holds a reference, or this is the
		 * only thread. */
		atomic_store_explicit(&aw->refs, (uint32_t)(refs - 1),
				      memory_order_relaxed);
	else
		/* Release: what this thread did with the value comes before its
		 * end; acquire: this may have become the last reference.
		 * Partner: itself, and the load. */
		refs = (int32_t)atomic_fetch_sub_explicit(&aw->refs, 1,
							  memory_order_acq_rel);
	return refs - 1;
}

/* The last reference is gone: ends the await or, if it is running, leaves that
 * to the thread that runs it. */
static NOINLINE void end_or_doom(struct await *aw, const void *addr)
{
	/* Acquire: if the run is over, its value is read by the destructor;
	 * partner: the release in publish_outcome(). */
	uint32_t word = atomic_load_explicit(&aw->state, memory_order_acquire);

	if (state_of(word) == AWAIT_RUNNING) {
		core_hooks.end_left(thread_self_, addr, stack_pointer);
		word = atomic_load_explicit(&aw->state, memory_order_acquire);
	}
	while (state_of(word) == AWAIT_RUNNING) {
		bool held = publish_freeze_owner(word);
		/* Release: the thread that runs it ends what this thread used;
		 * partner: the acquire in publish_outcome(). Acquire: as
		 * above. */
		bool doomed = atomic_compare_exchange_strong_explicit(
			&aw->state, &word, word | FLAG_DOOMED,
			memory_order_acq_rel, memory_order_acquire);

		publish_thaw(held);
		if (doomed)
			return;
	}
	object_end(aw, addr);
}

COLD bool object_drop(struct await *aw, const void *addr)
{
	uint32_t left = (uint32_t)drop_reference(aw);

	if (left == 0)
		end_or_doom(aw, addr);
	else
		is_saturated(aw, left);
	return left == 0;
}

#define ARMED_END                                                              \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_DESTROY) | ARMED_ARGS | ARMED_CHECK)

static NOINLINE void unref(struct await *aw, const void *addr)
{
	int32_t left;

	if (is_armed(ARMED_CHECK))
		core_hooks.reference_used(aw, "await_unref", addr);
	left = drop_reference(aw);
	if (left == 0)
		end_or_doom(aw, addr);
	else if (UNLIKELY((uint32_t)left >= REFS_LIMIT) &&
		 !is_saturated(aw, (uint32_t)left))
		core_hooks.fatal(aw, "await_unref", addr, -ESTALE);
}

/* The words of states that are odd, with no flag but WATCH, have nothing to do
 * that plain_size does not tell: in RUNNING a thread is in the await, in FAILED
 * it may hold what only release() ends, and other flags say that somebody is to
 * be told of its end. */
_Static_assert((AWAIT_PENDING & AWAIT_RESOLVED & AWAIT_CANCELLED & 1) == 1 &&
		       ((AWAIT_RUNNING | AWAIT_FAILED) & 1) == 0,
	       "one bit tells");
#define WORD_TELLS (~(STATE_MASK | FLAG_WATCH) | 1)

/* Whether the caller's reference is the last one, no thread runs the await, no
 * run has failed, and nobody is to be told of its end. */
static inline bool is_free_to_end(struct await *aw)
{
	/* Acquire, both: if it is the last, what the others did, also a run
	 * that is over, comes before its end; partners: the subtraction in
	 * drop_reference() and the release in publish_outcome(). */
	return LIKELY(atomic_load_explicit(&aw->refs, memory_order_acquire) ==
		      1) &&
	       LIKELY((atomic_load_explicit(&aw->state, memory_order_acquire) &
		       WORD_TELLS) == 1);
}

/* Fast path of the common last unref; unref() handles every case. */
static inline bool end_fast(struct await *aw)
{
	uint32_t size;

	if (!is_free_to_end(aw))
		return false;
	size = aw->site->func->plain_size;
	if (UNLIKELY(size >= AWAIT_CACHED_))
		return false;
	if (LIKELY(slot_retire(aw)))
		slot_give(aw, size);
	return true;
}

/* For when an end is armed, whether or not a consumer wants it now. */
static NOINLINE void unref_armed(struct await *aw, const void *addr)
{
	if (sink_enabled(ARMED_END) ||
	    trap_catches(aw, AWAIT_EVENT_BIT(AWAIT_EVENT_DESTROY),
			 TRAP_STATES) ||
	    !end_fast(aw))
		unref(aw, addr);
}

EXPORT void await_core_unref(struct await *aw)
{
	if (UNLIKELY(!aw))
		return;
	if (UNLIKELY(armed_mask() & ARMED_END))
		unref_armed(aw, CALL_SITE());
	else if (UNLIKELY(!end_fast(aw)))
		unref(aw, CALL_SITE());
}

/* Keeps the slot out of use for a while, so that stale handles to it stay
 * recognizable. */
COLD static void free_held(struct await *aw)
{
	if (!slab_retire(aw))
		return;
	aw = core_hooks.slot_freed(aw);
	if (aw)
		slab_give(aw, slab_of(aw)->slot_size);
}

static void release_args(struct await *aw)
{
	const struct await_func *func = aw->site->func;

	if (!func->release)
		return;
	/* It does not say that itself, as it is called for copies, too. */
	sanitizer_acquire(aw);
	func->release(object_payload(aw, func->args_offset));
	sanitizer_release(aw);
}

static void end_now(struct await *aw, const void *addr)
{
	const struct await_func *func = aw->site->func;

	/* Relaxed: those who asked to be told cannot come any more. */
	if (atomic_load_explicit(&aw->state, memory_order_relaxed) &
	    FLAG_WAITERS)
		told_end(aw);
	/* Relaxed, both: this thread has it to itself. */
	ASSERT(atomic_load_explicit(&aw->refs, memory_order_relaxed) == 0);
	ASSERT(state_of(atomic_load_explicit(
		       &aw->state, memory_order_relaxed)) != AWAIT_RUNNING);
	sink_event(AWAIT_EVENT_DESTROY, aw, addr, NULL);
	if (is_armed(ARMED_ARGS))
		saved_args_end(aw);
	/* Acquire: a value or arguments are read next; partner: the release
	 * in publish_outcome() or await_core_publish(). */
	switch (state_of(
		atomic_load_explicit(&aw->state, memory_order_acquire))) {
	case AWAIT_RESOLVED:
		if (func->type->destroy)
			func->type->destroy(
				object_payload(aw, func->value_offset));
		break;
	case AWAIT_PENDING:
		if (UNLIKELY(func->flags & AWAIT_OWNED) &&
		    is_armed(ARMED_CHECK))
			core_hooks.owner_lost(aw, addr);
		/* fall through */
	case AWAIT_FAILED:
		release_args(aw);
		break;
	default:
		break;
	}
	if (is_armed(ARMED_CHECK))
		free_held(aw);
	else
		slab_free(aw, func->slot_size);
}

/* The outermost does what those within it have put off. */
static void leave(uint32_t depth)
{
	struct put_off next;

	while (depth == 1 && put_off_pop(&next)) {
		if (!next.cancelled) {
			end_now(next.aw, next.addr);
			continue;
		}
		release_args(next.aw);
		object_drop(next.aw, next.addr);
	}
	put_off_leave(depth);
}

/* Whether this is too deep, and was put off. */
static bool is_put_off(uint32_t depth, struct await *aw, const void *addr,
		       bool cancelled)
{
	const struct put_off what = { aw, addr, cancelled };

	return depth > NESTING_MOST && put_off_push(what);
}

NOINLINE void object_end(struct await *aw, const void *addr)
{
	uint32_t depth = put_off_enter(OUTER_FRAME());

	if (!is_put_off(depth, aw, addr, false))
		end_now(aw, addr);
	leave(depth);
}

NOINLINE void object_cancelled(struct await *aw, const void *addr)
{
	uint32_t depth;

	if (!aw->site->func->release)
		return;
	depth = put_off_enter(OUTER_FRAME());
	if (is_put_off(depth, aw, addr, true))
		await_core_ref(aw); /* until its arguments are released */
	else
		release_args(aw);
	leave(depth);
}
