/* SPDX-License-Identifier: MIT */
/*
 * Names of addresses. A struct functions belongs either to this process, where
 * there is one that is never freed, or to a loaded trace.
 *
 * The first lookup opens libdw, and results are cached. If this process has
 * loaded libraries since, its mappings are read again: an address may mean
 * something else by now, so cached results carry the serial number of the
 * mappings. Addresses in libraries that were unloaded before their first lookup
 * have no name. One lock guards all of it.
 */
#define _GNU_SOURCE /* dl_iterate_phdr, asprintf */
#include "libawait-test/records/functions.h"

#include "common/assert.h"
#include "common/table.h"
#include "symbols/debug_file.h"
#include "symbols/symbolize.h"
#include "symbols/symbols.h"

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct found {
	uint64_t addr;
	uint64_t serial;
	char *names; /* as symbolize_functions() gives them */
	char *line;
	struct found *next;
};

struct functions {
	const struct symbols *symbols; /* NULL: of this process */
	int64_t process;
	Dwfl *dwfl;
	uint64_t serial; /* libraries ever loaded when dwfl was opened */
	struct table by_addr;
	struct found *all;
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

void functions_watch_forks(void)
{
	pthread_atfork(before_fork, after_fork, after_fork);
}

static int count_loads(struct dl_phdr_info *info, size_t size, void *loads)
{
	(void)size;
	*(uint64_t *)loads = info->dlpi_adds;
	return 1;
}

static void open_process(struct functions *functions)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = debug_file_find,
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

/* Sets *serial to what differs if one address means another function, and *addr
 * to what it is there. */
static Dwfl *dwfl_at(struct functions *functions, uint64_t time_ns,
		     uint64_t *addr, uint64_t *serial)
{
	Dwfl *dwfl;

	ASSERT_MUTEX_HELD(&lock);
	if (functions->symbols) {
		dwfl = symbols_dwfl(functions->symbols, functions->process,
				    (int64_t)time_ns, addr);
		*serial = (uintptr_t)dwfl;
		return dwfl;
	}
	open_process(functions);
	*serial = functions->serial;
	return functions->dwfl;
}

static bool is_at(const void *item, const void *key)
{
	const struct found *a = item, *b = key;

	return a->addr == b->addr && a->serial == b->serial;
}

static struct found *find(Dwfl *dwfl, uint64_t addr, uint64_t serial)
{
	struct found *made = calloc(1, sizeof(*made));
	const char *file;
	int line;

	if (!made)
		return NULL;
	made->addr = addr;
	made->serial = serial;
	made->names = symbolize_functions(dwfl, addr);
	file = symbolize_line(dwfl, addr, &line);
	if (file && asprintf(&made->line, "%s:%d", file, line) < 0)
		made->line = NULL;
	return made;
}

/* NULL without memory. */
static const struct found *look_up_locked(struct functions *functions,
					  uint64_t time_ns, uint64_t addr)
{
	struct found key = { .addr = addr }, *made;
	Dwfl *dwfl = dwfl_at(functions, time_ns, &key.addr, &key.serial);
	void **place =
		table_place(&functions->by_addr,
			    hash_number(key.serial, key.addr), is_at, &key);

	if (!place || *place)
		return place ? *place : NULL;
	*place = made = find(dwfl, key.addr, key.serial);
	if (made) {
		made->next = functions->all;
		functions->all = made;
	}
	return made;
}

static const struct found *look_up(const struct await_trace *trace,
				   uint64_t time_ns, uint64_t addr)
{
	const struct found *found;

	if (!trace->functions)
		return NULL;
	pthread_mutex_lock(&lock);
	found = look_up_locked(trace->functions, time_ns, addr);
	pthread_mutex_unlock(&lock);
	return found;
}

const char *functions_name(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	const struct found *found = look_up(trace, time_ns, addr);

	return found ? found->names : NULL;
}

bool functions_has(const struct await_trace *trace, uint64_t time_ns,
		   uint64_t addr, const char *name)
{
	const struct found *found = look_up(trace, time_ns, addr);

	if (!found || !found->names)
		return false;
	for (const char *at = found->names; *at; at += strlen(at) + 1)
		if (!strcmp(at, name))
			return true;
	return false;
}

const char *functions_line(const struct await_trace *trace, uint64_t time_ns,
			   uint64_t addr)
{
	const struct found *found = look_up(trace, time_ns, addr);

	return found ? found->line : NULL;
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
	while (functions->all) {
		struct found *next = functions->all->next;

		free(functions->all->names);
		free(functions->all->line);
		free(functions->all);
		functions->all = next;
	}
	table_free(&functions->by_addr);
	free(functions);
}
