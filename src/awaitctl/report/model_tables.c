/* SPDX-License-Identifier: MIT */
/* What model.h knows by name or number: functions and awaits. */
#include "awaitctl/report/model.h"

#include "awaitctl/common/say.h"
#include "common/array.h"

#include <string.h>

static void *append(void *array, size_t count, void *item)
{
	void **items = must(array_grow(array, count, sizeof(*items)));

	items[count] = item;
	return items;
}

static bool same_string(const void *item, const void *key)
{
	return strcmp(item, key) == 0;
}

const char *model_keep(struct model *model, const char *string)
{
	void **place = must(table_place(&model->strings, hash_string(0, string),
					same_string, string));

	if (!*place)
		*place = must_copy(string);
	return *place;
}

static bool same_function(const void *item, const void *key)
{
	const struct model_function *a = item, *b = key;

	return a->process == b->process && !strcmp(a->name, b->name) &&
	       !strcmp(a->type, b->type);
}

struct model_function *model_function_of(struct model *model,
					 const struct model_process *process,
					 const char *name, const char *type)
{
	const struct model_function key = { .process = process,
					    .name = (char *)name,
					    .type = (char *)type };
	uint64_t hash =
		hash_string(hash_string((uintptr_t)process, name), type);
	void **place =
		must(table_place(&model->by_name, hash, same_function, &key));
	struct model_function *function = *place;

	if (function)
		return function;
	*place = function = must_calloc(1, sizeof(*function));
	function->process = process;
	function->name = must_copy(name);
	function->type = must_copy(type);
	model->functions =
		append(model->functions, model->function_count++, function);
	return function;
}

static bool same_await(const void *item, const void *key)
{
	const struct model_await *a = item, *b = key;

	return a->id == b->id && a->process == b->process;
}

static struct model_await *add_await(struct model *model, void **place,
				     const struct model_await *key)
{
	struct model_await *await = must_calloc(1, sizeof(*await));

	*place = await;
	*await = *key;
	model->awaits = append(model->awaits, model->await_count++, await);
	return await;
}

static uint64_t hash_await(const struct model_await *key)
{
	return hash_number(hash_number(0, key->id),
			   (uint64_t)key->process->number);
}

struct model_await *model_await_known(const struct model *model,
				      struct model_process *process,
				      uint64_t id)
{
	const struct model_await key = { .process = process, .id = id };

	return table_find(&model->by_id, hash_await(&key), same_await, &key);
}

struct model_await *model_await_of(struct model *model,
				   const struct trace_event *event, bool create)
{
	const struct model_await key = { .process =
						 model_process_of(model, event),
					 .id = event_number(event, FIELD_ID) };
	uint64_t hash = hash_await(&key);
	void **place = must(table_place(&model->by_id, hash, same_await, &key));
	struct model_await *await = *place;

	if (!await || (create && await->created))
		await = add_await(model, place, &key);
	return await;
}
