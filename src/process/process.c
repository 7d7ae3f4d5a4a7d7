/* SPDX-License-Identifier: MIT */
/* See process.h. */
#include "process/process.h"

#include "process/debug_blocks.h"

#include "common/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPIES_MAX = 64 };

struct finding {
	struct process *process;
	struct trouble *why;
	bool refused;	/* why says so */
	bool no_memory; /* awaitctl's own */
};

static void copy_free(struct process_copy *copy)
{
	names_free(&copy->names);
	given_names_free(&copy->given);
	slots_close(&copy->slots);
	free(copy);
}

static void forget(struct process *process)
{
	for (size_t i = 0; i < process->count; i++)
		copy_free(process->copies[i]);
	free(process->copies);
	process->copies = NULL;
	process->count = 0;
}

static bool is_known(const struct process *process, uint64_t at)
{
	for (size_t i = 0; i < process->count; i++)
		if (process->copies[i]->layout.at == at)
			return true;
	return false;
}

static int add(struct process *process, struct process_copy *copy)
{
	struct process_copy **larger = array_grow(
		process->copies, process->count, sizeof(struct process_copy *));

	if (!larger)
		return -1;
	process->copies = larger;
	process->copies[process->count++] = copy;
	copy->names = (struct names){ .memory = &process->memory,
				      .layout = &copy->layout };
	if (given_names_read(&copy->given, &process->memory, &copy->layout))
		return -1;
	return slots_open(&copy->slots, &process->memory, &copy->layout);
}

static void found(void *data, uint64_t at, const struct map *map)
{
	struct finding *finding = data;
	struct process_copy *copy;
	enum layout_result result;

	if (is_known(finding->process, at))
		return;
	if (finding->process->count == COPIES_MAX) {
		memory_stop(&finding->process->memory);
		return;
	}
	copy = calloc(1, sizeof(*copy));
	if (!copy) {
		finding->no_memory = true;
		return;
	}
	result = layout_read(&copy->layout, &finding->process->memory, at,
			     finding->why);
	finding->refused |= result == LAYOUT_REFUSED;
	if (result != LAYOUT_READ) {
		free(copy);
		return;
	}
	maps_name(map, copy->object, sizeof(copy->object));
	if (add(finding->process, copy))
		finding->no_memory = true;
}

int process_open(struct process *process, pid_t pid, struct trouble *why)
{
	*process = (struct process){ 0 };
	return memory_open(&process->memory, pid, why);
}

void process_close(struct process *process)
{
	forget(process);
	memory_close(&process->memory);
}

int process_check(const struct process *process, struct trouble *why)
{
	if (!process->memory.gone)
		return 0;
	return trouble(why,
		       "process %d has ended, or executed another program, "
		       "meanwhile",
		       (int)process->memory.pid);
}

int process_look(struct process *process, struct trouble *why)
{
	struct finding finding = { .process = process, .why = why };
	uint8_t byte;
	struct maps maps;

	forget(process);
	memory_begin(&process->memory);
	/* Nothing is mapped at 0: this only finds out whether it is gone. */
	memory_read_some(&process->memory, 0, &byte, 1);
	if (process_check(process, why))
		return -1;
	if (maps_read(&maps, process->memory.pid, why)) {
		maps_free(&maps);
		return -1;
	}
	blocks_find(&process->memory, &maps, found, &finding);
	maps_free(&maps);
	if (finding.no_memory)
		return trouble(why, "out of memory");
	if (process_check(process, why))
		return -1;
	if (process->count > 0)
		return 0;
	if (finding.refused)
		return -1;
	return trouble(why, "process %d does not use libawait",
		       (int)process->memory.pid);
}

void process_name(pid_t pid, uint32_t tid, char name[64])
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%u/comm", (int)pid, tid);
	name[0] = '\0';
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(name, 64, file))
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	fclose(file);
}
