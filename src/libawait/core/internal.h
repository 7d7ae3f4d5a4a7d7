/* SPDX-License-Identifier: MIT */
/*
 * What the files of libawait.so share. Who uses whom, top to bottom:
 *
 *     load_tracer.c     fork.c           LIBAWAIT_TRACE; fork()
 *     debug_options.c  leaks.c sites.c  LIBAWAIT_DEBUG, the report at exit,
 *     site_mapped.c  refs.c           and awaits as text: describe.h
 *     refcycles.c dump.c
 *     describe.c snapshot.c line.c
 *     object.c   query.c        create, ref, unref, end; looking
 *     check.c                     misuse and its errors
 *     settle.c                    promises, cancelling
 *     wait.c                      claim, run, outcome, hit
 *     block.c    deadlock.c       sleeping; cycles, and printing them
 *     perturb.c inject.c shuffle.c   LIBAWAIT_PERTURB
 *     sink.c     clock.c          listeners, the armed bits; times of runs
 *     trap.c                      a debugger that listens
 *     asymmetric_barrier.c                   order between frequent and rare
 *     saved_args.c                      arguments that outlive the run
 *     thread.c   cache.c slab.c   thread table; slots; memory and registry
 *     memory.c                    what may be out
 *     debug_block.c                     describes all of this to debuggers
 */
#pragma once

#include <await/core.h>
#include <await/sink.h>

#include <errno.h>
#include <stdbool.h>
#include <sys/single_threaded.h>

#define EXPORT __attribute__((visibility("default")))
/* For variables that only the library uses: not by way of the GOT. */
#define HIDDEN __attribute__((visibility("hidden")))
#define COLD __attribute__((noinline, cold))
#define NOINLINE __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/*
 * The state word: enum await_state in bits 0-2, flags in 3-7, and in RUNNING
 * the thread that runs, as its index in the thread table, in 8-31.
 */
#define STATE_MASK 0x07u
#define FLAG_WATCH 0x08u    /* waits look at what is armed: ARMED_WATCH */
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

/* The counters below are relaxed: single words that order nothing. */
static inline uint32_t serial_of(const struct await *aw)
{
	return atomic_load_explicit(&((struct await *)aw)->serial,
				    memory_order_relaxed);
}

/* A word and the one behind it, by one store with release: who reads either
 * sees the same as if they had been stored one by one. */
typedef AWAIT_ATOMIC(uint64_t) two_words __attribute__((may_alias));
static inline void store_two(void *words, uint32_t first, uint32_t second)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t both = (uint64_t)second << 32 | first;
#else
	uint64_t both = (uint64_t)first << 32 | second;
#endif

	atomic_store_explicit((two_words *)words, both, memory_order_release);
}

/* --- memory.c --- */

/* Requests from the first to the last, counted from 1, get NULL. */
void memory_refuse(uint64_t first, uint64_t last);
/* Counts a request that is not made here; true: take it as having failed. */
bool memory_refused(void);
/* Zeroed pages for munmap(), and bytes for free(). NULL when memory is out. */
void *memory_map(size_t size);
void *memory_alloc(size_t size);

/* --- slab.c, cache.c --- */

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
	/* Entry i is of slot i; NULL without LIBAWAIT_DEBUG=args. Not constant:
	 * see saved_args.c. */
	AWAIT_ATOMIC(struct kept *) kept;
};

extern AWAIT_ATOMIC(struct slab *) await_slabs;

/* Ends the life of a slot: it is FREE, and its next await has another id.
 * False when it has had all the ids it can have: nobody gets it any more. */
bool slab_retire(struct await *aw);
/* Makes a FREE slot that nobody knows available. slot_size is what it was
 * allocated with: that of its function, or of its slab. */
void slab_give(struct await *aw, size_t slot_size);
/* Both. */
void slab_free(struct await *aw, size_t slot_size);
static inline struct slab *slab_of(const struct await *aw)
{
	return (struct slab *)((uintptr_t)aw & ~(uintptr_t)(SLAB_SIZE - 1));
}
static inline uint32_t slab_index(const struct slab *slab,
				  const struct await *aw)
{
	uint32_t offset = (uint32_t)((const char *)aw - (const char *)slab) -
			  slab->first_slot;

	return offset / slab->slot_size;
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
	struct await *aw;	 /* NULL: await_core_finish() has ended it */
	struct run *outer;	 /* the run that waits for this one, or NULL */
	const void *addr;	 /* user's call to wait, minus one */
	struct run_notes *notes; /* NULL when nothing but running is to do */
};

/* What is known of a run that began armed. */
struct run_notes {
	uint64_t begin_ticks; /* 0 when nobody listened to the end */
	void *kept;	      /* of kept_copy() */
};

/*
 * One entry per thread that uses awaits. Written by its own thread; read by
 * debuggers at any time and by other threads as noted.
 */
struct thread {
	_Alignas(64) AWAIT_ATOMIC(uint32_t) tid; /* 0: unused entry */
	uint32_t index;
	AWAIT_ATOMIC(struct run *) run; /* innermost, or NULL */
	AWAIT_ATOMIC(struct await *) blocked_on;
	const void *blocked_addr;
	AWAIT_ATOMIC(uint32_t) in_sink; /* depth of sink callbacks */
	uint32_t reserved;
	uint32_t running; /* state word of what it claims, without flags */
	AWAIT_ATOMIC(uint32_t) publishing; /* see asymmetric_barrier.c */
	/* What it is in await_trap() for, or NULL. */
	AWAIT_ATOMIC(const struct trap_event *) trapped;
	uint32_t padding[2]; /* a cache line each: run is written often */
};

extern struct thread await_threads[THREADS_MAX];
extern AWAIT_ATOMIC(uint32_t) await_thread_count; /* entries ever used */

extern __thread struct thread *thread_self_ HIDDEN
	__attribute__((tls_model("initial-exec")));
/* The same, but NULL where handles are checked before they are used. */
extern __thread struct thread *thread_unchecked_ HIDDEN
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
	return LIKELY(__libc_single_threaded);
}

/* --- asymmetric_barrier.c --- */

/* A full barrier on every thread of this process, or -ENOSYS. */
int barrier_everywhere(void);
/* Until barrier_let_go(), which takes what this returned, flags may be set in
 * the words of awaits that owner runs; NULL: that any thread runs. */
COLD bool barrier_hold(const struct thread *owner);
static inline bool barrier_hold_owner(uint32_t word)
{
	return state_of(word) == AWAIT_RUNNING &&
	       barrier_hold(&await_threads[owner_of(word)]);
}
void barrier_let_go(bool held);
void barrier_after_fork(void);

extern AWAIT_ATOMIC(uint32_t) barrier_holders HIDDEN;

/* --- clock.c --- */

/* Before the first clock_ticks(); sinks_lock held. */
void clock_begin(void);
uint64_t clock_ticks(void);
/* begin: what clock_ticks() was. */
uint64_t clock_ns_since(uint64_t begin);

/* --- saved_args.c --- */

/* What debugging remembers of a slot. */
struct kept {
	AWAIT_ATOMIC(void *) args;	 /* of the await that it is, or NULL */
	AWAIT_ATOMIC(const void *) addr; /* of the wait that ran it, or NULL */
};

/* Before a run: a copy of its arguments, or NULL. */
void *kept_copy(struct await *aw);
/* After it: true if the await has the copy from now on. addr: the wait. */
bool kept_keep(struct await *aw, void *copy, bool resolved, const void *addr);
/* As the await ends. */
void kept_end(struct await *aw);
/* The arguments of a resolved await, or NULL. */
const void *kept_args(const struct await *aw);
/* The wait that ran it last, or NULL. */
const void *kept_addr(const struct await *aw);

/* --- trap.c --- */

/*
 * Written by a debugger, while every thread is stopped, and volatile
 * because by nothing else: it may change between any two instructions.
 */
struct trap_filter {
	uint32_t events; /* AWAIT_EVENT_BIT()s; 0: no filter, here and after */
	uint32_t states; /* the event's, as bits 1 << enum await_state */
	uint64_t id;	 /* 0: of any await */
	char name[112];	 /* of its function; empty: of any */
};
#define TRAP_FILTERS 16u
struct trap {
	/* await_armed but for what only a debugger wants; of sink.c */
	AWAIT_ATOMIC(uint32_t) listened;
	volatile uint32_t events;  /* of all filters */
	volatile uint32_t changes; /* counts them */
	volatile struct trap_filter filters[TRAP_FILTERS + 1];
};
extern struct trap trap HIDDEN;
/* Of those, the events that only watched awaits bring. */
#define TRAP_WATCH                                                             \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_HIT))
#define TRAP_STATES 0xffu /* any */

/* What a thread is in await_trap() for. */
struct trap_event {
	const struct await *aw;
	const void *addr;
	uint32_t type;
	uint32_t state;
	int32_t error;
};

/* Whether it has that id, but for the generation; without the division that
 * finding its id takes. */
static inline bool trap_has_id(const struct await *aw, uint64_t id)
{
	const struct slab *slab = slab_of(aw);
	uint64_t index = (uint32_t)id - (uint32_t)slab->first_id;

	return (uintptr_t)slab + slab->first_slot + index * slab->slot_size ==
	       (uintptr_t)aw;
}
/* Whether a function may have the name that a filter wants. From the end: names
 * of functions begin alike. */
static inline bool trap_may_name(const volatile char *wanted,
				 const struct await_func *func)
{
	uint32_t length = func->flags >> AWAIT_NAME_SHIFT;

	if (length == 0 || wanted[0] == '\0')
		return true;
	if (wanted[length] != '\0')
		return false;
	while (length > 0 && wanted[length - 1] == func->name[length - 1])
		length--;
	return length == 0;
}
/* Whether a filter wants, of aw, any of these events with any of these states,
 * both as bits. */
bool trap_wants(const struct await *aw, uint32_t events, uint32_t states);
/* Whether one may. Inline, as each event pays for it: tells most of what no
 * filter wants. */
static inline bool trap_may_want(const struct await *aw, uint32_t events,
				 uint32_t states)
{
	const volatile struct trap_filter *f = trap.filters;

	for (uint32_t any; (any = f->events) != 0; f++) {
		uint64_t id;

		if (!(any & events) ||
		    (states != TRAP_STATES && !(f->states & states)))
			continue;
		id = f->id;
		if ((id == 0 || trap_has_id(aw, id)) &&
		    trap_may_name(f->name, aw->site->func))
			return true;
	}
	return false;
}
static inline bool trap_catches(const struct await *aw, uint32_t events,
				uint32_t states)
{
	return trap_may_want(aw, events, states) &&
	       trap_wants(aw, events, states);
}
/* Stops for an event that brings that state, if one wants it. */
NOINLINE void trap_tell(enum await_event_type type, enum await_state state,
			const struct await *aw, const void *addr, int error);
static inline void trap_event(enum await_event_type type,
			      enum await_state state, const struct await *aw,
			      const void *addr, int error)
{
	if (trap_catches(aw, AWAIT_EVENT_BIT(type), 1u << state))
		trap_tell(type, state, aw, addr, error);
}

/* --- sink.c --- */

/* Bits of await_armed beside the events' that debugging options set: what is
 * off the usual path anyway looks at them. */
#define ARMED_PERTURB (1u << 28) /* perturb.c, inject.c, shuffle.c */
#define ARMED_CYCLES (1u << 29)	 /* cycles are printed: deadlock.c */
#define ARMED_ARGS (1u << 30)	 /* arguments are kept: saved_args.c */
#define ARMED_CHECK (1u << 31)	 /* handles are checked: check.c */

/* What has to be done about a run beside running it. */
#define ARMED_RUN                                                              \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_END) | ARMED_ARGS | ARMED_PERTURB)
/* What waits have to look at: while it is armed all awaits carry WATCH. */
#define ARMED_WATCH (AWAIT_EVENT_BIT(AWAIT_EVENT_HIT) | ARMED_RUN | ARMED_CHECK)

/* Sets bits for good. Before main() only. */
void sink_arm_always(uint32_t bits);
/* await_armed, but where programs have no copy of it: quicker to get at. */
extern AWAIT_ATOMIC(uint32_t) HIDDEN sink_armed_;
/* Relaxed: an event that races with arming may go either way; debugging
 * options are set before any await was made. */
static inline uint32_t sink_bits(void)
{
#ifdef AWAIT_SEAMLESS /* tests/size compares with it */
	return 0;
#else
	return atomic_load_explicit(&sink_armed_, memory_order_relaxed);
#endif
}

/*
 * The switches of all sinks that listen to a type of event, or one that is
 * always on: if there are more of them, and with debugging options. Some types
 * have room for two, which tracers have for those with stacks.
 */
#define SINK_TWO                                                               \
	(AWAIT_EVENT_BIT(AWAIT_EVENT_CREATE) |                                 \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_EXEC_BEGIN) |                             \
	 AWAIT_EVENT_BIT(AWAIT_EVENT_HIT))
struct sink_switch {
	AWAIT_ATOMIC(AWAIT_ATOMIC(int) *) on[2];
};
extern struct sink_switch HIDDEN sink_switches[AWAIT_EVENT_COUNT];

static inline int sink_switch(enum await_event_type type, int i)
{
	/* Relaxed, both: as sink_bits(). */
	return atomic_load_explicit(
		atomic_load_explicit(&sink_switches[type].on[i],
				     memory_order_relaxed),
		memory_order_relaxed);
}

/* Whether any switch is on, of the events among bits, which is a constant. */
static inline __attribute__((always_inline)) bool sink_any_switch(uint32_t bits)
{
#define ON(type)                                                               \
	(bits & AWAIT_EVENT_BIT(type) &&                                       \
	 sink_switch(type, 0) |                                                \
		 (SINK_TWO & AWAIT_EVENT_BIT(type) ? sink_switch(type, 1) :    \
						     0))
	return ON(AWAIT_EVENT_CREATE) || ON(AWAIT_EVENT_EXEC_BEGIN) ||
	       ON(AWAIT_EVENT_EXEC_END) || ON(AWAIT_EVENT_HIT) ||
	       ON(AWAIT_EVENT_BLOCK_BEGIN) || ON(AWAIT_EVENT_BLOCK_END) ||
	       ON(AWAIT_EVENT_CYCLE) || ON(AWAIT_EVENT_DESTROY) ||
	       ON(AWAIT_EVENT_RESOLVE) || ON(AWAIT_EVENT_CANCEL);
#undef ON
}

/* What of bits sinks or options ask for. Relaxed: as
 * sink_bits(). */
static inline uint32_t sink_asked(uint32_t bits)
{
	return atomic_load_explicit(&trap.listened, memory_order_relaxed) &
	       bits;
}

/* And have a use for it now. */
static inline bool sink_listens(uint32_t bits)
{
	return sink_asked(bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || sink_any_switch(bits));
}

/* Whether anybody has a use for the events among bits: a debugger, too. */
static inline bool sink_switched_on(uint32_t bits)
{
	return sink_any_switch(bits) || trap.events & bits;
}

/* Whether there is anything to do about what bits stand for, a constant. */
static inline bool sink_armed(uint32_t bits)
{
	return UNLIKELY(sink_bits() & bits) &&
	       (!(bits & AWAIT_EVENTS_ALL) || sink_switched_on(bits));
}

void sink_lock(void);
void sink_unlock(void);

/* Tells every sink that wants event->type; sets its id, site and parent. */
NOINLINE void sink_announce(struct await_event *event);
static inline bool sink_wants(enum await_event_type type)
{
	return sink_armed(AWAIT_EVENT_BIT(type));
}
/* frame: see struct await_event. */
NOINLINE void sink_tell(enum await_event_type type, struct await *aw,
			const void *addr, const void *frame);
static inline void sink_event(enum await_event_type type, struct await *aw,
			      const void *addr, const void *frame)
{
	uint32_t bit = AWAIT_EVENT_BIT(type);

	if (UNLIKELY(sink_bits() & bit) &&
	    (sink_listens(bit) || trap_catches(aw, bit, TRAP_STATES)))
		sink_tell(type, aw, addr, frame);
}

/* --- perturb.c, inject.c, shuffle.c: with ARMED_PERTURB only --- */

/* After aw was created, before anybody has it. addr: the creation. */
COLD void perturb_created(struct await *aw, const void *addr);
/* As a run begins: 0, or the error it ends with; then nothing is called. */
COLD int perturb_run(const struct await *aw);
/* Whether another thread has run aw, which this one found as in word and may
 * claim; then *rc is the result of the wait. If not, word is how it is now. */
COLD bool shuffle_wait(struct await *aw, uint32_t *word,
		       const struct timespec *deadline, const void *addr,
		       int *rc);
/* This thread's edge is published. */
COLD void shuffle_sleeps(void);

/* --- wait.c --- */

/* All of a wait: 0 or an error as await_core_wait(). */
int wait_for(struct await *aw, uint32_t layout, const struct timespec *deadline,
	     const void *addr);
/* Runs what nobody has claimed yet. */
COLD void wait_run_new(struct await *aw, const void *addr);
/* Runs what was claimed for this thread. */
COLD void wait_run_claimed(struct await *aw, const void *addr);

/* PENDING or FAILED becomes RUNNING, owned by self. On failure *word is what
 * the state is now. */
bool wait_claim(struct await *aw, uint32_t *word, const struct thread *self);
/* Before the outcome of a failure is published. */
void wait_store_error(struct await *aw, int rc);
/* Publishes the outcome of what self has claimed. True when the last reference
 * had gone meanwhile: then the await has ended. */
bool wait_publish(struct await *aw, struct thread *self,
		  enum await_state outcome, const void *addr);

/* --- deadlock.c --- */

#define CHAIN_MAX 64u

/* Awaits that wait for each other, each for the next. */
struct chain {
	const struct await *awaits[CHAIN_MAX];
	uint32_t length;
	bool more; /* it is longer */
};

/* Of a wait of self for aw that closes a cycle; graph_lock held. */
void deadlock_collect(struct chain *chain, const struct thread *self,
		      const struct await *aw);
/* On stderr; no lock held. */
void deadlock_print(const struct chain *chain, const void *addr);

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

/* --- check.c --- */

/* Whether a value of type can be what the caller takes it for. */
bool check_layout(const struct await_type *type, uint32_t layout);
/* What is wrong with a handle, or 0; operation is a function's name. */
COLD int check_loudly(const struct await *aw, uint32_t layout,
		      const char *operation, const void *addr);
/* For operations that return no error: aborts. */
COLD void check_reference(const struct await *aw, const char *operation,
			  const void *addr);
/* Of a handle whose await has ended: aborts. Not declared noreturn, for then it
 * would be called, not jumped to, and its callers needed a stack frame. */
COLD void check_die(const struct await *aw, const char *operation,
		    const void *addr);
/* Takes a freed slot out of use, for the time that HELD more are freed.
 * Returns the one whose time is over, or NULL. */
struct await *check_hold(struct await *aw);

/* Whether that is what a value of type looks like, exactly. */
static inline bool is_layout(const struct await_type *type, uint32_t layout)
{
	return LIKELY(AWAIT_LAYOUT(type->size, type->kind) == layout);
}

/* 0, or why aw is no handle of an await whose value looks like layout. */
static inline int check_handle(const struct await *aw, uint32_t layout,
			       const char *operation, const void *addr)
{
	const struct await_type *type;
	uint32_t word;

	if (sink_armed(ARMED_CHECK))
		return check_loudly(aw, layout, operation, addr);
	if (!aw)
		return -EINVAL;
	/* Acquire: site is that of the await; partner: await_core_publish(). */
	word = atomic_load_explicit(&((struct await *)aw)->state,
				    memory_order_acquire);
	if (UNLIKELY(state_of(word) == AWAIT_FREE))
		return -ESTALE;
	type = aw->site->func->type;
	return is_layout(type, layout) || check_layout(type, layout) ?
		       0 :
		       -EPROTOTYPE;
}

/* --- query.c --- */

/* Whether handle, any pointer, is that of a slot. */
bool inspect_is_slot(const void *handle);
/* Of the await in a slot whose serial that is; of the one it was, if free. */
static inline uint64_t inspect_id(const struct await *slot, uint32_t serial)
{
	const struct slab *slab = slab_of(slot);
	uint64_t generation = serial / SERIAL_GENERATION_ONE;

	return (generation << 32) + slab->first_id + slab_index(slab, slot);
}
uint64_t inspect_last_id(const struct await *slot);

/* --- object.c --- */

/* Ends an await without references: destructors, then the slot is free. */
void object_end(struct await *aw, const void *addr);
/* Gives a reference back; true if it was the last. */
COLD bool object_drop(struct await *aw, const void *addr);
static inline void *object_payload(struct await *aw, uint32_t offset)
{
	return (char *)aw + offset;
}

/* The call a library function returns to lies before its return address. */
#define CALL_SITE() ((const char *)__builtin_return_address(0) - 1)
/* As await_event.frame, in a function that the one the user called has ended in
 * by a jump, so that its frame is where that one's was. Not where it is the
 * last that a function does itself to tell of the event: that may be a jump,
 * too. */
#define OUTER_FRAME() __builtin_frame_address(0)
