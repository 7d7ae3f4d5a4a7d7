/* SPDX-License-Identifier: MIT */
/*
 * AWAIT_STATIC: the one await of a variable, made by whoever is first.
 *
 * The variable holds a reference, as any other holder does; who reads it while
 * nobody resets it needs none of its own. Several threads may make an await at
 * once; the first to hand it over wins, and what the others have made is
 * cancelled and dropped, so that it counts neither as work that was forgotten
 * nor as a run. Nothing is called under the lock, and none is taken; later uses
 * read the variable without it.
 */
#include "libawait/core/static.h"

#include "libawait/core/compiler.h"
#include "libawait/core/hooks.h"
#include "libawait/core/lock.h"
#include "libawait/core/object.h"
#include "libawait/core/settle.h"
#include "libawait/core/sink.h"

#include <await/await.h>

/* Keeps a reference that is being taken from being dropped. */
static struct lock statics_lock = LOCK_INITIALIZER;

void static_lock(void)
{
	lock_take(&statics_lock);
}

void static_unlock(void)
{
	lock_release(&statics_lock);
}

/* Puts aw, which may be NULL, in the place of what is there. Release: it is
 * seen as it was made; partner: await_static_held_(). */
static void put(struct await_static *in, struct await *aw)
{
	ASSERT_HELD(&statics_lock);
	atomic_store_explicit(&in->await_held_, aw, memory_order_release);
}

static struct await *held_by(struct await_static *in)
{
	ASSERT_HELD(&statics_lock);
	/* Relaxed: guarded by statics_lock. */
	return atomic_load_explicit(&in->await_held_, memory_order_relaxed);
}

/* LIBAWAIT_PERTURB: as at any creation, but not before others can have it, as
 * its function may use it. */
COLD static void perturb(struct await *aw, const void *addr)
{
	await_core_ref(aw);
	core_hooks.created(aw, addr);
	object_drop(aw, addr);
}

EXPORT struct await *await_core_static_hold(struct await_static *in,
					    struct await *aw)
{
	const void *addr = CALL_SITE();
	struct await *first;

	lock_take(&statics_lock);
	first = held_by(in);
	if (!first)
		put(in, aw);
	lock_release(&statics_lock);
	if (first) {
		settle_cancel(aw, addr);
		object_drop(aw, addr);
		return first;
	}
	if (is_armed(ARMED_PERTURB))
		perturb(aw, addr);
	return aw;
}

EXPORT struct await *await_core_static_take(struct await_static *in)
{
	struct await *aw;

	lock_take(&statics_lock);
	aw = held_by(in);
	put(in, NULL);
	lock_release(&statics_lock);
	return aw;
}

EXPORT struct await *await_core_static_ref(struct await_static *in)
{
	struct await *aw;

	lock_take(&statics_lock);
	aw = await_core_ref(held_by(in));
	lock_release(&statics_lock);
	return aw;
}
