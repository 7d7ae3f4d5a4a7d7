/* SPDX-License-Identifier: MIT */
/*
 * close(), closefrom() and close_range() for the program, which leave LTTng's
 * descriptors open (descriptors.c): to whoever closes all there are, it looks
 * as if they were not. As a rule a program has no use for their numbers. LTTng
 * opens them all to be closed by exec().
 *
 * The tracer is loaded when the program's files are bound to libc, so it
 * puts these in the place of libc's where the files have the addresses of
 * functions that they import. LTTng's own files keep libc's. A system call of
 * the program's own is not seen; then there are the stand-ins.
 *
 * All of this is safe in signal handlers, and between vfork() and exec().
 */
#define _GNU_SOURCE /* close_range, dl_iterate_phdr */
#include "guard.h"

#include "descriptors.h"

#include <errno.h>
#include <link.h>
#include <linux/close_range.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int guarded_close(int fd)
{
	if (fd < 0 || descriptors_next((unsigned int)fd) != (unsigned int)fd)
		return close(fd);
	errno = EBADF;
	return -1;
}

static int guarded_close_range(unsigned int first, unsigned int last, int flags)
{
	unsigned int kept = first;

	if (flags & CLOSE_RANGE_CLOEXEC)
		return close_range(first, last, flags);
	while (first <= last && (kept = descriptors_next(kept)) < last) {
		if (kept > first && close_range(first, kept - 1, flags) < 0)
			return -1;
		first = ++kept;
	}
	if (kept == last)
		return first < last ? close_range(first, last - 1, flags) : 0;
	return close_range(first, last, flags);
}

static void guarded_closefrom(int first)
{
	if (first < 0)
		first = 0;
	if (guarded_close_range((unsigned int)first, ~0u, 0) == 0)
		return;
	for (int fd = (int)sysconf(_SC_OPEN_MAX) - 1; fd >= first; fd--)
		guarded_close(fd);
}

static const struct {
	const char *name;
	uintptr_t libc, ours;
} functions[] = {
	{ "close", (uintptr_t)close, (uintptr_t)guarded_close },
	{ "closefrom", (uintptr_t)closefrom, (uintptr_t)guarded_closefrom },
	{ "close_range", (uintptr_t)close_range,
	  (uintptr_t)guarded_close_range },
};

/* What a file imports, as its dynamic section says. */
struct imports {
	uintptr_t base;
	const ElfW(Sym) * symbols;
	const char *names;
	const ElfW(Rela) * data, *calls; /* relocations */
	size_t data_size, calls_size;
	uintptr_t relro, relro_end; /* read-only once it is bound */
};

static bool find_imports(struct imports *imports,
			 const struct dl_phdr_info *info)
{
	const ElfW(Dyn) *dynamic = NULL;
	uintptr_t base = info->dlpi_addr;

	*imports = (struct imports){ .base = base };
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_DYNAMIC)
			dynamic = (const void *)(base + segment->p_vaddr);
		if (segment->p_type == PT_GNU_RELRO) {
			imports->relro = base + segment->p_vaddr;
			imports->relro_end = imports->relro + segment->p_memsz;
		}
	}
	for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++) {
		/* On some machines these are not relocated. */
		const void *at =
			(const void *)(dynamic->d_un.d_ptr < base ?
					       dynamic->d_un.d_ptr + base :
					       dynamic->d_un.d_ptr);

		switch (dynamic->d_tag) {
		case DT_SYMTAB:
			imports->symbols = at;
			break;
		case DT_STRTAB:
			imports->names = at;
			break;
		case DT_JMPREL:
			imports->calls = at;
			break;
		case DT_PLTRELSZ:
			imports->calls_size = dynamic->d_un.d_val;
			break;
		case DT_RELA:
			imports->data = at;
			break;
		case DT_RELASZ:
			imports->data_size = dynamic->d_un.d_val;
			break;
		default:
			break;
		}
	}
	return imports->symbols && imports->names;
}

static void replace(const struct imports *imports, uintptr_t *slot,
		    uintptr_t ours)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = (uintptr_t)slot & ~(page - 1);
	bool sealed = (uintptr_t)slot >= imports->relro &&
		      (uintptr_t)slot < imports->relro_end;

	if (sealed && mprotect((void *)begin, page, PROT_READ | PROT_WRITE) < 0)
		return;
	/* Relaxed: one word, and who calls meanwhile may get either function;
	 * all that ours reads was there when the tracer was loaded. */
	__atomic_store_n(slot, ours, __ATOMIC_RELAXED);
	if (sealed)
		mprotect((void *)begin, page, PROT_READ);
}

/* bound: a slot that is not what libc has is something else. Slots of calls may
 * be what binds them at the first call. */
static void replace_all(const struct imports *imports, const ElfW(Rela) * rela,
			size_t size, bool bound)
{
	for (size_t i = 0; i < size / sizeof(*rela); i++) {
		size_t symbol = ELF64_R_SYM(rela[i].r_info);
		const char *name =
			imports->names + imports->symbols[symbol].st_name;
		uintptr_t *slot =
			(uintptr_t *)(imports->base + rela[i].r_offset);

		if (symbol == 0 || strncmp(name, "close", 5) != 0)
			continue;
		for (size_t j = 0; j < sizeof(functions) / sizeof(functions[0]);
		     j++)
			if (!strcmp(name, functions[j].name) &&
			    *slot != functions[j].ours &&
			    (!bound || *slot == functions[j].libc))
				replace(imports, slot, functions[j].ours);
	}
}

static bool is_lttng(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return !strncmp(name, "liblttng-", 9) ||
	       !strncmp(name, "libawait-lttng", 14);
}

static int guard_file(struct dl_phdr_info *info, size_t size, void *unused)
{
	struct imports imports;

	(void)size;
	(void)unused;
	if (is_lttng(info->dlpi_name) || !find_imports(&imports, info))
		return 0;
	replace_all(&imports, imports.calls, imports.calls_size, false);
	replace_all(&imports, imports.data, imports.data_size, true);
	return 0;
}

void guard_files(void)
{
	dl_iterate_phdr(guard_file, NULL);
}
