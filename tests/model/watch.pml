/* SPDX-License-Identifier: MIT */
/*
 * Watched hits: from the moment arming returns until disarming begins, no hit
 * of any thread goes unseen; and when disarming has returned, the sink is not
 * called any more.
 *
 * A creates an await, lazy or (-DNOWAIT) resolved, hands it to B, and waits for
 * it twice, as B does: whoever comes first claims and resolves. Meanwhile ARM
 * adds a sink for hits, removes it, and adds it again.
 *
 *     state          struct await.state (core.h), without owner and WAITERS
 *     armed, sink    await_armed; the sink's place in sinks[]       sink.c
 *     in_sink        struct thread.in_sink, of A and B
 *     publishing, holders  struct thread.publishing, publish_freezers
 *     handle         what the user passes the await to B by
 *     watching       from the return of add until remove is called
 *     watched        A's, B's hit began while watching, which has not ended
 *     alive          the sink may be called
 *
 * Nobody but assertions reads the last three.
 *
 * Memory: plain, relaxed and release stores wait in a store buffer. A's state
 * and handle leave in order, as do a thread's two stores of in_sink; ARM's two
 * stores, and those of publishing, leave in any order. A release or a
 * read-modify-write of state makes the earlier
 * store of its own thread to it visible. membarrier() empties one buffer after
 * the other. Loads see memory, or their own thread's buffer.
 *
 * Which lines are which:
 *
 *     A, first half    await_core_publish() and await_core_armed() in
 *                      AWAIT_NEW_ and AWAIT_NOWAIT_        core.h, macros.h
 *     set_watch()      await_core_created()                      object.c
 *     hit()            await_core_hit()                            core.h
 *     wait()           wait_for(), claim_await()           wait.c, claim.c
 *     publish()        publish_among_others()                   publish.h
 *     tell()           sink_emit_simple(), sink_emit(),
 *                      call_sinks()                                sink.c
 *     membarrier()     barrier_heavy()               asymmetric_barrier.c
 *     arm()            add(), watch()                     sink.c, watch.c
 *     hold()           publish_freeze(), for all threads
 *                                                    asymmetric_barrier.c
 *     disarm()         await_sink_remove(), unwatch(),
 *                      wait_for_callbacks()                        sink.c
 *
 * Broken on purpose; each must fail:
 *
 *     NO_LOOK          creation looks at the armed bit only before its store
 *     HANDLE_FIRST     the handle leaves before that second look
 *     NO_BARRIER       the armer walks, and holds, without a membarrier
 *     WALK_FIRST       the armer walks before it arms
 *     NO_WALK          the armer leaves those alone that exist already
 *     NO_HOLD          the armer walks without holding publishing: the
 *                      outcome overwrites WATCH
 *     NO_WAIT          held without waiting for who is publishing
 *     HOLDERS_IGNORED  publishes by load and store though it is held
 *     CLAIM_FORGETS    the claim drops WATCH
 *     UNWATCH_STORES   the unwatcher stores what it saw, without the bit
 *     REMOVE_NO_BARRIER  remove looks at in_sink without a membarrier
 *     REMOVE_NO_WAIT   remove doesn't wait for callbacks
 *
 * Not here: add()'s own membarrier(), for there is one in hold(); a second sink
 * (the bit stays while one wants hits), the slot's next life (created as the
 * first was), failures and flags of protocol.pml.
 */

#define FREE 0
#define PENDING 1
#define RUNNING 2
#define RESOLVED 3
#define WATCH 8
#define STATE(word) ((word) & 7)

#ifdef NOWAIT
#define BORN RESOLVED
#else
#define BORN PENDING
#endif

byte state = FREE;
bit handle = 0;
bit armed = 0;
bit sink = 0;
bit in_sink[2];
bit publishing[2];
bit holders = 0;

/* The buffers. in_sink: 1, 0 or both wait. */
bit state_waits = 0;
byte state_of_a;
bit handle_waits = 0;
bit armed_waits = 0;
bit armed_of_arm;
bit sink_waits = 0;
bit sink_of_arm;
bit enter_waits[2];
bit leave_waits[2];
bit publishing_waits[2];

bit watching = 0;
bit watched[2];
bit alive = 0;

/* --- store buffers --- */

inline drain_state()
{
	if
	:: state_waits -> state = state_of_a; state_waits = 0; state_of_a = 0
	:: else
	fi
}

inline drain_thread(id)
{
	if
	:: id == 0 ->
		drain_state();
		if
		:: handle_waits -> handle = 1; handle_waits = 0
		:: else
		fi
	:: else
	fi;
	if
	:: leave_waits[id] -> in_sink[id] = 0
	:: enter_waits[id] && !leave_waits[id] -> in_sink[id] = 1
	:: else
	fi;
	enter_waits[id] = 0;
	leave_waits[id] = 0;
	publishing[id] = publishing[id] | publishing_waits[id];
	publishing_waits[id] = 0
}

inline drain_arm()
{
	if
	:: sink_waits -> sink = sink_of_arm; sink_waits = 0
	:: else
	fi;
	if
	:: armed_waits -> armed = armed_of_arm; armed_waits = 0
	:: else
	fi
}

proctype Buffers()
{
end:
	do
	:: d_step { state_waits -> drain_state() }
	:: d_step {
		handle_waits && !state_waits ->
		handle = 1;
		handle_waits = 0
	   }
	:: d_step { sink_waits -> sink = sink_of_arm; sink_waits = 0 }
	:: d_step { armed_waits -> armed = armed_of_arm; armed_waits = 0 }
	:: d_step {
		publishing_waits[0] -> publishing[0] = 1; publishing_waits[0] = 0
	   }
	:: d_step {
		publishing_waits[1] -> publishing[1] = 1; publishing_waits[1] = 0
	   }
	:: d_step { enter_waits[0] -> in_sink[0] = 1; enter_waits[0] = 0 }
	:: d_step { enter_waits[1] -> in_sink[1] = 1; enter_waits[1] = 0 }
	:: d_step {
		leave_waits[0] && !enter_waits[0] ->
		in_sink[0] = 0;
		leave_waits[0] = 0
	   }
	:: d_step {
		leave_waits[1] && !enter_waits[1] ->
		in_sink[1] = 0;
		leave_waits[1] = 0
	   }
	od
}

/* --- threads that use the await --- */

#define my_state (me == 0 && state_waits -> state_of_a : state)

/* One callback's stores must have left before the next: a short buffer. */
inline tell()
{
	atomic {
		!enter_waits[me] && !leave_waits[me] ->
		enter_waits[me] = 1
	};
	called = sink;
	if
	:: called ->
		assert(alive); /* the callback begins */
		assert(alive); /* and ends */
		seen = 1
	:: else
	fi;
	atomic { leave_waits[me] = 1; called = 0 }
}

inline publish()
{
	publishing_waits[me] = 1;
	if
#ifdef HOLDERS_IGNORED
	:: true ->
#else
	:: !holders ->
#endif
		d_step { assert(STATE(state) == RUNNING); word = state };
		d_step { drain_thread(me); state = RESOLVED | (word & WATCH) }
#ifndef HOLDERS_IGNORED
	:: else ->
		d_step {
			assert(STATE(state) == RUNNING);
			drain_thread(me);
			state = state + RESOLVED - RUNNING
		}
#endif
	fi;
	d_step { publishing_waits[me] = 0; publishing[me] = 0 }
}

/* Not a hit: who ran or slept. */
inline wait()
{
	do
	:: STATE(word) == RESOLVED ->
		if
		:: armed -> tell()
		:: else
		fi;
		break
	:: STATE(word) == PENDING ->
		d_step {
			if
			:: me == 0 -> drain_state()
			:: else
			fi;
			if
			:: state == word ->
#ifdef CLAIM_FORGETS
				state = RUNNING;
#else
				state = RUNNING | (word & WATCH);
#endif
				claimed = 1
			:: else -> word = state
			fi
		};
		if
		:: claimed ->
			publish();
			atomic { claimed = 0; seen = 1 };
			break
		:: else
		fi
	:: STATE(word) == RUNNING -> /* sleeps */
		atomic { STATE(state) != RUNNING; seen = 1 };
		assert(STATE(state) == RESOLVED);
		break
	:: STATE(word) == FREE -> assert(false)
	od
}

/* Seen, or not to be seen: a hit that began before arming returned, or that
 * was not over when disarming began. */
inline hit()
{
	atomic { watched[me] = watching; seen = 0; word = my_state };
	if
	:: word == RESOLVED
	:: else ->
		atomic { word = my_state };
		wait()
	fi;
	atomic {
		assert(!watched[me] || seen);
		watched[me] = 0;
		seen = 0;
		word = 0
	}
}

inline set_watch()
{
	if
	:: armed ->
		word = my_state;
		d_step { state_of_a = word | WATCH; state_waits = 1; word = 0 }
	:: else
	fi
}

proctype A(byte me)
{
	byte word = 0;
	bit seen = 0, claimed = 0, called = 0;

#ifdef NO_LOOK
	word = (armed -> BORN | WATCH : BORN);
#else
	word = BORN;
#endif
	atomic { state_of_a = word; state_waits = 1; word = 0 };
#ifdef HANDLE_FIRST
	handle_waits = 1;
#endif
#ifndef NO_LOOK
	set_watch();
#endif
#ifndef HANDLE_FIRST
	handle_waits = 1;
#endif
	hit();
	hit()
}

proctype B(byte me)
{
	byte word = 0;
	bit seen = 0, claimed = 0, called = 0;

	handle;
	hit();
	hit()
}

/* --- arming --- */

inline membarrier()
{
	atomic { drain_arm() };
	atomic { drain_thread(0) };
	atomic { drain_thread(1) }
}

inline hold()
{
#ifdef NO_HOLD
	membarrier()
#else
	holders = 1;
#ifdef NO_BARRIER
	atomic { drain_arm() };
#else
	membarrier();
#endif
#ifdef NO_WAIT
	skip
#else
	!publishing[0];
	!publishing[1]
#endif
#endif
}

inline walk()
{
	hold();
	word = state;
	do
	:: STATE(word) != FREE && !(word & WATCH) ->
		d_step {
			if
			:: state == word ->
				state = state | WATCH;
				word = state
			:: else -> word = state
			fi
		}
	:: else -> break
	od;
	atomic { word = 0; holders = 0 }
}

inline arm()
{
	alive = 1;
#ifdef WALK_FIRST
	walk();
#endif
	atomic { sink_of_arm = 1; sink_waits = 1 };
	atomic { armed_of_arm = 1; armed_waits = 1 };
#if !defined(WALK_FIRST) && !defined(NO_WALK)
	walk();
#endif
	watching = 1
}

inline disarm()
{
	atomic { watching = 0; watched[0] = 0; watched[1] = 0 };
	atomic { sink_of_arm = 0; sink_waits = 1 };
	atomic { armed_of_arm = 0; armed_waits = 1 };
	word = state;
	if
	:: word & WATCH ->
#ifdef UNWATCH_STORES
		state = word & ~WATCH
#else
		state = state & ~WATCH
#endif
	:: else
	fi;
	word = 0;
#ifdef REMOVE_NO_BARRIER
	atomic { drain_arm() };
#else
	membarrier();
#endif
#ifndef REMOVE_NO_WAIT
	!in_sink[0];
	!in_sink[1];
#endif
	alive = 0
}

proctype ARM()
{
	byte word = 0;

	arm();
	disarm();
	arm()
}

init {
	atomic { run Buffers(); run A(0); run B(1); run ARM() }
}
