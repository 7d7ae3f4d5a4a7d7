/* SPDX-License-Identifier: MIT */
/* See names.h. */
#include "process/names.h"

#include <stdlib.h>
#include <string.h>

/* The first bytes of a record; zeros beyond size. */
struct record {
	uint8_t bytes[RECORD_MAX];
	size_t size;
};

/* Reads a record up to the last of the fields at offsets, which are near each
 * other. */
static bool read_fields(struct names *names, struct record *record, uint64_t at,
			const uint32_t *offsets, size_t count)
{
	uint32_t size = 0;

	for (size_t i = 0; i < count; i++)
		if (offsets[i] + 8 > size)
			size = offsets[i] + 8;
	/* The last field may be of four bytes at the end of a mapping. */
	record->size = memory_read_some(names->memory, at, record->bytes, size);
	memset(record->bytes + record->size, 0, size - record->size);
	return record->size + 4 >= size;
}

/* NULL if there is no string, or memory is out. */
static char *string_at(struct names *names, uint64_t at)
{
	char text[NAME_MAX_SIZE];

	return memory_string(names->memory, at, text, sizeof(text)) ?
		       strdup(text) :
		       NULL;
}

static bool read_type(struct names *names, struct names_type *type, uint64_t at)
{
	const struct await_debug_block *abi = &names->layout->abi;
	const uint32_t fields[] = { abi->type_name, abi->type_spelling,
				    abi->type_size, abi->type_kind };
	struct record record;

	if (!read_fields(names, &record, at, fields,
			 sizeof(fields) / sizeof(fields[0])))
		return false;
	type->size = memory_u32(record.bytes + abi->type_size);
	type->kind = memory_u32(record.bytes + abi->type_kind);
	type->name =
		string_at(names, memory_u64(record.bytes + abi->type_name));
	type->spelling =
		string_at(names, memory_u64(record.bytes + abi->type_spelling));
	return type->name && type->spelling;
}

static bool read_args(struct names *names, struct names_func *func, uint64_t at)
{
	const struct await_debug_block *abi = &names->layout->abi;
	uint8_t bytes[RECORD_MAX];

	if (func->arg_count > ARGS_MAX)
		return false;
	func->args = calloc(func->arg_count + 1, sizeof(*func->args));
	if (!func->args)
		return false;
	for (uint32_t i = 0; i < func->arg_count; i++) {
		struct names_arg *arg = &func->args[i];

		if (!memory_read(names->memory,
				 at + (uint64_t)i * abi->arg_stride, bytes,
				 abi->arg_stride))
			return false;
		arg->name = string_at(names, memory_u64(bytes + abi->arg_name));
		arg->offset = memory_u32(bytes + abi->arg_offset);
		arg->size = memory_u32(bytes + abi->arg_size);
		arg->kind = memory_u32(bytes + abi->arg_kind);
		if (!arg->name)
			return false;
	}
	return true;
}

static bool read_func(struct names *names, struct names_func *func)
{
	const struct await_debug_block *abi = &names->layout->abi;
	const uint32_t fields[] = {
		abi->func_name,		abi->func_type,
		abi->func_args,		abi->func_run,
		abi->func_arg_count,	abi->func_args_offset,
		abi->func_value_offset, abi->func_origin,
	};
	struct record record;

	if (!read_fields(names, &record, func->address, fields,
			 sizeof(fields) / sizeof(fields[0])))
		return false;
	func->run = memory_u64(record.bytes + abi->func_run);
	func->arg_count = memory_u32(record.bytes + abi->func_arg_count);
	func->args_offset = memory_u32(record.bytes + abi->func_args_offset);
	func->value_offset = memory_u32(record.bytes + abi->func_value_offset);
	func->origin = memory_u32(record.bytes + abi->func_origin);
	func->name =
		string_at(names, memory_u64(record.bytes + abi->func_name));
	return func->name &&
	       read_type(names, &func->type,
			 memory_u64(record.bytes + abi->func_type)) &&
	       read_args(names, func,
			 memory_u64(record.bytes + abi->func_args));
}

static void func_free(struct names_func *func)
{
	for (uint32_t i = 0; func->args && i < func->arg_count; i++)
		free(func->args[i].name);
	free(func->args);
	free(func->name);
	free(func->type.name);
	free(func->type.spelling);
	free(func);
}

static bool same_func(const void *item, const void *address)
{
	return ((const struct names_func *)item)->address ==
	       *(const uint64_t *)address;
}

/* NULL if it cannot be read. */
static const struct names_func *func_at(struct names *names, uint64_t address)
{
	void **place = table_place(&names->funcs, hash_number(0, address),
				   same_func, &address);
	struct names_func *func;

	if (!place)
		return NULL;
	func = *place;
	if (!func) {
		func = *place = calloc(1, sizeof(*func));
		if (!func)
			return NULL;
		func->address = address;
		if (!read_func(names, func)) {
			free(func->name);
			func->name = NULL;
		}
	}
	return func->name ? func : NULL;
}

static void read_site(struct names *names, struct names_site *site)
{
	const struct await_debug_block *abi = &names->layout->abi;
	const uint32_t fields[] = { abi->site_func, abi->site_file,
				    abi->site_function, abi->site_line,
				    abi->site_held_at };
	struct record record;

	if (!read_fields(names, &record, site->address, fields,
			 sizeof(fields) / sizeof(fields[0])))
		return;
	site->line = memory_u32(record.bytes + abi->site_line);
	if (names->layout->names)
		site->held_at = memory_u32(record.bytes + abi->site_held_at);
	site->file =
		string_at(names, memory_u64(record.bytes + abi->site_file));
	site->function =
		string_at(names, memory_u64(record.bytes + abi->site_function));
	if (site->file && site->function)
		site->func = func_at(names,
				     memory_u64(record.bytes + abi->site_func));
	site->known = site->func != NULL;
}

static bool same_site(const void *item, const void *address)
{
	return ((const struct names_site *)item)->address ==
	       *(const uint64_t *)address;
}

/* Where a process has more sites than there can be, they are all this one. */
static struct names_site *other_site(struct names *names)
{
	memory_stop(names->memory);
	if (!names->others)
		names->others = calloc(1, sizeof(*names->others));
	return names->others;
}

struct names_site *names_site_at(struct names *names, uint64_t address)
{
	struct names_site *site = names->last;
	void **place;

	if (site && site->address == address)
		return site;
	if (names->sites.used == SITES_MAX &&
	    !table_find(&names->sites, hash_number(0, address), same_site,
			&address))
		return other_site(names);
	place = table_place(&names->sites, hash_number(0, address), same_site,
			    &address);
	if (!place)
		return NULL;
	site = *place;
	if (!site) {
		site = *place = calloc(1, sizeof(*site));
		if (!site)
			return NULL;
		site->address = address;
		read_site(names, site);
	}
	names->last = site;
	return site;
}

bool names_site_holds(struct names *names, const struct names_site *site,
		      uint64_t address)
{
	uint64_t held;

	return site->known && site->held_at != 0 &&
	       memory_read(names->memory, site->address + site->held_at, &held,
			   sizeof(held)) &&
	       held == address;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->sites.size; i++) {
		struct names_site *site = names->sites.slots[i].item;

		if (!site)
			continue;
		free(site->file);
		free(site->function);
		free(site);
	}
	for (size_t i = 0; i < names->funcs.size; i++)
		if (names->funcs.slots[i].item)
			func_free(names->funcs.slots[i].item);
	free(names->others);
	table_free(&names->sites);
	table_free(&names->funcs);
}
