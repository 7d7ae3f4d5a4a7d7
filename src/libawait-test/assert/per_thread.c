/* SPDX-License-Identifier: MIT */
/*
 * What a thread owns: the text of its last claim, and a ring of matchers.
 *
 * Matchers are built while the arguments of an assertion are evaluated and
 * belong to the claim that follows; the ring goes on from there, so that one
 * that was kept from an earlier assertion can still be told by its number. An
 * expression that needs more than the ring gets a matcher that says so.
 *
 * Taken at a thread's first use, freed when it ends. Not thread-local memory
 * of the linker: that would be taken from the stack of every thread.
 */
#include "libawait-test/assert/claims.h"

#include <pthread.h>
#include <stdlib.h>

#define TEXT_SIZE 16384

struct local {
	struct text text;
	uint64_t claim; /* the number of the next */
	size_t next;	/* in ring */
	size_t built;	/* since the last claim */
	struct await_match ring[MATCHES];
	char buffer[TEXT_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool key_made;

static void make_key(void)
{
	key_made = pthread_key_create(&key, free) == 0;
}

static struct local *local_get(void)
{
	struct local *local;

	pthread_once(&once, make_key);
	if (!key_made)
		return NULL;
	local = pthread_getspecific(key);
	if (local)
		return local;
	local = calloc(1, sizeof(*local));
	if (local && pthread_setspecific(key, local) != 0) {
		free(local);
		return NULL;
	}
	if (local)
		local->text = (struct text){ local->buffer, TEXT_SIZE, 0 };
	return local;
}

struct await_match *local_match(enum match_kind kind)
{
	/* Written by nobody: who fills a matcher looks at its kind first. */
	static struct await_match exhausted = { .kind = MATCH_EXHAUSTED };
	static struct await_match no_memory = { .kind = MATCH_NO_MEMORY };
	struct local *local = local_get();
	struct await_match *match;

	if (!local)
		return &no_memory;
	if (local->built == MATCHES)
		return &exhausted;
	local->built++;
	match = &local->ring[local->next++ % MATCHES];
	*match = (struct await_match){ .kind = kind, .claim = local->claim };
	return match;
}

bool local_begin(struct claim *claim)
{
	claim->local = local_get();
	if (!claim->local)
		return false;
	claim->text = claim->local->text;
	claim->text.used = 0;
	return true;
}

void local_end(struct local *local)
{
	local->claim++;
	local->built = 0;
}

const char *local_wrong(const struct local *local,
			const struct await_match *match)
{
	if (match->kind == MATCH_EXHAUSTED)
		return "more than 1024 matchers in one assertion: use fewer, "
		       "or split it";
	if (match->kind == MATCH_NO_MEMORY)
		return NO_MEMORY;
	if (match->claim != local->claim)
		return "a matcher was kept from an earlier assertion: build it "
		       "anew where it is used";
	return NULL;
}

struct text *local_text(void)
{
	struct local *local = local_get();

	return local ? &local->text : NULL;
}
