/* SPDX-License-Identifier: MIT */
/*
 * The streams of the traces below a directory, and what is wrong with them. A
 * trace is a directory that has a file called metadata; each file beside that
 * is a stream, CHANNEL_PROCESSOR, of one processor.
 */
#pragma once

#include "awaitctl/tracedir/folder.h"
#include "common/trouble.h"
#include "ctf/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream {
	char *below;		  /* its path below the folder */
	size_t trace;		  /* so much of that is the path of its trace */
	uint64_t size;		  /* of the file */
	uint64_t whole;		  /* so much of that are whole packets */
	bool torn;		  /* then follows a part of one */
	struct packet_head first; /* zero if it has none */
	struct packet_head last;
	bool indexed; /* by LTTng, which came to its end */
	enum {
		STREAM_FILE,
		STREAM_MISSING, /* there is none, but an index of it */
		STREAM_SHORT,	/* that lists more: there is another entry for
				   the file */
		STREAM_STUCK,	/* LTTng did not come to its end; the same */
	} kind;
	bool copied; /* its trace is a copy of another */
};

struct streams {
	struct stream *stream;
	size_t count;
};

/* The file with that path; or NULL. */
const struct stream *streams_file(const struct streams *streams,
				  const char *below);

/* Returns 0 or -1. */
int streams_find(struct streams *streams, const struct folder *folder,
		 struct trouble *why);
void streams_free(struct streams *streams);
