/* SPDX-License-Identifier: MIT */
/*
 * The memory of a process, as awaitctl ps reads it: the input lies at BASE, and
 * begins with the debug block. It stands in for src/process/procmem.c, with a
 * small budget.
 */
#include "fuzz.h"

#include "process/threads.h"

#include <stdlib.h>
#include <string.h>

#define BASE 0x10000u

static const uint8_t *image;
static size_t image_size;

void memory_next_part(struct memory *memory)
{
	memory->spent = false;
	memory->reads_left = 2000;
}

void memory_begin(struct memory *memory)
{
	memory_next_part(memory);
}

void memory_stop(struct memory *memory)
{
	memory->spent = true;
}

size_t memory_read_some(struct memory *memory, uint64_t at, void *to,
			size_t size)
{
	if (memory->reads_left == 0)
		memory_stop(memory);
	else
		memory->reads_left--;
	if (memory->spent || at < BASE || at - BASE >= image_size)
		return 0;
	if (size > image_size - (at - BASE))
		size = image_size - (at - BASE);
	memcpy(to, image + (at - BASE), size);
	return size;
}

static void visit(void *data, const struct slots_await *seen)
{
	struct process_copy *copy = data;
	struct names_site *site = names_site_at(&copy->names, seen->site);

	slots_kept_args(&copy->slots, seen);
	if (site && site->known)
		assert(site->func && site->func->name && site->file &&
		       site->function);
}

static void look(struct process *process, struct process_copy *copy)
{
	struct threads threads;

	memory_begin(&process->memory);
	if (slots_open(&copy->slots, &process->memory, &copy->layout) == 0)
		slots_walk(&copy->slots, visit, copy);
	memory_begin(&process->memory);
	threads_read(&threads, process);
	for (size_t i = 0; i < threads.count; i++)
		if (threads.threads[i].blocked && !threads.threads[i].moving)
			threads_only_waiters(&threads, copy,
					     &threads.threads[i].on);
	threads_free(&threads);
	slots_close(&copy->slots);
	names_free(&copy->names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct process_copy copy = { .object = "fuzz" }, *copies = &copy;
	struct process process = { .copies = &copies, .count = 1 };
	struct trouble why;

	image = data;
	image_size = size;
	memory_begin(&process.memory);
	if (layout_read(&copy.layout, &process.memory, BASE, &why) !=
	    LAYOUT_READ)
		return 0;
	copy.names = (struct names){ .memory = &process.memory,
				     .layout = &copy.layout };
	look(&process, &copy);
	return 0;
}
