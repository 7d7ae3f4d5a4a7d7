/* SPDX-License-Identifier: MIT */
/*
 * What the files of libawait.so share. Who uses whom, top to bottom:
 *
 *     load.c     fork.c           LIBAWAIT_TRACE; fork()
 *     options.c leaks.c report.c   LIBAWAIT_DEBUG; awaits as text: see
 *     describe.c line.c            describe.h
 *     object.c   inspect.c        create, ref, unref, end; looking
 *     settle.c                    promises, cancelling
 *     wait.c                      claim, run, outcome, hit
 *     block.c                     sleeping and cycles
 *     sink.c                      listeners, the armed bits
 *     thread.c   slab.c           thread table; memory and registry
 *     debug.c                     describes all of this to debuggers
 */
#pragma once

#include <await/core.h>
#include <await/sink.h>

#include <stdbool.h>
#include <sys/single_threaded.h>

#define EXPORT __attribute__((visibility("default")))
#define COLD __attribute__((noinline, cold))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/*
 * The state word: enum await_state in bits 0-2, flags in 3-7, and in RUNNING
 * the thread that runs, as its index in the thread table, in 8-31.
 */
#define STATE_MASK 0x07u
#define FLAG_WATCH 0x08u    /* hits go out of line and are told to sinks */
#define FLAG_WAITERS 0x10u  /* a thread sleeps, or is about to */
#define FLAG_DOOMED 0x20u   /* no reference left; whoever runs it ends it */
#define FLAG_ORPHANED 0x40u /* ran in a thread that fork() did not copy */
#define FLAGS_MASK 0xf8u
#define OWNER_SHIFT 8

static inline enum await_state state_of(uint32_t word)
{
	return (enum await_state)(word & STATE_MASK);
}

static inline uint32_t owner_of(uint32_t word)
{
	return word >> OWNER_SHIFT;
}

/* The serial word. Attempts stay at 255; a slot whose generations are used up
 * is never handed out again, so ids stay unique. */
#define SERIAL_ATTEMPTS 0xffu
#define SERIAL_GENERATION_ONE 0x100u
#define SERIAL_GENERATION_LAST 0xffffff00u

/* --- slab.c --- */

#define SLAB_SIZE (256u << 10)
#define SLAB_MAGIC 0x42414c5354495741ull /* "AWITSLAB" */

/*
 * A slab: this header, then count slots of slot_size bytes from first_slot on.
 * Aligned to SLAB_SIZE; larger ones hold one slot. Written before it is pushed
 * on await_slabs and constant from then on; never unmapped.
 */
struct slab {
	uint64_t magic;
	struct slab *next;
	uint64_t first_id; /* of slot 0; the others follow */
	uint64_t size;	   /* of the mapping */
	uint32_t slot_size;
	uint32_t first_slot; /* offset */
	uint32_t count;
	uint32_t reserved;
};

extern AWAIT_ATOMIC(struct slab *) await_slabs;

struct await *slab_alloc(uint32_t slot_size);
void slab_free(struct await *aw);
static inline struct slab *slab_of(const struct await *aw)
{
	return (struct slab *)((uintptr_t)aw & ~(uintptr_t)(SLAB_SIZE - 1));
}
/* For fork.c, as all *_lock() below. */
void slab_lock(void);
void slab_unlock(void);
/* Gives a dying thread's free slots to the others. */
void slab_thread_exit(void);
/* Calls visit for every slot that has ever been carved. */
void slab_walk(void (*visit)(struct await *aw, void *data), void *data);

/* --- thread.c --- */

#define THREADS_MAX 65536u /* entry 0 stays unused */

/* One run of an await's function, on the stack of the thread that is in it. */
struct run {
	struct await *aw;
	struct run *outer; /* the run that waits for this one, or NULL */
	const void *addr;  /* user's call to wait, minus one */
	uint64_t begin_ns; /* 0 when nobody listens */
	bool doomed;	   /* set by await_core_finish(): the await is gone */
};

/*
 * One entry per thread that uses awaits. Written by its own thread; read by
 * debuggers at any time and by other threads as noted.
 */
struct thread {
	AWAIT_ATOMIC(uint32_t) tid; /* 0: unused entry */
	uint32_t index;
	AWAIT_ATOMIC(struct run *) run; /* innermost, or NULL */
	AWAIT_ATOMIC(struct await *) blocked_on;
	const void *blocked_addr;
	AWAIT_ATOMIC(uint32_t) in_sink; /* depth of sink callbacks */
	uint32_t reserved;
	uint64_t padding[3]; /* a cache line each: run is written often */
};

extern struct thread await_threads[THREADS_MAX];
extern AWAIT_ATOMIC(uint32_t) await_thread_count; /* entries ever used */

extern __thread struct thread *thread_self_
	__attribute__((tls_model("initial-exec")));
struct thread *thread_register(void);
void thread_lock(void);
void thread_unlock(void);
/* In a forked child: no other thread is left; self may be NULL. False if there
 * never was one. */
bool thread_forget_others(struct thread *self);

/* This thread's entry; NULL when the table is full. */
static inline struct thread *thread_self(void)
{
	return LIKELY(thread_self_ != NULL) ? thread_self_ : thread_register();
}

/* Whether no second thread can see a store of this one: until this process
 * makes one, plain stores do for atomic read-modify-writes. */
static inline bool thread_is_alone(void)
{
	return __libc_single_threaded;
}

/* --- sink.c --- */

void sink_lock(void);
void sink_unlock(void);

/* Tells every sink that wants event->type; sets its id, site and parent. */
COLD void sink_announce(struct await_event *event);
static inline bool sink_wants(enum await_event_type type)
{
	/* Relaxed: an event that races with arming may go either way. */
	return UNLIKELY(
		atomic_load_explicit(&await_armed, memory_order_relaxed) &
		AWAIT_EVENT_BIT(type));
}
COLD void sink_tell(enum await_event_type type, struct await *aw,
		    const void *addr);
static inline void sink_event(enum await_event_type type, struct await *aw,
			      const void *addr)
{
	if (sink_wants(type))
		sink_tell(type, aw, addr);
}

/* --- wait.c --- */

/* PENDING or FAILED becomes RUNNING, owned by self. On failure *word is what
 * the state is now. */
bool wait_claim(struct await *aw, uint32_t *word, const struct thread *self);
/* Before the outcome of a failure is published. */
void wait_store_error(struct await *aw, int rc);
/* Publishes the outcome of what self has claimed. True when the last reference
 * had gone meanwhile: then the await has ended. */
bool wait_publish(struct await *aw, const struct thread *self,
		  enum await_state outcome, const void *addr);

/* --- block.c --- */

void block_lock(void);
void block_unlock(void);

/* Whether a wait has to sleep: a thread runs it, or only a promise's owner
 * can settle it. */
static inline bool must_sleep(const struct await *aw, uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING ||
	       (state_of(word) == AWAIT_PENDING && !aw->site->func->run);
}

/*
 * Sleeps while must_sleep(), as it was in word, and until deadline if that is
 * not NULL. Returns 0 and the new word; -EDEADLK when the thread that runs aw
 * waits for this one; -ETIMEDOUT.
 */
int block_until_settled(struct await *aw, uint32_t *word,
			const struct timespec *deadline, const void *addr);
void block_wake(struct await *aw);

/* --- object.c --- */

/* Ends an await without references: destructors, then the slot is free. */
void object_end(struct await *aw, const void *addr);
static inline void *object_payload(struct await *aw, uint32_t offset)
{
	return (char *)aw + offset;
}

/* The call a library function returns to lies before its return address. */
#define CALL_SITE() ((const char *)__builtin_return_address(0) - 1)
