/* SPDX-License-Identifier: MIT */
/*
 * One await and three threads that hold a reference each: claim, run, publish,
 * sleep, deadline, cancel, settle, last unref. Each thread does one of these
 * and drops its reference; a function, or a destructor that a cancel runs, may
 * drop its caller's reference, so that a run can outlive the last one.
 *
 *     state, refs, error   the fields of struct await (core.h); owner is id + 1
 *     payload              ARGS, then VALUE, or GONE when cancelled
 *     payload_of, error_of what a thread has stored and others don't see yet
 *     asleep               in the futex
 *     publishing, holders  struct thread.publishing, publish_freezers
 *     holds, running, won, failures, ended    nobody reads these: what is
 *                          asserted is said with them
 *
 * Memory: read-modify-writes of state, refs and holders happen at once, in one
 * order. Plain and relaxed stores (payload, error, publishing) wait in a store
 * buffer, from which each may leave at any time, in any order; an operation
 * with release waits until its thread's buffer is empty, and membarrier()
 * empties all of them. That is weaker than x86, where every locked operation
 * does. The last reference goes by a load and a store: it is one step here, for
 * nobody is left who could come between. Loads are not early, so acquire is not
 * in question.
 *
 * Which lines are which:
 *
 *     claim()          claim_await()                            claim.c
 *     T, running       run_claimed(), run_plain(), finish()       run.c
 *     publish()        publish_among_others(), wake_or_end(),
 *                      wake_sleepers()             publish.h, sleep.c
 *     hold()           publish_freeze_owner()      asymmetric_barrier.c
 *     T, waiting       wait_for()                                wait.c
 *     must_sleep()     must_sleep()                             sleep.h
 *     sleep()          set_waiters(), sleep_until_over(),
 *                      leave()                                  sleep.c
 *     T, claiming      claim_pending(), await_core_cancel(),
 *                      await_core_settle()                     settle.c
 *     unref()          drop_reference(), await_core_unref()    object.c
 *     end()            object_end()                            object.c
 *
 * Asserted: a run begins only when no other is under way and none succeeded,
 * and finds its arguments; who is told of a value or an error finds it; an
 * await that a thread still holds is never FREE; it ends once, when nobody
 * holds it, with everyone's stores visible and just what its state promises in
 * the payload. A lost wake-up is an invalid end state.
 *
 * Kinds: a failed run may be claimed again; -DSTICKY: not; -DPROMISE: thread 0
 * settles or cancels, others may try to, and waits sleep in PENDING, too.
 *
 * Broken on purpose; each must fail:
 *
 *     NO_RELEASE       the outcome is seen before the value
 *     NO_RECHECK       sleeps though the word has changed: sleeps for ever
 *     NO_HOLD          flags are set without holding publishing: the outcome
 *                      overwrites one that was just set
 *     NO_BARRIER       held without membarrier()
 *     NO_WAIT          held without waiting for who is publishing
 *     HOLDERS_IGNORED  publishes by load and store though it is held
 *     WAKE_FIRST       wakes, then clears WAITERS, also a later sleeper's
 *     NO_WAITERS       sleeps without saying so
 *     CLAIM_STORES     claims by a load and a store: two runs
 *     CLAIM_FORGETS    (PROMISE) the claim drops WAITERS
 *     CANCEL_IS_QUIET  (PROMISE) a cancel wakes nobody
 *     END_AT_ONCE      the last unref doesn't look whether it runs
 *     DOOM_BLINDLY     DOOMED is set though the run is over: it never ends
 *     DOOM_IGNORED     the runner doesn't look at DOOMED: it never ends
 *     UNREF_RELAXED    the destructors miss what another holder did
 *
 * Not here: cycles (the edges change no state word); the slot's next life (a
 * late wake that strikes it is the late wake that strikes the next run here);
 * plain stores while the process has one thread; spurious wake-ups.
 */

#define N 3

#define FREE 0
#define PENDING 1
#define RUNNING 2
#define RESOLVED 3
#define FAILED 4
#define CANCELLED 5
#define WAITERS 8
#define DOOMED 16
#define FLAGS 24
#define OWNER(id) (((id) + 1) << 5)
#define STATE(word) ((word) & 7)

#define ARGS 1
#define VALUE 2
#define GONE 3

#ifdef PROMISE
#define must_sleep(word) (STATE(word) == RUNNING || STATE(word) == PENDING)
#else
#define must_sleep(word) (STATE(word) == RUNNING)
#endif
#if defined(PROMISE) || defined(STICKY)
#define FINAL 1
#else
#define FINAL 0
#endif

byte state = PENDING;
byte refs = N;
byte error = 0;
byte payload = ARGS;

byte payload_of[N];
byte error_of[N];
bit mark_of[N];
bit publishing_of[N];
bit asleep[N];
bit publishing[N];
byte holders = 0;

bit holds[N];
bit running = 0;
bit won = 0;
bit ended = 0;
byte failures = 0;
byte done = 0;

/* --- store buffers --- */

inline drain(id)
{
	if
	:: payload_of[id] -> payload = payload_of[id]; payload_of[id] = 0
	:: else
	fi;
	error = (error_of[id] -> error_of[id] : error);
	error_of[id] = 0;
	mark_of[id] = 0;
	publishing[id] = publishing[id] | publishing_of[id];
	publishing_of[id] = 0
}

proctype Buffer(byte id)
{
end:
	do
	:: atomic {
		payload_of[id] ->
		payload = payload_of[id];
		payload_of[id] = 0
	   }
	:: atomic { error_of[id] -> error = error_of[id]; error_of[id] = 0 }
	:: atomic { mark_of[id] -> mark_of[id] = 0 }
	:: atomic {
		publishing_of[id] ->
		publishing[id] = 1;
		publishing_of[id] = 0
	   }
	od
}

#define own_payload (payload_of[me] -> payload_of[me] : payload)

/* --- setting flags --- */

/* word is RUNNING, by the thread that has this owner. */
#define owner ((word >> 5) - 1)

inline hold()
{
	if
#ifdef NO_HOLD
	:: false ->
#else
	:: STATE(word) == RUNNING && owner != me ->
#endif
		holders++;
#ifndef NO_BARRIER
		d_step { drain(0); drain(1); drain(2) };
#endif
#ifndef NO_WAIT
		!publishing[owner];
#endif
		held = 1
	:: else
	fi
}

inline let_go()
{
	d_step {
		if
		:: held -> holders--; held = 0
		:: else
		fi
	}
}

/* --- the end --- */

#define nothing_hidden(id) (!payload_of[id] && !error_of[id] && !mark_of[id])

inline end_it()
{
	d_step {
		assert(!ended);
		assert(!holds[0] && !holds[1] && !holds[2]);
		assert(me == 0 || nothing_hidden(0));
		assert(me == 1 || nothing_hidden(1));
		assert(me == 2 || nothing_hidden(2));
		if
		:: STATE(state) == RESOLVED -> assert(own_payload == VALUE)
		:: STATE(state) == PENDING || STATE(state) == FAILED ->
			assert(own_payload == ARGS)
		:: STATE(state) == CANCELLED -> assert(own_payload == GONE)
		:: else -> assert(false)
		fi;
		ended = 1;
		state = FREE
	}
}

inline unref()
{
	d_step {
		assert(holds[me] && !ended);
		holds[me] = 0;
		if
#ifndef UNREF_RELAXED
		:: refs > 1 -> drain(me)
#endif
		:: else
		fi;
		refs--;
		last = (refs == 0)
	};
	if
	:: last ->
		last = 0;
		word = state;
		do
#ifndef END_AT_ONCE
		:: STATE(word) == RUNNING ->
			hold();
			d_step {
				if
#ifdef DOOM_BLINDLY
				:: true ->
#else
				:: state == word ->
#endif
					drain(me);
					state = state | DOOMED;
					word = 0
				:: else -> word = state
				fi
			};
			let_go()
		:: word == 0 -> break
		:: word != 0 && STATE(word) != RUNNING ->
#else
		:: true ->
#endif
			end_it();
			break
		od;
		word = 0
	:: else
	fi
}

/* --- claim and publish --- */

inline claim()
{
#ifdef CLAIM_STORES
	claimed = (state == word);
	if
	:: claimed ->
		d_step {
#else
	d_step {
		if
		:: state == word ->
			claimed = 1;
#endif
#ifdef CLAIM_FORGETS
			state = RUNNING | OWNER(me);
#else
			state = RUNNING | OWNER(me) | (word & FLAGS);
#endif
			assert(!ended && !running && !won);
			assert(own_payload == ARGS);
			running = 1;
			word = 0
#ifdef CLAIM_STORES
		}
	:: else -> word = state
	fi
#else
		:: else -> word = state
		fi
	}
#endif
}

inline publish(outcome)
{
	publishing_of[me] = 1;
	if
#ifdef HOLDERS_IGNORED
	:: true ->
#else
	:: holders == 0 ->
#endif
		d_step {
			assert(!ended && STATE(state) == RUNNING);
			old = state
		};
		d_step {
#ifndef NO_RELEASE
			drain(me);
#endif
			state = outcome | (old & FLAGS);
			running = 0
		}
#ifndef HOLDERS_IGNORED
	:: else ->
		d_step {
			assert(!ended && STATE(state) == RUNNING);
#ifndef NO_RELEASE
			drain(me);
#endif
			old = state;
			state = state + outcome - RUNNING - OWNER(me);
			running = 0
		}
#endif
	fi;
	d_step { publishing_of[me] = 0; publishing[me] = 0 };
	if
#ifdef CANCEL_IS_QUIET
	:: (old & WAITERS) && outcome != CANCELLED ->
#else
	:: old & WAITERS ->
#endif
#ifdef WAKE_FIRST
		d_step { asleep[0] = 0; asleep[1] = 0; asleep[2] = 0 };
		state = state & ~WAITERS
#else
		state = state & ~WAITERS;
		d_step { asleep[0] = 0; asleep[1] = 0; asleep[2] = 0 }
#endif
	:: else
	fi;
	if
#ifdef DOOM_IGNORED
	:: false ->
#else
	:: old & DOOMED ->
#endif
		end_it()
	:: else
	fi;
	old = 0
}

/* --- sleeping --- */

/* Leaves with over, or with late. */
inline sleep()
{
	do
	:: late = 0;
		do
#ifndef NO_WAITERS
		:: must_sleep(word) && !(word & WAITERS) ->
			hold();
			d_step {
				if
				:: state == word ->
					word = word | WAITERS;
					state = word
				:: else -> word = state
				fi
			};
			let_go()
#endif
		:: else -> break
		od;
		if
		:: must_sleep(word) ->
			d_step {
				if
#ifdef NO_RECHECK
				:: true -> asleep[me] = 1
#else
				:: state == word -> asleep[me] = 1
				:: else
#endif
				fi
			};
			if
			:: !asleep[me]
			:: d_step {
				deadline && asleep[me] ->
				asleep[me] = 0;
				late = 1
			   }
			fi
		:: else
		fi;
		d_step { assert(!ended); word = state };
		if
		:: !must_sleep(word) -> late = 0; break
		:: must_sleep(word) && late -> break
		:: else
		fi
	od
}

/* --- a thread --- */

proctype T(byte me)
{
	byte word = 0, old = 0;
	bit claimed = 0, deadline = 0, slept = 0, late = 0, last = 0, held = 0;

	if
#ifdef PROMISE
	:: goto settling
#endif
	:: goto cancelling
#ifdef PROMISE
	:: me != 0 -> skip
	:: me != 0 -> deadline = 1
	:: me != 0 -> goto drop
#else
	:: skip
	:: deadline = 1
	:: goto drop
#endif
	fi;

	/* waiting */
	d_step { assert(!ended); word = state };
	do
	:: STATE(word) == RESOLVED -> goto value
	:: STATE(word) == FAILED && (slept || FINAL) ->
		d_step { assert(!ended && error != 0); word = 0 };
		goto drop
	:: STATE(word) == CANCELLED -> goto drop
	:: STATE(word) == FREE -> assert(false)
	:: must_sleep(word) ->
		sleep();
		if
		:: late -> goto drop
		:: else -> slept = 1
		fi
	:: else ->
		claim();
		if
		:: claimed -> break
		:: else
		fi
	od;

	/* running: the function may drop its await */
	atomic { deadline = 0; slept = 0; late = 0; claimed = 0 };
	if
	:: unref()
	:: skip
	fi;
	if
	:: d_step { won = 1; payload_of[me] = VALUE };
		publish(RESOLVED);
		if
		:: holds[me] -> goto value
		:: else -> goto gone
		fi
	:: d_step { failures++; error_of[me] = failures };
		publish(FAILED);
		goto drop
	fi;

cancelling:
	word = state;
	do
	:: STATE(word) == PENDING ->
		claim();
		if
		:: claimed -> break
		:: else
		fi
	:: else -> goto drop
	od;
	atomic { assert(failures == 0); payload_of[me] = GONE; claimed = 0 };
	if
	:: unref()
	:: skip
	fi;
	publish(CANCELLED);
	goto drop;

#ifdef PROMISE
settling:
	word = state;
	do
	:: STATE(word) == PENDING ->
		claim();
		if
		:: claimed -> break
		:: else
		fi
	:: else -> goto drop
	od;
	claimed = 0;
	if
	:: d_step { won = 1; payload_of[me] = VALUE };
		publish(RESOLVED)
	:: d_step { failures++; error_of[me] = failures };
		publish(FAILED)
	fi;
	goto drop;
#endif

value:	/* read it, perhaps change it */
	atomic { assert(!ended && own_payload == VALUE); word = 0 };
	if
	:: mark_of[me] = 1
	:: skip
	fi;
drop:
	atomic { word = 0; deadline = 0; slept = 0; late = 0 };
	if
	:: holds[me] -> unref()
	:: else
	fi;
gone:
	done++
}

init {
	atomic {
		holds[0] = 1;
		holds[1] = 1;
		holds[2] = 1;
		run Buffer(0);
		run Buffer(1);
		run Buffer(2);
		run T(0);
		run T(1);
		run T(2)
	};
	done == N;
	assert(ended && refs == 0 && state == FREE)
}
