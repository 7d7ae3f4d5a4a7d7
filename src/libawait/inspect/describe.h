/* SPDX-License-Identifier: MIT */
/*
 * Awaits as text, for code that may run in a signal handler of a process that
 * has just crashed: no allocation, no stdio, no locks, and no pointer followed
 * on trust.
 *
 *     debug_options.c    LIBAWAIT_DEBUG
 *     leaks.c      the report at exit
 *     refcycles.c  awaits that refer to one another, for it
 *     refs.c       which awaits an await refers to, for that
 *     sites.c      where awaits were created, though it was unloaded since
 *     site_mapped.c    whether it was
 *     dump.c     every await: await_dump()
 *     describe.c   one await: a snapshot as a line
 *     snapshot.c   what it is, reading memory that may be gone
 *     line.c       text in a buffer that may be too small
 */
#pragma once

#include "libawait/core/internal.h"

/* --- line.c --- */

/* Writes up to end, counts everything: as snprintf() does. */
struct line {
	char *at;
	char *end; /* never written: room for the NUL, or for a mark */
	size_t length;
};

void line_char(struct line *line, char c);
void line_text(struct line *line, const char *text);
void line_unsigned(struct line *line, uint64_t number);
void line_signed(struct line *line, int64_t number);
void line_hex(struct line *line, uint64_t number);
/* As %g does it; the sixth digit of extreme exponents may be off by one. */
void line_float(struct line *line, long double number);
/* A string that may be unmapped: as a C literal, cut at 32 characters. */
void line_quoted(struct line *line, const char *from);
/* A name out of a descriptor, which may be unmapped, too. */
void line_name(struct line *line, const char *from);
/* The same, without its folder. */
void line_file(struct line *line, const char *from);

/* --- snapshot.c --- */

/*
 * Copies what is mapped of size bytes. Returns how many those were, up to the
 * first that is not; -1 when the kernel refuses to say (a sandbox without
 * process_vm_readv(2)).
 */
long peek(void *to, const void *from, size_t size);
/* All of it or false. Where the kernel refuses, from is trusted. */
bool peek_all(void *to, const void *from, size_t size);

#define SHOWN_ARGS 8u
#define SHOWN_BYTES 256u

/* A creation site and all it points to but the strings, copied: the library
 * that it lies in may have been unloaded. */
struct descriptor {
	const struct await_site *at; /* NULL: nothing loaded yet */
	bool known;
	struct await_site site;
	struct await_func func;
	struct await_type type;
	struct await_arg args[SHOWN_ARGS];
	uint32_t arg_count; /* of args */
	uint32_t args_size;
};

/* Keeps what it has if that is of the same site. Returns known. */
bool descriptor_load(struct descriptor *d, const struct await_site *at);

/* An await at one moment of its life. Set descriptor.at to NULL before the
 * first use; each further one profits from the last. */
struct snapshot {
	uint64_t id;
	uint32_t word; /* the state word */
	uint32_t attempts;
	int32_t error;
	uint32_t payload_size; /* 0 when nothing in it can be shown */
	uint32_t kept_size;
	const void *run_addr; /* the wait that runs or ran it, or NULL */
	struct descriptor descriptor;
	_Alignas(16) unsigned char payload[SHOWN_BYTES];
	_Alignas(16) unsigned char kept[SHOWN_BYTES]; /* arguments: saved_args.c
						       */
};

enum snapshot_result {
	SNAPSHOT_FREE,	   /* no await there */
	SNAPSHOT_CHANGING, /* at each of several attempts; only id is set */
	SNAPSHOT_TAKEN,
};
enum snapshot_result snapshot_take(struct snapshot *s, const struct await *aw);

/* The public part of it; ordinal is the id of the slot's first await. False
 * when the slot is free. */
struct await_info;
bool snapshot_info(struct await_info *info, const struct await *aw,
		   uint64_t ordinal);

/* --- describe.c --- */

const char *state_name(enum await_state state);
void line_id(struct line *line, uint64_t id);
/* prog+0x1234, for addr2line(1). */
void line_code(struct line *line, const void *addr);
/* " created file:line", or where that would be. */
void line_created(struct line *line, const struct descriptor *d);
void line_await(struct line *line, const struct snapshot *s);

/* --- dump.c --- */

#define LINE_SIZE 512 /* longer ones are cut */
#define STATES (STATE_MASK + 1)

/* Lines on their way to a file. Small: signal stacks are. */
struct out {
	int fd;
	int rc; /* 0, or why it was given up */
	size_t used;
	char buffer[2 * LINE_SIZE];
};

struct line out_line(struct out *out);
/* Takes what out_line() gave. */
void out_end(struct out *out, struct line *line);
void out_flush(struct out *out);

struct walk {
	struct out out;
	struct snapshot snapshot;
	uint64_t changing; /* slots that did not stand still */
};

/* Calls visit with a snapshot of each await. Sets up walk, to write to fd; the
 * caller flushes. */
void walk_all(struct walk *walk, int fd, void (*visit)(struct walk *, void *),
	      void *data);

/* --- sites.c --- */

enum site_name { NAME_TYPE, NAME_FUNC, NAME_FILE, NAME_IN, NAME_OBJECT, NAMES };

/* A creation site as it was when it was first seen. Never freed; constant but
 * for dropped, and for present, which belongs to the report. */
#define NO_NAME "?" /* of a descriptor without one, made elsewhere */
struct known_site {
	const struct await_site *at;
	struct await_site was;
	const char *names[NAMES]; /* the object's is "" for the program */
	uint32_t origin;
	bool present; /* what stood there still does */
	AWAIT_ATOMIC(uint64_t) dropped;
};

/* Before main(): from now on sites are remembered and drops counted. */
void sites_begin(void);
/* Finds out which sites are present; true if drops are counted. */
bool sites_look(void);
/* What is known of the site at this address, of the await with this id; NULL
 * if nothing is. */
struct known_site *sites_find(const struct await_site *at, uint64_t id);
/* Calls visit for each; returns the drops at sites that are not known. */
uint64_t sites_walk(void (*visit)(struct known_site *known, void *data),
		    void *data);
/* As descriptor_load(), but what is known is taken from there: its names, line
 * and origin. */
bool sites_describe(struct descriptor *d, const struct await_site *at,
		    const struct known_site *known);

/* --- site_mapped.c --- */

bool site_is_present(const struct known_site *known);

/* --- refs.c --- */

#define SCANNED 512u
#define DESCRIPTORS 64u

/* Which reference of an await is next: first the direct ones, by word of its
 * payload; then those through memory, by word of what such a word points to. */
struct cursor {
	uint32_t word;
	uint16_t behind;
	bool through;
};

struct refs {
	const struct slab **slabs; /* oldest first; map_size bytes */
	const struct slab **hash;  /* of the same, by address */
	size_t map_size;
	uint32_t slab_count;
	uint32_t hash_mask;
	uint32_t ids; /* ids without generation are below */
	/* The memory that was read last, and the word before it. */
	uintptr_t memory_at;
	uint32_t memory_count;
	uintptr_t memory[1 + SCANNED / sizeof(uintptr_t)];
	struct descriptor descriptors[DESCRIPTORS];
};

/* Takes zeroed memory. False when memory is out. */
bool refs_open(struct refs *refs);
void refs_close(struct refs *refs);
/* The next await that aw refers to, or NULL. A cursor begins as zero. It was a
 * reference through memory if cursor->through is set afterwards. */
const struct await *refs_next(struct refs *refs, const struct await *aw,
			      struct cursor *at);

/* --- refcycles.c --- */

/* Reports awaits that refer to one another. After sites_look(). */
void refcycles_report(struct walk *walk);

/* --- leaks.c --- */

/* Before main(): there will be a report at exit. */
void leaks_begin(void);
