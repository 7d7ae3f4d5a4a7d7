/* SPDX-License-Identifier: MIT */
/*
 * Names of addresses: see records.h. A struct functions is either of this
 * process, of which there is one that lives on, or of a loaded trace.
 *
 * libdw is opened by the first question, and what it answered is kept. What
 * this process has mapped is looked at again when it loaded a library since:
 * addresses may mean something else then, so answers carry a serial number.
 * Addresses in libraries that were unloaded before the first question have no
 * name. All of it is under one lock.
 */
#define _GNU_SOURCE
#include "libawait-test/load/loaded.h"

#include "symbols/symbolize.h"
#include "common/table.h"

#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct answer {
	uint64_t addr;
	uint64_t serial;
	char *names; /* as place_functions() gives them */
	char *line;
	struct answer *next;
};

struct functions {
	const struct symbols *symbols; /* NULL: of this process */
	int64_t process;
	Dwfl *dwfl;
	uint64_t serial; /* of dwfl: how many libraries were loaded then */
	struct table by_addr;
	struct answer *answers;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct functions of_process;

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, after_fork);
}

static int count_loads(struct dl_phdr_info *info, size_t size, void *loads)
{
	(void)size;
	*(uint64_t *)loads = info->dlpi_adds;
	return 1;
}

static void look_at_process(struct functions *functions)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	uint64_t loads = 0;

	dl_iterate_phdr(count_loads, &loads);
	if (functions->serial == loads)
		return;
	dwfl_end(functions->dwfl);
	functions->serial = loads;
	functions->dwfl = dwfl_begin(&callbacks);
	if (!functions->dwfl)
		return;
	dwfl_linux_proc_report(functions->dwfl, getpid());
	dwfl_report_end(functions->dwfl, NULL, NULL);
}

/* Sets *serial to what tells apart the meanings of one address. */
static Dwfl *dwfl_at(struct functions *functions, uint64_t time_ns,
		     uint64_t addr, uint64_t *serial)
{
	Dwfl *dwfl;

	if (functions->symbols) {
		dwfl = symbols_dwfl(functions->symbols, functions->process,
				    (int64_t)time_ns, addr);
		*serial = (uintptr_t)dwfl;
		return dwfl;
	}
	look_at_process(functions);
	*serial = functions->serial;
	return functions->dwfl;
}

static bool same_answer(const void *item, const void *key)
{
	const struct answer *a = item, *b = key;

	return a->addr == b->addr && a->serial == b->serial;
}

static struct answer *answer(Dwfl *dwfl, uint64_t addr, uint64_t serial)
{
	struct answer *made = calloc(1, sizeof(*made));
	const char *file;
	int line;

	if (!made)
		return NULL;
	made->addr = addr;
	made->serial = serial;
	made->names = place_functions(dwfl, addr);
	file = place_line(dwfl, addr, &line);
	if (file && asprintf(&made->line, "%s:%d", file, line) < 0)
		made->line = NULL;
	return made;
}

/* lock held. NULL without memory. */
static const struct answer *ask(struct functions *functions, uint64_t time_ns,
				uint64_t addr)
{
	struct answer key = { .addr = addr }, *made;
	Dwfl *dwfl = dwfl_at(functions, time_ns, addr, &key.serial);
	void **place =
		table_place(&functions->by_addr, hash_number(key.serial, addr),
			    same_answer, &key);

	if (!place || *place)
		return place ? *place : NULL;
	*place = made = answer(dwfl, addr, key.serial);
	if (made) {
		made->next = functions->answers;
		functions->answers = made;
	}
	return made;
}

static const struct answer *locked_ask(const struct await_trace *trace,
				       uint64_t time_ns, uint64_t addr)
{
	const struct answer *answer;

	if (!trace->functions)
		return NULL;
	pthread_mutex_lock(&lock);
	answer = ask(trace->functions, time_ns, addr);
	pthread_mutex_unlock(&lock);
	return answer;
}

const char *functions_name(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	const struct answer *answer = locked_ask(trace, time_ns, addr);

	return answer ? answer->names : NULL;
}

bool functions_has(const struct await_trace *trace, uint64_t time_ns,
		   uint64_t addr, const char *name)
{
	const struct answer *answer = locked_ask(trace, time_ns, addr);

	if (!answer || !answer->names)
		return false;
	for (const char *at = answer->names; *at; at += strlen(at) + 1)
		if (!strcmp(at, name))
			return true;
	return false;
}

const char *functions_line(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	const struct answer *answer = locked_ask(trace, time_ns, addr);

	return answer ? answer->line : NULL;
}

struct functions *functions_of_process(void)
{
	return &of_process;
}

struct functions *functions_of_trace(const struct symbols *symbols,
				     int64_t process)
{
	struct functions *functions = calloc(1, sizeof(*functions));

	if (!functions)
		return NULL;
	functions->symbols = symbols;
	functions->process = process;
	return functions;
}

void functions_free(struct functions *functions)
{
	if (!functions || functions == &of_process)
		return;
	while (functions->answers) {
		struct answer *next = functions->answers->next;

		free(functions->answers->names);
		free(functions->answers->line);
		free(functions->answers);
		functions->answers = next;
	}
	table_free(&functions->by_addr);
	free(functions);
}
