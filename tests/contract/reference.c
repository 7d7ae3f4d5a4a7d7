/* SPDX-License-Identifier: MIT */
/*
 * The contract, first table: the tests that PyTorch has for its Await, in C,
 * each by the name it has there; here those about making awaits, arguments and
 * results. What "the trace shows" is the events that a sink gets.
 */
#define _GNU_SOURCE
#include "contract.h"

#include <stdio.h>
#include <unistd.h>

struct page {
	int lines;
	double weight;
};

struct tensor; /* never defined here */

AWAIT_TYPE(page, struct page);
AWAIT_TYPE(tensor, struct tensor *);

static int runs;
static int retained, released, destroyed;

static int setup(void **state)
{
	(void)state;
	runs = retained = released = destroyed = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	record_stop();
	return 0;
}

static int fetch(struct page *out, const char *path, int depth)
{
	runs++;
	*out = (struct page){ (int)strlen(path) * depth, 0.5 };
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth));

static int throws(struct page *out)
{
	runs++;
	(void)out;
	return -EIO;
}
AWAITABLE(page, throws);

static int delayed(int z)
{
	runs++;
	return z + 3;
}
AWAITABLE_VALUE(int, delayed, (int, z));

static void await_python(void **state)
{
	await_page *aw = awaitable(fetch, "/etc/hosts", 2);
	int line = __LINE__ - 1;
	const struct await_func *func = aw->head.site->func;
	const char *args = (const char *)aw + func->args_offset, *path;
	await_int *now = await_nowait(int, 33);
	int depth;

	(void)state;
	assert_string_equal(func->name, "fetch");
	assert_int_equal(func->arg_count, 2);
	assert_string_equal(func->args[0].name, "path");
	assert_string_equal(func->args[1].name, "depth");
	memcpy(&path, args + func->args[0].offset, sizeof(path));
	memcpy(&depth, args + func->args[1].offset, sizeof(depth));
	assert_string_equal(path, "/etc/hosts");
	assert_int_equal(depth, 2);
	assert_int_equal(await_origin(aw), AWAIT_LAZY);
	assert_contains(LINE_OF(aw), " page pending fetch(\"/etc/hosts\", 2) ");
	assert_created(aw, line);
	assert_int_equal(runs, 0);
	assert_int_equal(await_state(aw), AWAIT_PENDING);

	/* The run does what that text announces. */
	assert_int_equal(await_get(aw).lines, (int)strlen(path) * depth);

	assert_int_equal(await_origin(now), AWAIT_NOWAIT);
	assert_contains(LINE_OF(now), " int resolved nowait = 33 ");
	await_unref(aw);
	await_unref(now);
}

static void await_type_python(void **state)
{
	struct {
		await_page *of_a_struct;
		await_page *array[2];
	} held = { awaitable(throws), { awaitable(throws), NULL } };

	(void)state;
	held.array[1] = await_ref(held.of_a_struct);
	assert_int_equal(runs, 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(await_state(held.array[i]), AWAIT_PENDING);
		await_unref(held.array[i]);
	}
	await_unref(held.of_a_struct);
	assert_int_equal(runs, 0);
}

static void script(void **state)
{
	await_int *aw = awaitable(delayed, 99);

	(void)state;
	assert_int_equal(runs, 0);
	assert_int_equal(await_get(aw), 102);
	assert_int_equal(await_get(aw), 102);
	assert_int_equal(runs, 1);
	await_unref(aw);
}

static void nowait(void **state)
{
	await_int *aw;
	int value = 0;

	(void)state;
	record();
	aw = await_nowait(int, 13);
	assert_int_equal(await_state(aw), AWAIT_RESOLVED);
	assert_int_equal(await_wait(aw, &value), 0);
	assert_int_equal(value, 13);
	assert_int_equal(await_attempts(aw), 0);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, 0), 0);
	assert_int_equal(seen_count(AWAIT_EVENT_HIT, await_id(aw)), 1);
	await_unref(aw);
}

static void object_end(int **object)
{
	destroyed++;
	free(*object);
}
AWAIT_TYPE(object, int *, object_end);

static void nowait_class(void **state)
{
	int *object = malloc(sizeof(*object));
	await_object *aw = await_nowait(object, object);

	(void)state;
	*object = 5;
	assert_ptr_equal(await_get(aw), object);
	assert_int_equal(*await_get(aw), 5);
	await_ref(aw);
	await_unref(aw);
	assert_int_equal(destroyed, 0);
	await_unref(aw);
	assert_int_equal(destroyed, 1);
}

static int *retain(int *object)
{
	retained++;
	return object;
}

static void release(int *object)
{
	released += *object;
}

static int adds(int *out, int *shared, int *kept, int *given)
{
	*out = *shared + *kept + *given;
	*shared = 100;
	return 0;
}
AWAITABLE(int, adds, (int *, shared), (int *, kept, release, retain),
	  (int *, given, release));

static void await_class_arg(void **state)
{
	int shared = 1, kept = 20, given = 300;
	await_int *aw = awaitable(adds, &shared, &kept, &given);

	(void)state;
	assert_int_equal(retained, 1);
	assert_int_equal(released, 0);
	shared = 2;
	assert_int_equal(await_get(aw), 322);
	assert_int_equal(shared, 100);
	assert_int_equal(released, 320); /* both, once */
	await_unref(aw);
	assert_int_equal(released, 320);
	assert_int_equal(retained, 1);
}

/* A function of <stdlib.h>. */
AWAITABLE_VALUE(int, atoi, (const char *, text));

static void awaitable_to_await(void **state)
{
	await_int *aw = awaitable(atoi, "42");

	(void)state;
	assert_int_equal(await_get(aw), 42);
	await_unref(aw);
}

static struct tensor *make_tensor(void *storage)
{
	runs++;
	*(int *)storage += 1;
	return storage;
}
AWAITABLE_VALUE(tensor, make_tensor, (void *, storage));

static void await_class_return(void **state)
{
	int storage = 0;
	await_page *page;
	await_tensor *pointer;

	(void)state;
	record();
	page = awaitable(fetch, "abc", 3);
	pointer = awaitable(make_tensor, &storage);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(await_get(page).lines, 9);
		assert_true(await_get(page).weight == 0.5);
		assert_ptr_equal(await_get(pointer), &storage);
	}
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, await_id(page)), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_END, await_id(page)), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, await_id(pointer)),
			 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_END, await_id(pointer)),
			 1);
	assert_int_equal(runs, 2);
	await_unref(page);
	await_unref(pointer);
}

static void await_getattr_implicit_convertion(void **state)
{
	await_page *aw;
	uint64_t id;

	(void)state;
	record();
	aw = awaitable(fetch, "abc", 3);
	id = await_id(aw);
	assert_int_equal(AWAIT_FIELD(aw, lines), 9);
	assert_true(AWAIT_FIELD(aw, weight) == 0.5);
	assert_int_equal(runs, 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_BEGIN, id), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_EXEC_END, id), 1);
	assert_int_equal(seen_count(AWAIT_EVENT_HIT, id), 1);
	assert_int_equal(seen_all(), 4); /* and a creation */
	await_unref(aw);
}

static int change_tensor(struct tensor **out, struct tensor *in)
{
	*out = make_tensor(in);
	return 0;
}
AWAITABLE(tensor, change_tensor, (struct tensor *, in));

static void eager_await_non_scriptable(void **state)
{
	int storage = 41;
	struct tensor *tensor = (struct tensor *)(void *)&storage;
	await_tensor *aw = awaitable(change_tensor, tensor);

	(void)state;
	assert_int_equal(storage, 41);
	assert_ptr_equal(await_get(aw), tensor);
	assert_int_equal(storage, 42);
	await_unref(aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(await_python),
		TEST(await_type_python),
		TEST(script),
		TEST(nowait),
		TEST(nowait_class),
		TEST(await_class_arg),
		TEST(awaitable_to_await),
		TEST(await_class_return),
		TEST(await_getattr_implicit_convertion),
		TEST(eager_await_non_scriptable),
	};

	alarm(120);
	return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
