/* SPDX-License-Identifier: MIT */
/*
 * A program whose awaits are made to keep those busy who look at it, in the way
 * that its argument names:
 *
 *     runs     a million threads, each in a chain of runs that leads to itself
 *     any      each of them sleeps on the same await 65536 times
 *     sites    a hundred thousand awaits, each created elsewhere
 *     copies   a hundred copies of libawait
 */
#define _GNU_SOURCE
#include "abi/debug.h"
#include "abi/slab_sound.h"

#include <await/core.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 1 << 20, SLOTS = 100000, COPIES = 100, ALIGNMENT = 8 << 20 };

struct thread {
	uint32_t tid;
	uint64_t run, blocked_on, blocked_addr;
};

struct run {
	uint64_t await, outer;
};

struct slab {
	uint64_t magic, next, first_id, size;
	uint32_t slot_size, first_slot, count;
};

struct slot {
	struct await head;
	uint64_t payload;
} __attribute__((aligned(32)));

struct any {
	uint32_t count;
	uint64_t await;
};

static struct run run;
static struct thread *threads;
static uint64_t *anys;
static struct any any;
static uint32_t thread_count;
static uint64_t slabs;
static struct await_site *sites;

#define MAGIC 0x1234567887654321u

__attribute__((section(".await_debug"),
	       used)) static struct await_debug_block blocks[COPIES] = {
	{
		.magic = AWAIT_DEBUG_MAGIC,
		.major = AWAIT_DEBUG_MAJOR,
		.minor = AWAIT_DEBUG_MINOR,
		.size = sizeof(struct await_debug_block),
		.slab_magic_value = MAGIC,
		.slab_next = offsetof(struct slab, next),
		.slab_first_id = offsetof(struct slab, first_id),
		.slab_size = offsetof(struct slab, size),
		.slab_slot_size = offsetof(struct slab, slot_size),
		.slab_first_slot = offsetof(struct slab, first_slot),
		.slab_count = offsetof(struct slab, count),
		.slab_alignment = ALIGNMENT,
		.await_state = offsetof(struct await, state),
		.await_refs = offsetof(struct await, refs),
		.await_site = offsetof(struct await, site),
		.await_serial = offsetof(struct await, serial),
		.await_error = offsetof(struct await, error),
		.await_head = sizeof(struct await),
		.state_mask = 7,
		.state_owner_shift = 16,
		.site_func = offsetof(struct await_site, func),
		.site_file = offsetof(struct await_site, file),
		.site_function = offsetof(struct await_site, function),
		.site_line = offsetof(struct await_site, line),
		.func_name = offsetof(struct await_func, name),
		.func_type = offsetof(struct await_func, type),
		.type_name = offsetof(struct await_type, name),
		.type_spelling = offsetof(struct await_type, spelling),
		.arg_stride = sizeof(struct await_arg),
		.thread_tid = offsetof(struct thread, tid),
		.thread_run = offsetof(struct thread, run),
		.thread_blocked_on = offsetof(struct thread, blocked_on),
		.thread_stride = sizeof(struct thread),
		.run_await = offsetof(struct run, await),
		.run_outer = offsetof(struct run, outer),
		.any_count = offsetof(struct any, count),
		.any_await = offsetof(struct any, await),
		/* All entries are one. */
		.any_stride = 0,
		.names_stride = 96,
		.name_size = 64,
	},
};

static void *memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

static struct slot *make_awaits(void)
{
	static const struct await_type type = { .name = "t", .spelling = "t" };
	static const struct await_func func = { .name = "f", .type = &type };
	uintptr_t from = (uintptr_t)memory(2 * ALIGNMENT);
	struct slab *slab = (void *)((from + ALIGNMENT - 1) & -ALIGNMENT);
	struct slot *slots = (void *)((char *)slab + 4096);

	*slab = (struct slab){
		.magic = MAGIC,
		.first_id = 1,
		.size = ALIGNMENT,
		.slot_size = sizeof(struct slot),
		.first_slot = 4096,
		.count = SLOTS,
	};
	sites = memory(SLOTS * sizeof(*sites));
	for (int i = 0; i < SLOTS; i++) {
		sites[i] = (struct await_site){ &func, "f.c", "g", 1, 0 };
		slots[i].head.site = &sites[i];
		slots[i].head.state = AWAIT_PENDING;
	}
	slabs = (uintptr_t)slab;
	return slots;
}

static void make_threads(const struct slot *await, int with_any)
{
	threads = memory(THREADS * sizeof(*threads));
	anys = memory(THREADS * sizeof(*anys));
	run = (struct run){ 0, (uintptr_t)&run };
	any = (struct any){ 1 << 16, (uintptr_t)await };
	thread_count = THREADS;
	for (uint32_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){
			.tid = i + 1,
			.run = with_any ? 0 : (uintptr_t)&run,
			.blocked_on = with_any ? (uintptr_t)await : 0,
		};
		anys[i] = with_any ? (uintptr_t)&any : 0;
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct slot *slots = make_awaits();

	if (!strcmp(what, "runs"))
		make_threads(slots, 0);
	else if (!strcmp(what, "any"))
		make_threads(slots, 1);
	else
		threads = memory(4096), anys = memory(4096);
	if (strcmp(what, "sites") != 0)
		((struct slab *)slabs)->count = 1;
	blocks[0].slabs = (uintptr_t)&slabs;
	blocks[0].threads = (uintptr_t)threads;
	blocks[0].thread_count = (uintptr_t)&thread_count;
	blocks[0].anys = (uintptr_t)anys;
	for (int i = 1; !strcmp(what, "copies") && i < COPIES; i++)
		blocks[i] = blocks[0];
	puts("ready");
	fflush(stdout);
	getchar();
	return 0;
}
