/* SPDX-License-Identifier: MIT */
/*
 * Matchers are built while the arguments of an assertion are evaluated, and
 * belong to the claim that follows. They come from a ring, so that a matcher
 * that was saved from an earlier assertion stays readable for a while and its
 * claim's number gives it away. An expression that needs more of them than the
 * ring has gets one of kind MATCH_EXHAUSTED.
 *
 * The memory is allocated when a thread first needs it and freed when the
 * thread ends. It is not __thread: that would make the TLS block of every
 * thread so much larger.
 */
#include "libawait-test/assert/per_thread.h"

#include "common/assert.h"

#include <pthread.h>
#include <stdlib.h>

#define MATCHERS 1024
#define TEXT_SIZE 16384

struct per_thread {
	struct text text;
	uint64_t claim; /* the number of the next claim */
	size_t next;	/* in matchers */
	size_t built;	/* matchers since the last claim */
	struct await_match matchers[MATCHERS];
	char buffer[TEXT_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_made;

static void make_key(void)
{
	key_made = pthread_key_create(&key, free) == 0;
}

static struct per_thread *get(void)
{
	struct per_thread *own;

	pthread_once(&once, make_key);
	if (!key_made)
		return NULL;
	own = pthread_getspecific(key);
	if (own)
		return own;
	own = calloc(1, sizeof(*own));
	if (own && pthread_setspecific(key, own) != 0) {
		free(own);
		return NULL;
	}
	if (own)
		own->text = (struct text){ own->buffer, TEXT_SIZE, 0, NULL };
	return own;
}

struct await_match *per_thread_match(enum match_kind kind)
{
	/* Shared by all threads, as nobody fills in one of another kind. */
	static struct await_match exhausted = { .kind = MATCH_EXHAUSTED };
	static struct await_match no_memory = { .kind = MATCH_NO_MEMORY };
	struct per_thread *own = get();
	struct await_match *match;

	if (!own)
		return &no_memory;
	ASSERT(own->built <= MATCHERS);
	if (own->built == MATCHERS)
		return &exhausted;
	own->built++;
	match = &own->matchers[own->next++ % MATCHERS];
	*match = (struct await_match){ .kind = kind, .claim = own->claim };
	return match;
}

struct per_thread *per_thread_begin_claim(struct text *text)
{
	struct per_thread *own = get();

	if (own)
		*text = (struct text){ own->buffer, TEXT_SIZE, 0, NULL };
	return own;
}

void per_thread_end_claim(struct per_thread *own)
{
	ASSERT(own == pthread_getspecific(key));
	own->claim++;
	own->built = 0;
}

const char *per_thread_objection(const struct per_thread *own,
				 const struct await_match *match)
{
	if (match->kind == MATCH_EXHAUSTED)
		return "more than 1024 matchers in one assertion: use fewer, "
		       "or split it";
	if (match->kind == MATCH_NO_MEMORY)
		return NO_MEMORY;
	if (match->claim != own->claim)
		return "a matcher was kept from an earlier assertion: build it "
		       "anew where it is used";
	return NULL;
}

struct text *per_thread_text(void)
{
	struct per_thread *own = get();

	return own ? &own->text : NULL;
}
