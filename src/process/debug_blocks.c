/* SPDX-License-Identifier: MIT */
/* See debug_blocks.h. */
#define _GNU_SOURCE
#include "process/debug_blocks.h"

#include "abi/debug.h"
#include "common/regular_file.h"

#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * SEARCH_MAX: larger mappings of a file without sections are not searched, for
 * no library has that much data, nor SECTION_MAX of debug blocks. Of files that
 * are larger than FILE_MOST or have extended numbers of sections the mappings
 * are searched. No process has FILES_MAX libraries.
 */
enum {
	CHUNK = 64 << 10,
	SEARCH_MAX = 64 << 20,
	SECTION_MAX = 1 << 20,
	FILE_MOST = 1 << 30,
	FILES_MAX = 4096
};

struct search {
	struct memory *memory;
	const struct maps *maps;
	void (*found)(void *data, uint64_t at, const struct map *map);
	void *data;
};

/* A section, by the addresses in its file. */
struct section {
	uint64_t addr, size;
	uint64_t load_addr, load_offset; /* of the first segment, by pages */
};

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

static void scan(struct search *search, uint64_t at, uint64_t size,
		 const struct map *map)
{
	uint8_t chunk[CHUNK];

	while (size >= 8) {
		size_t n = size < CHUNK ? (size_t)size & ~7ul : CHUNK;

		n = memory_read_some(search->memory, at, chunk, n) & ~7ul;
		if (n == 0)
			return;
		for (size_t i = 0; i < n; i += 8)
			if (memory_u64(chunk + i) == AWAIT_DEBUG_MAGIC)
				search->found(search->data, at + i, map);
		at += n;
		size -= n;
	}
}

/* Opens the file of a mapping; -1 if it can no longer be opened. */
static int open_mapped(pid_t pid, const struct map *map)
{
	struct stat status;
	char path[4096];
	int fd;

	/* The file itself, even if it was renamed or deleted; only for root. */
	snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64,
		 (int)pid, map->start, map->end);
	fd = regular_file_open(path, FILE_MOST);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, map->path);
	fd = regular_file_open(path, FILE_MOST);
	if (fd >= 0 && (fstat(fd, &status) || status.st_ino != map->inode)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool first_segment(Elf *elf, struct section *section)
{
	size_t count;
	GElf_Phdr segment;

	if (elf_getphdrnum(elf, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment))
			return false;
		if (segment.p_type != PT_LOAD)
			continue;
		section->load_addr = segment.p_vaddr & ~4095ul;
		section->load_offset = segment.p_offset & ~4095ul;
		return true;
	}
	return false;
}

static enum answer find_section(Elf *elf, struct section *section)
{
	Elf_Scn *each = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_kind(elf) != ELF_K_ELF || gelf_getclass(elf) != ELFCLASS64)
		return ANSWER_NO;
	if (elf_getshdrstrndx(elf, &names) || !elf_nextscn(elf, NULL))
		return ANSWER_UNKNOWN;
	while ((each = elf_nextscn(elf, each))) {
		const char *name;

		if (!gelf_getshdr(each, &header))
			return ANSWER_UNKNOWN;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strcmp(name, ".await_debug") != 0 ||
		    !(header.sh_flags & SHF_ALLOC))
			continue;
		section->addr = header.sh_addr;
		section->size = header.sh_size < SECTION_MAX ? header.sh_size :
							       SECTION_MAX;
		return first_segment(elf, section) ? ANSWER_YES :
						     ANSWER_UNKNOWN;
	}
	return ANSWER_NO;
}

static enum answer find_in_file(int fd, struct section *section)
{
	enum answer answer;
	Elf64_Ehdr header;
	Elf *elf;

	elf_version(EV_CURRENT);
	/* libelf makes room for all sections at once, of which the file may
	 * say that it has millions. */
	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    header.e_shnum == 0)
		return ANSWER_UNKNOWN;
	/* Not mapped: the process may make it shorter. */
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return ANSWER_UNKNOWN;
	answer = find_section(elf, section);
	elf_end(elf);
	return answer;
}

static bool same_file(const struct map *a, const struct map *b)
{
	return a->inode == b->inode && a->device == b->device;
}

/* A file that was loaded more than once (dlmopen) has several blocks. */
static void use_section(struct search *search, const struct map *file,
			const struct section *section)
{
	for (size_t i = 0; i < search->maps->count; i++) {
		const struct map *map = &search->maps->maps[i];

		if (same_file(map, file) && map->offset == section->load_offset)
			scan(search,
			     map->start - section->load_addr + section->addr,
			     section->size, map);
	}
}

static bool is_elf(struct search *search, const struct map *map)
{
	char magic[SELFMAG];

	return map->offset == 0 && map->readable &&
	       memory_read(search->memory, map->start, magic, SELFMAG) &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

static void use_memory(struct search *search, const struct map *file)
{
	bool elf = false;

	for (size_t i = 0; i < search->maps->count; i++) {
		const struct map *map = &search->maps->maps[i];

		if (!same_file(map, file))
			continue;
		elf |= is_elf(search, map);
		if (elf && map->readable && !map->executable &&
		    map->end - map->start <= SEARCH_MAX)
			scan(search, map->start, map->end - map->start, map);
	}
}

static void use_file(struct search *search, const struct map *file)
{
	struct section section;
	enum answer answer = ANSWER_UNKNOWN;
	int fd = open_mapped(search->memory->pid, file);

	if (fd >= 0) {
		answer = find_in_file(fd, &section);
		close(fd);
	}
	if (answer == ANSWER_YES)
		use_section(search, file, &section);
	else if (answer == ANSWER_UNKNOWN)
		use_memory(search, file);
}

void blocks_find(struct memory *memory, const struct maps *maps,
		 void (*found)(void *data, uint64_t at, const struct map *map),
		 void *data)
{
	struct search search = { memory, maps, found, data };
	size_t files = 0;

	for (size_t i = 0; i < maps->count && !memory->spent; i++) {
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = same_file(&maps->maps[j], &maps->maps[i]);
		if (seen)
			continue;
		if (++files > FILES_MAX)
			memory_stop(memory);
		else
			use_file(&search, &maps->maps[i]);
	}
}
