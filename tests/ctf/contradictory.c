/* SPDX-License-Identifier: MIT */
/*
 * contradictory KIND SIZE UNCOMMITTED: looks for events in a sub-buffer whose
 * numbers contradict its bytes, with as many steps as its size gives. What that
 * takes is counted by test_contradictory.py.
 */
#include "make.h"

#include "ctf/torn_subbuf.h"

#include <stdio.h>
#include <stdlib.h>

static const struct stream_layout *layout;
static struct torn_subbuf torn;
static struct shm_subbuf subbuf;

/* Of these each is another way to look like events. */
enum kind {
	EVENTS,
	SAME_TIME,
	SAME_THREAD,
	STACKS,
	ONES,
	LETTERS,
	TEXT,
	KINDS
};

static char *put_events(char *at, const char *end, enum kind kind)
{
	for (unsigned i = 0; end - at > 512; i++)
		at += make_event(
			at, &(struct made_event){
				    .time = kind == SAME_TIME ? 1000 : 1000 + i,
				    .thread = kind == SAME_THREAD ?
						      4400 :
						      4400 + (int)i % 8,
				    .stack = kind == STACKS ? i % 20 : i % 2 });
	return at;
}

static void fill(char *at, const char *end, enum kind kind)
{
	char *begin = at;

	if (kind <= STACKS)
		at = put_events(at, end, kind);
	for (; at < end; at++) {
		ptrdiff_t i = at - begin;

		if (kind == ONES)
			*at = i % 4 == 0;
		else if (kind == LETTERS)
			*at = i % 4 ? 0 : 'a';
		/* Texts that begin in each event, and do not end. */
		else if (kind == TEXT)
			*at = i % 4096 < 14 ? i % 4096 == 6 || i % 4096 == 10 :
					      'x';
	}
}

/* Counted. */
__attribute__((noinline)) void look(void);
void look(void)
{
	torn_subbuf_find(&torn, layout, &subbuf, MAKE_HEAD, UINT64_MAX);
}

int main(int argc, char **argv)
{
	const size_t size = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	struct steps steps = { STEPS_OF_BYTE * size };
	struct packet_head head = make_head(0, 1000);
	char *bytes = calloc(1, size);

	if (size <= MAKE_HEAD || !bytes)
		return 2;
	layout = event_layouts_stream(event_layouts_parse(make_metadata), 0);
	memcpy(bytes, &head, sizeof(head));
	fill(bytes + MAKE_HEAD, bytes + size,
	     (enum kind)strtoul(argv[1], NULL, 10));
	subbuf = (struct shm_subbuf){
		.bytes = bytes,
		.size = size,
		.reserved = size,
		.committed = size - strtoul(argv[3], NULL, 10),
		.contiguous = MAKE_HEAD,
		.steps = &steps,
	};
	look();
	printf("%d kinds\n", KINDS);
	return 0;
}
