/* SPDX-License-Identifier: MIT */
/* See traced_files.h. */
#define _GNU_SOURCE
#include "symbols/traced_files.h"

#include "common/array.h"
#include "common/regular_file.h"
#include "symbols/debug_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No program is larger. */
#define ELF_MOST ((uint64_t)4 << 30)
#define SECOND_NS INT64_C(1000000000)
/* What the size of a file in memory is rounded up to. */
enum { PAGE = 4096 };
/* How many bytes of a build id are shown. */
enum { BUILD_ID_SHOWN = 4 };

/* --- which there are --- */

static bool same_build(const void *item, const void *key)
{
	const struct traced_file *a = item, *b = key;

	return a->size == b->size && a->has_build_id == b->has_build_id &&
	       a->build_id_size == b->build_id_size &&
	       !memcmp(a->build_id, b->build_id, a->build_id_size) &&
	       !strcmp(a->path, b->path);
}

static uint64_t hash_build(const struct traced_file *file)
{
	uint64_t hash = hash_string(file->size, file->path);

	for (size_t i = 0; i < file->build_id_size; i++)
		hash = hash_number(hash, file->build_id[i]);
	return hash;
}

static struct traced_file *add(struct traced_files *files, void **place,
			       const struct traced_file *key)
{
	struct traced_file **larger =
		array_grow(files->items, files->count, sizeof(*larger));
	struct traced_file *made = malloc(sizeof(*made));

	if (larger)
		files->items = larger;
	if (made) {
		*made = *key;
		made->path = strdup(key->path);
	}
	if (!larger || !made || !made->path) {
		free(made);
		return NULL;
	}
	larger[files->count++] = made;
	return *place = made;
}

struct traced_file *traced_files_of(struct traced_files *files,
				    const char *path,
				    const struct mapped_file *said)
{
	/* The size is for those that can be told apart by nothing else. */
	struct traced_file key = {
		.path = (char *)path,
		.has_build_id = said->has_build_id || said->build_id_size,
		.build_id_size = said->build_id_size,
	};
	void **place;

	if (!key.has_build_id)
		key.size = said->size;
	memcpy(key.build_id, said->build_id, said->build_id_size);
	place = table_place(&files->by_build, hash_build(&key), same_build,
			    &key);
	if (!place)
		return NULL;
	return *place ? *place : add(files, place, &key);
}

void traced_files_free(struct traced_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		dwfl_end(files->items[i]->dwfl);
		free(files->items[i]->path);
		free(files->items[i]);
	}
	free(files->items);
	table_free(&files->by_build);
	*files = (struct traced_files){ 0 };
}

/* --- what has become of one --- */

static uint64_t pages(uint64_t size)
{
	return (size + PAGE - 1) / PAGE;
}

/* As LTTng measures it. */
static uint64_t size_in_memory(Dwfl_Module *module)
{
	GElf_Addr bias, low = UINT64_MAX, high = 0;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t count = 0;

	if (elf)
		elf_getphdrnum(elf, &count);
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, (int)i, &header) ||
		    header.p_type != PT_LOAD)
			continue;
		if (header.p_vaddr < low)
			low = header.p_vaddr;
		if (header.p_vaddr + header.p_memsz > high)
			high = header.p_vaddr + header.p_memsz;
	}
	return high > low ? high - low : 0;
}

static void read_build_id(struct traced_file *file, Dwfl_Module *module)
{
	const unsigned char *bits;
	GElf_Addr where;
	int size = dwfl_module_build_id(module, &bits, &where);

	if (size <= 0)
		return;
	file->now_size = (size_t)size < sizeof(file->now) ? (size_t)size :
							    sizeof(file->now);
	memcpy(file->now, bits, file->now_size);
}

/* A file that had no build id is another one if it has one now, or if its size
 * has changed. */
static enum traced_file_state compare(const struct traced_file *file,
				      Dwfl_Module *module)
{
	if (file->build_id_size)
		return file->now_size == file->build_id_size &&
				       !memcmp(file->now, file->build_id,
					       file->now_size) ?
			       TRACED_SAME :
			       TRACED_OTHER;
	if (file->has_build_id)
		return file->now_size ? TRACED_UNSURE : TRACED_OTHER;
	return file->now_size || pages(size_in_memory(module)) !=
					 pages(file->size) ?
		       TRACED_OTHER :
		       TRACED_UNSURE;
}

/* Takes fd. NULL: that is no ELF file. */
static Dwfl_Module *report_to(Dwfl *dwfl, const struct traced_file *file,
			      const char *path, int fd)
{
	Dwfl_Module *module;

	dwfl_report_begin(dwfl);
	module = dwfl_report_elf(dwfl, file->path, path, fd, file->base, false);
	dwfl_report_end(dwfl, NULL, NULL);
	if (!module)
		close(fd);
	return module;
}

/* The file itself. */
static void open_itself(struct traced_file *file, bool debuginfod)
{
	int fd = regular_file_open(file->path, ELF_MOST);
	struct stat status;
	Dwfl_Module *module;

	if (fd < 0) {
		file->state = TRACED_GONE;
		file->error = errno;
		return;
	}
	if (fstat(fd, &status) == 0)
		file->changed = status.st_ctim.tv_sec * SECOND_NS +
				status.st_ctim.tv_nsec;
	file->dwfl = dwfl_begin(debug_file_callbacks(debuginfod));
	if (!file->dwfl) {
		close(fd);
		file->state = TRACED_GONE;
		file->error = ENOMEM;
		return;
	}
	module = report_to(file->dwfl, file, file->path, fd);
	if (module)
		read_build_id(file, module);
	file->state = module ? compare(file, module) : TRACED_OTHER;
	if (file->state != TRACED_OTHER)
		return;
	dwfl_end(file->dwfl);
	file->dwfl = NULL;
}

/* What was kept of it in the system's folder, in its place. */
static void open_kept(struct traced_file *file)
{
	char *path = NULL;
	int fd = debug_file_open(file->build_id, (int)file->build_id_size,
				 &path);
	Dwfl *dwfl = fd >= 0 ? dwfl_begin(debug_file_callbacks(false)) : NULL;

	if (fd >= 0 && !dwfl)
		close(fd);
	if (dwfl && report_to(dwfl, file, path, fd)) {
		file->dwfl = dwfl;
		file->state = TRACED_SAME;
	} else {
		dwfl_end(dwfl);
	}
	free(path);
}

void traced_file_open(struct traced_file *file, uint64_t base, bool debuginfod)
{
	if (file->state != TRACED_UNASKED)
		return;
	file->base = base;
	if (*file->path != '/') {
		file->state = TRACED_NO_FILE;
		return;
	}
	open_itself(file, debuginfod);
	if (!file->dwfl)
		open_kept(file);
}

/* --- in words --- */

static const char *id_text(char text[32], const uint8_t *id, size_t size)
{
	char *end = text;

	if (!size)
		return "none";
	for (size_t i = 0; i < size && i < BUILD_ID_SHOWN; i++)
		end += sprintf(end, "%02x", id[i]);
	if (size > BUILD_ID_SHOWN)
		strcpy(end, "...");
	return text;
}

static void other_text(const struct traced_file *file,
		       char text[TRACED_FILE_PROBLEM])
{
	char was[32], is[32];
	bool lost = file->has_build_id && !file->build_id_size;

	if (!file->has_build_id && !file->now_size) {
		snprintf(text, TRACED_FILE_PROBLEM,
			 "%s: another build than the one that ran, which was "
			 "of another size",
			 file->path);
		return;
	}
	snprintf(text, TRACED_FILE_PROBLEM,
		 "%s: another build than the one that ran (build-id %s, now "
		 "%s)",
		 file->path,
		 lost ? "not recorded" :
			id_text(was, file->build_id, file->build_id_size),
		 id_text(is, file->now, file->now_size));
}

bool traced_file_problem(const struct traced_file *file,
			 char text[TRACED_FILE_PROBLEM])
{
	switch (file->state) {
	case TRACED_OTHER:
		other_text(file, text);
		return true;
	case TRACED_UNSURE:
		snprintf(text, TRACED_FILE_PROBLEM,
			 "%s: %s, so it may be another build than the one that "
			 "ran",
			 file->path,
			 file->late ? "it was put there while the program ran" :
			 file->has_build_id ? "its build-id was not recorded" :
					      "it has no build-id");
		return true;
	case TRACED_GONE:
		if (file->error == ENOENT || file->error == ENOTDIR)
			snprintf(text, TRACED_FILE_PROBLEM, "%s: gone",
				 file->path);
		else
			snprintf(text, TRACED_FILE_PROBLEM,
				 "%s: cannot be read: %s", file->path,
				 strerror(file->error));
		return true;
	default:
		return false;
	}
}
