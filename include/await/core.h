/* SPDX-License-Identifier: MIT */
/*
 * <await/core.h>: awaits without types. Programs include <await/await.h>,
 * whose macros are made of what stands here; read this one to bind another
 * language, to write a sink, or to know what a macro costs.
 *
 * An await is one slot of a slab: a head of 24 bytes, then its payload. The
 * payload holds the arguments until the await resolves and the value from then
 * on. Its state is one 32-bit word:
 *
 *     FREE -> PENDING -> RUNNING -> RESOLVED   (the value is cached)
 *                |         ^  `---> FAILED     (the arguments are kept)
 *                |         `__________/        (the next wait runs again)
 *                `----> CANCELLED              (no value, no arguments)
 *
 * Ownership: a handle is a counted reference. await_core_alloc() gives the
 * first; every await_core_ref() is matched by one await_core_unref(); whoever
 * calls any function here holds a reference until the call returns.
 *
 * Threads: every function may be called by any thread at any time. Only
 * await_core_wait() blocks or runs user code (and await_core_unref() and
 * await_core_cancel(), which run destructors).
 *
 * Signal handlers: await_core_hit(), await_core_peek(), and those that look
 * (await_core_state(), _id(), _error(), _attempts(), await_core_valid() and all
 * of <await/inspect.h>) are async-signal-safe, also in the handler of a crash
 * inside an await's function. No other function is.
 *
 * Errors: 0 or a negative errno, listed at each function.
 */
#pragma once

#if defined(__STRICT_ANSI__) && !defined(__cplusplus) &&                       \
	(!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
#error <await/await.h> is for C99 and later, and for -std=gnu90
#endif

#include <sched.h> /* struct timespec, also in strict C99 */
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
#include <await/cxx.hpp>
#else
#include <stdatomic.h>
#define AWAIT_ATOMIC(T) _Atomic(T)
#define AWAIT_UINT_(n) ((uint32_t)(n))
#define AWAIT_CXX_NAMES_
#endif

/* Called without a stub of the PLT, which would be 4 % of a life. */
#if __has_attribute(__noplt__)
#define AWAIT_NOPLT_ __attribute__((__noplt__))
#else
#define AWAIT_NOPLT_
#endif

/* Low three bits of the state word. The numbers are part of the debug ABI. */
enum await_state {
	AWAIT_FREE = 0,	     /* not an await: an unused slot */
	AWAIT_PENDING = 1,   /* holds its arguments, has not run */
	AWAIT_RUNNING = 2,   /* a thread is in its function */
	AWAIT_RESOLVED = 3,  /* holds its value, for good */
	AWAIT_FAILED = 4,    /* holds its arguments and the last error */
	AWAIT_CANCELLED = 5, /* will never have a value */
};

/* Where an await came from. */
enum await_origin {
	AWAIT_LAZY = 0,	   /* a function and its arguments */
	AWAIT_NOWAIT = 1,  /* born resolved */
	AWAIT_PROMISE = 2, /* resolved or rejected from outside */
};

/* What a value or an argument is, for readers that have no debug information.
 * With its size this is enough to print every scalar. */
enum await_kind {
	AWAIT_KIND_OPAQUE = 0, /* structs and everything else: bytes */
	AWAIT_KIND_BOOL = 1,
	AWAIT_KIND_SIGNED = 2,
	AWAIT_KIND_UNSIGNED = 3,
	AWAIT_KIND_FLOAT = 4,
	AWAIT_KIND_STRING = 5, /* char *, NUL-terminated or NULL */
	AWAIT_KIND_POINTER = 6,
	AWAIT_KIND_DONE = 7, /* struct await_done: that of an action */
};

struct await;

/* One per AWAIT_TYPE: what a value is. Static and constant. */
struct await_type {
	const char *name;	      /* "page", as in await_page */
	const char *spelling;	      /* "struct page" */
	void (*destroy)(void *value); /* NULL, or ends a value's life */
	uint32_t size;
	uint32_t kind; /* enum await_kind */
};

/* One per argument of an AWAITABLE. */
struct await_arg {
	const char *name;
	const char *spelling;
	uint32_t offset; /* from the start of the arguments */
	uint32_t size;
	uint32_t kind; /* enum await_kind */
	uint32_t reserved;
};

/* One per AWAITABLE: what runs, and the shape of its slot. */
struct await_func {
	const char *name;
	const struct await_type *type;
	const struct await_arg *args;
	/* Copies the arguments out of the slot, calls the function and stores
	 * the value. With AWAIT_RELEASES it then calls await_core_finish() and,
	 * when that says so, releases its copy of the arguments. Returns what
	 * the function returned. NULL for a nowait, and for a promise: while
	 * that is pending, waits block. */
	int (*run)(struct await *aw);
	/* NULL, or releases the arguments of an await that never resolved. */
	void (*release)(void *args);
	uint32_t arg_count;
	uint32_t args_offset;  /* from the start of the slot */
	uint32_t value_offset; /* from the start of the slot */
	uint32_t slot_size;    /* a multiple of 32 and of the alignment */
	uint32_t origin;       /* enum await_origin */
	uint32_t flags; /* AWAIT_STICKY..., AWAIT_NAME_LENGTH(name) or 0 */
	/* For the fast paths: the AWAIT_LAYOUT of the value, or
	 * AWAIT_LAYOUT_NONE with AWAIT_RELEASES or without run(); slot_size, or
	 * AWAIT_SIZE_NONE if ending calls destroy(), or release() unfailed. */
	uint32_t plain_layout;
	uint32_t plain_size;
};

/* In await_func.flags: a failure is final, no later wait runs again. */
#define AWAIT_STICKY 1u
/* It returns its value: LIBAWAIT_PERTURB=fail-nth leaves it alone. */
#define AWAIT_INFALLIBLE 2u
/* It has arguments to release, so run() calls await_core_finish() itself. */
#define AWAIT_RELEASES 4u
/* A promise of await_promise_owner(): await_core_drop_owner() rejects it. */
#define AWAIT_OWNED 8u
/* Of <await/await.hpp>: its arguments are no bytes that could be copied. */
#define AWAIT_OF_CXX 16u
/* The length of a name, in the upper bits: compared before the name itself. */
#define AWAIT_NAME_SHIFT 24
#define AWAIT_NAME_LENGTH(literal)                                             \
	(sizeof(literal) <= 100 ?                                              \
		 AWAIT_UINT_(sizeof(literal) - 1) << AWAIT_NAME_SHIFT :        \
		 0u)

/* One per place in the source that creates awaits. */
struct await_site {
	const struct await_func *func;
	const char *file;
	const char *function;
	uint32_t line;
	uint32_t held_at; /* of <await/static.h>; otherwise 0 */
};

/*
 * The head of every await. Its fields belong to the library; the layout is
 * public for the inline hit and for debuggers.
 */
struct await {
	/* __extension__: these are younger than C99. */
	__extension__ AWAIT_ATOMIC(uint32_t) state; /* enum await_state, flags,
						     * owner */
	__extension__ AWAIT_ATOMIC(uint32_t) refs;
	const struct await_site *site;
	/* generation << 8 | attempts */
	__extension__ AWAIT_ATOMIC(uint32_t) serial;
	/* of the last run that failed */
	__extension__ AWAIT_ATOMIC(int32_t) error;
	AWAIT_CXX_NAMES_ /* await::lazy and others, of <await/await.hpp> */
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One bit per type of event that a sink or a debugger wants, and per debugging
 * option; 0 in a plain process. Creation looks at it once, after the state is
 * stored; nothing else that is inline does (see sink.h).
 */
__extension__ extern AWAIT_ATOMIC(uint32_t) await_armed;

/* Takes a slot for an await of site, with one reference, its state still FREE:
 * the caller stores arguments (or the value) into the payload and publishes it
 * with await_core_publish(). Never runs user code. NULL when memory is out.
 * site must live as long as the process. */
struct await *await_core_alloc(const struct await_site *site);

/*
 * Emits the creation of an await that was just published. Called only while
 * await_armed is not 0, from the user's own function: the address this call
 * returns to is what traces report as the creation's call site. Returns aw, so
 * that the caller need not keep it across a call that is hardly ever made.
 */
struct await *await_core_created(struct await *aw);

/*
 * What the caller expects a value to be: its size, and its kind in the low
 * three bits. AWAIT_LAYOUT_ANY is not compared; AWAIT_LAYOUT_NONE equals none.
 */
#define AWAIT_LAYOUT(size, kind) (AWAIT_UINT_(size) << 3 | AWAIT_UINT_(kind))
#define AWAIT_LAYOUT_ANY UINT32_MAX
#define AWAIT_LAYOUT_NONE AWAIT_LAYOUT(0, 7)
#define AWAIT_SIZE_NONE UINT32_MAX

/*
 * Waits: runs the function here if nobody has (or if the last run failed),
 * otherwise blocks until the thread that is running it is done. The address
 * this call returns to is reported as the waiter's call site.
 *
 *   0           resolved: the value may be read while a reference is held
 *   -EINVAL     aw is NULL
 *   -ESTALE     aw has ended, and its slot is not in use again
 *   -EPROTOTYPE  its value has another layout: aw was cast to a wrong type
 *   -EFAULT     aw is no await; found with LIBAWAIT_DEBUG=check only
 *   -ENOEXEC    the library that holds its function was unloaded; likewise
 *   -EDEADLK    it waits, directly or through other threads, for this wait
 *   -ECANCELED  it was cancelled, or its last reference was dropped while it
 *               ran: no value
 *   -EAGAIN     more than 65,535 threads use awaits at once, or this thread
 *               is new to them and memory is out
 *   -ECHILD     a thread was running it when this process was forked off, and
 *               that thread is not here
 *   -EOWNERDEAD  its function did not return: a failure like any other
 *   other       what the function returned (any number but 0 is a failure)
 */
AWAIT_NOPLT_ int await_core_wait(struct await *aw, uint32_t layout);

/*
 * The same, but stops blocking at deadline, a time of CLOCK_MONOTONIC; NULL is
 * never. A run that this wait makes itself is not interrupted.
 *
 *   -ETIMEDOUT  it was not settled by then; nothing else has changed
 *   -EINVAL     aw is NULL, or deadline is no time
 */
int await_core_wait_until(struct await *aw, uint32_t layout,
			  const struct timespec *deadline);

/*
 * Waits for all of count awaits, in order, whatever becomes of them. errors,
 * if not NULL, gets what each wait returned; first, if not NULL, the index of
 * the first that did not return 0, or count. Returns that one's error, or 0.
 */
int await_core_wait_all(struct await *const *awaits, size_t count,
			uint32_t layout, int *errors, size_t *first);

/*
 * Whether the value is there: 0, -EAGAIN, or -EINVAL, -ESTALE, -EPROTOTYPE,
 * -EFAULT as await_core_wait(). Never runs, never blocks, never aborts: this is
 * how a signal handler reads a value.
 */
int await_core_peek(const struct await *aw, uint32_t layout);

/*
 * Settles a promise, in two steps: the first caller gets 0, stores the value
 * into the slot and calls await_core_settle() with 0, or with an error.
 *
 *   -EINVAL    aw is NULL or no promise
 *   -EALREADY  it was settled or cancelled, or another thread is settling it
 *   -EAGAIN, -ESTALE, -EPROTOTYPE, -EFAULT as await_core_wait()
 */
int await_core_claim_promise(struct await *aw, uint32_t layout);
void await_core_settle(struct await *aw, int rc);

/* Gives back the reference of who has to settle an AWAIT_OWNED promise, which
 * fails with -EPIPE if it is pending. 0, also of NULL; -EINVAL (no such
 * promise) or -EAGAIN: nothing has happened. Aborts as await_core_unref(). */
int await_core_drop_owner(struct await *aw);

/*
 * Cancels a pending await: its arguments' destructors run, on this thread, and
 * all waits, also those that block on it, return -ECANCELED.
 *
 *   -EINVAL    aw is NULL
 *   -EBUSY     its function is running; it was asked to stop
 *   -EALREADY  it resolved, failed, or was cancelled before
 *   -EAGAIN, -ESTALE, -EFAULT, -ENOEXEC as await_core_wait()
 */
int await_core_cancel(struct await *aw);

/*
 * Ends a run: called once by an await_func.run with AWAIT_RELEASES, on the
 * thread that runs, after the value is stored (rc 0) or with the function's
 * error; the library does it after the others. Then other threads may read the
 * value and drop the await. Returns whether the caller releases its copy of the
 * arguments: 0 after a failure, and where a debugging option keeps them.
 */
int await_core_finish(struct await *aw, int rc);

/* Takes one more reference; returns aw. NULL stays NULL. From 2^30 references
 * on, which a line on stderr says, it never ends. */
struct await *await_core_ref(struct await *aw);

/*
 * Gives one reference back. The last one ends the await: the value's
 * destructor runs if it resolved, the arguments' if not, on this thread; while
 * its function runs elsewhere, they run there, after it. Destructors may drop
 * further awaits: those nested more than 32 deep end before the outermost call
 * returns. NULL is ignored. With a handle whose await has ended already, here
 * and in await_core_ref(), a line says so, and the process aborts.
 */
AWAIT_NOPLT_ void await_core_unref(struct await *aw);

/*
 * Looking never runs anything and never blocks. What another thread changes
 * meanwhile may be seen before or after the change. A function that longjmp()
 * left is shown as running until its thread uses awaits again.
 */
enum await_state await_core_state(const struct await *aw);
uint64_t await_core_id(const struct await *aw); /* unique; 0: no await */
int await_core_error(const struct await *aw);	/* of the last failure, or 0 */
unsigned await_core_attempts(const struct await *aw); /* runs; stays at 255 */

/* Prints where an await without a value was made and waited for, or that aw has
 * ended or is no await; aborts. */
__attribute__((__noreturn__)) void
await_core_die(const struct await *aw, int rc, const char *file, int line);

#ifdef __cplusplus
}
#define AWAIT_ORDER_(name) std::memory_order_##name
#define AWAIT_FENCE_ std::atomic_signal_fence
#else
#define AWAIT_ORDER_(name) memory_order_##name
#define AWAIT_FENCE_ atomic_signal_fence
#endif

/*
 * Makes a filled slot an await in the given state.
 * Release: the payload and site are visible to whoever reads the state with
 * acquire; partners: await_core_hit() and claim_await(). The signal fence keeps
 * the compiler from looking at await_armed before the store; the membarrier()
 * of whoever arms does the same for the processor (sink.c).
 */
static inline void await_core_publish(struct await *aw, enum await_state state)
{
#ifdef __cplusplus
	aw->state.store(state, AWAIT_ORDER_(release));
#else
	atomic_store_explicit(&aw->state, state, AWAIT_ORDER_(release));
#endif
	AWAIT_FENCE_(AWAIT_ORDER_(seq_cst));
}

/* Whether any event is wanted. Relaxed: it orders nothing by itself, see
 * await_core_publish(). */
static inline int await_core_armed(void)
{
#ifdef __cplusplus
	uint32_t armed = await_armed.load(AWAIT_ORDER_(relaxed));
#else
	uint32_t armed =
		atomic_load_explicit(&await_armed, AWAIT_ORDER_(relaxed));
#endif
	return __builtin_expect(armed != 0, 0) != 0;
}

/*
 * Whether this is a cached hit that nobody watches: the whole cost of waiting
 * for a value that is there. A state word that carries any flag compares
 * unequal and goes to await_core_wait().
 *
 * Acquire: orders the reading of the value after the state; partner: the
 * release that ends a run, or of await_core_publish(). Free on x86; not
 * weaker, for the value would be read too early on arm64.
 */
static inline int await_core_hit(const struct await *aw)
{
#ifdef __cplusplus
	return __builtin_expect(aw != nullptr &&
					aw->state.load(AWAIT_ORDER_(acquire)) ==
						AWAIT_RESOLVED,
				1) != 0;
#else
	return __builtin_expect(
		       aw != NULL &&
			       atomic_load_explicit(
				       &((struct await *)(uintptr_t)aw)->state,
				       AWAIT_ORDER_(acquire)) == AWAIT_RESOLVED,
		       1) != 0;
#endif
}

/* Where it came from. */
static inline enum await_origin await_core_origin(const struct await *aw)
{
	uint32_t origin = aw->site->func->origin;

	return origin == AWAIT_NOWAIT  ? AWAIT_NOWAIT :
	       origin == AWAIT_PROMISE ? AWAIT_PROMISE :
					 AWAIT_LAZY;
}
