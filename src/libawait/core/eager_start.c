/* SPDX-License-Identifier: MIT */
/*
 * Eager starts: an await is handed to a pool of threads, or to a new thread,
 * and waited for later.
 *
 * The job claims the await as a wait would. Whoever comes first runs it, and
 * the other finds that there is nothing left to do. Until the job has run the
 * library holds a reference: an await that its user has dropped is computed all
 * the same, and then ends.
 */
#include "libawait/core/claim.h"
#include "libawait/core/handle.h"
#include "libawait/core/memory.h"
#include "libawait/core/object.h"
#include "libawait/core/run.h"
#include "libawait/core/sink.h"

#include <await/notify.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct start {
	struct await *aw;
	const void *addr; /* the user's call */
};

/* Also if the function leaves by an exception or pthread_exit(). */
static void end_start(struct start **start)
{
	object_drop((*start)->aw, (*start)->addr);
	free(*start);
}

static void run_started(void *data)
{
	struct start *start __attribute__((cleanup(end_start))) = data;
	struct thread *self = thread_self();
	/* Acquire: the arguments are read next; partner:
	 * await_core_publish(). */
	uint32_t word =
		atomic_load_explicit(&start->aw->state, memory_order_acquire);

	if (!self)
		return;
	run_end_if_left(self, CALL_SITE(), stack_pointer);
	while (state_of(word) == AWAIT_PENDING && runs_reserve(self))
		if (claim_await(start->aw, &word, self)) {
			run_claimed(start->aw, self, start->addr,
				    is_armed(ARMED_RUN) | RUN_STARTED);
			return;
		}
}

static void *run_in_thread(void *data)
{
	run_started(data);
	return NULL;
}

static int start_thread(struct start *start)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc = pthread_attr_init(&attr);

	if (rc != 0)
		return -rc;
	rc = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (rc == 0)
		rc = pthread_create(&thread, &attr, run_in_thread, start);
	pthread_attr_destroy(&attr);
	return -rc;
}

EXPORT int await_core_start(struct await *aw, await_submit submit, void *pool)
{
	const void *addr = CALL_SITE();
	int rc = check_handle(aw, AWAIT_LAYOUT_ANY, "await_start", addr);
	struct start *start;

	if (rc != 0)
		return rc;
	if (!aw->site->func->run && aw->site->func->origin == AWAIT_PROMISE)
		return -EINVAL;
	if (await_core_state(aw) != AWAIT_PENDING)
		return -EALREADY;
	start = memory_alloc(sizeof(*start));
	if (!start)
		return -ENOMEM;
	*start = (struct start){ await_core_ref(aw), addr };
	sink_event(AWAIT_EVENT_START, aw, addr, NULL);
	rc = submit ? submit(pool, run_started, start) : start_thread(start);
	if (rc != 0)
		end_start(&start);
	return rc;
}
