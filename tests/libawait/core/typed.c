/* SPDX-License-Identifier: MIT */
/* The typed face: every shape of function, argument and value. */
#include "unit.h"

#include <stdbool.h>

struct page {
	int lines;
	double weight;
};

struct wide {
	_Alignas(64) char bytes[64];
};

struct large {
	char bytes[1 << 20];
};

AWAIT_TYPE(int, int);
AWAIT_TYPE(bool, bool);
AWAIT_TYPE(double, double);
AWAIT_TYPE(u8, unsigned char);
AWAIT_TYPE(string, const char *);
AWAIT_TYPE(page, struct page);
AWAIT_TYPE(wide, struct wide);
AWAIT_TYPE(large, struct large);

static int runs;

static int fetch(struct page *out, const char *path, int depth, double weight)
{
	runs++;
	out->lines = (int)strlen(path) + depth;
	out->weight = weight;
	return 0;
}
AWAITABLE(page, fetch, (const char *, path), (int, depth), (double, weight));

static int delayed(int z)
{
	runs++;
	return z + 3;
}
AWAITABLE_VALUE(int, delayed, (int, z));

static int nothing(void)
{
	return ++runs;
}
AWAITABLE_VALUE(int, nothing);

static int sum8(int a, char b, short c, long d, unsigned e, float f, double g,
		bool h)
{
	return (int)(a + b + c + d + (long)e + (long)f + (long)g + h);
}
AWAITABLE_VALUE(int, sum8, (int, a), (char, b), (short, c), (long, d),
		(unsigned, e), (float, f), (double, g), (bool, h));

static double half(float x)
{
	return (double)x / 2;
}
AWAITABLE_VALUE(double, half, (float, x));

static bool is_null(const void *p)
{
	return p == NULL;
}
AWAITABLE_VALUE(bool, is_null, (const void *, p));

static int make_wide(struct wide *out, struct wide in, char add)
{
	for (size_t i = 0; i < sizeof(in.bytes); i++)
		out->bytes[i] = (char)(in.bytes[i] + add);
	return 0;
}
AWAITABLE(wide, make_wide, (struct wide, in), (char, add));

static int make_large(struct large *out, char fill, int rc)
{
	memset(out->bytes, fill, sizeof(out->bytes));
	return rc;
}
AWAITABLE(large, make_large, (char, fill), (int, rc));

static int setup(void **state)
{
	(void)state;
	runs = 0;
	return 0;
}

static void functions_take_up_to_eight_arguments(void **state)
{
	await_int *none = awaitable(nothing);
	await_int *eight = awaitable(sum8, 1, 2, 3, 4, 5, 6.f, 7., true);

	(void)state;
	assert_int_equal(await_get(none), 1);
	assert_int_equal(await_get(none), 1);
	assert_int_equal(await_get(eight), 29);
	await_unref(none);
	await_unref(eight);
}

static void arguments_may_be_scalars_and_pointers(void **state)
{
	await_double *d = awaitable(half, 5.f);
	await_bool *b = awaitable(is_null, NULL);

	(void)state;
	assert_true(await_get(d) == 2.5);
	assert_true(await_get(b));
	await_unref(d);
	await_unref(b);
}

static void values_may_be_aligned_to_64(void **state)
{
	struct wide in, out;
	await_wide *aw[5];

	(void)state;
	memset(&in, 1, sizeof(in));
	for (size_t i = 0; i < 5; i++) {
		aw[i] = awaitable(make_wide, in, (char)i);
		assert_int_equal((uintptr_t)&aw[i]->value % 64, 0);
	}
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(await_wait(aw[i], &out), 0);
		assert_int_equal(out.bytes[63], 1 + (int)i);
		await_unref(aw[i]);
	}
}

/* Its slot is 96 bytes: aligned by 32 only if the first one is. */
struct half_wide {
	_Alignas(32) char bytes[64];
};
AWAIT_TYPE(half_wide, struct half_wide);

static void values_may_be_aligned_to_32(void **state)
{
	await_half_wide *aw[5];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		aw[i] = await_nowait(half_wide, (struct half_wide){ "x" });
		assert_int_equal((uintptr_t)&aw[i]->value % 32, 0);
	}
	for (size_t i = 0; i < 5; i++)
		await_unref(aw[i]);
}

/* GNU C has empty structs. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
struct empty {
};
AWAIT_TYPE(empty, struct empty);

static int empty_runs;
static int make_empty(struct empty *out, int rc)
{
	(void)out;
	empty_runs++;
	return rc;
}
AWAITABLE(empty, make_empty, (int, rc));

static void results_may_have_no_size(void **state)
{
	await_empty *aw = awaitable(make_empty, 0);
	await_empty *bad = awaitable(make_empty, -EIO);
	struct empty out, none = {};
	await_empty *now = await_nowait(empty, none);

	(void)state;
	assert_int_equal(sizeof(out), 0);
	assert_int_equal(await_peek(aw, &out), -EAGAIN);
	assert_int_equal(await_wait(aw, &out), 0);
	assert_int_equal(await_wait(aw, &out), 0);
	assert_int_equal(empty_runs, 1);
	assert_int_equal(await_wait(bad, &out), -EIO);
	assert_int_equal(await_wait(bad, NULL), -EIO);
	assert_int_equal(empty_runs, 3);
	assert_int_equal(await_peek(now, &out), 0);
	await_unref(aw);
	await_unref(bad);
	await_unref(now);
}
#pragma GCC diagnostic pop

static void large_values_leave_the_arguments_alone(void **state)
{
	await_large *bad = awaitable(make_large, 'x', -EIO);
	await_large *good = awaitable(make_large, 'y', 0);

	(void)state;
	assert_int_equal(await_wait(bad, NULL), -EIO);
	assert_int_equal(await_wait(bad, NULL), -EIO);
	assert_int_equal(await_wait(good, NULL), 0);
	assert_int_equal(good->value.bytes[0], 'y');
	assert_int_equal(good->value.bytes[(1 << 20) - 1], 'y');
	await_unref(bad);
	await_unref(good);
	/* The memory is used again, and comes back clean. */
	good = awaitable(make_large, 'z', 0);
	assert_int_equal(await_get(good).bytes[12345], 'z');
	await_unref(good);
}

/* Nothing that it reads is on its stack when it has returned. */
__attribute__((noinline)) static const char *first_byte(await_wide *aw)
{
	return AWAIT_FIELD(aw, bytes);
}

static void reads_that_borrow_point_to_the_kept_value(void **state)
{
	await_wide *aw = awaitable(make_wide, (struct wide){ "kept" }, 0);
	await_page *made = await_nowait(page, (struct page){ 1, 0.5 });
	const struct page *page = await_borrow(made);

	(void)state;
	assert_ptr_equal(first_byte(aw), aw->value.bytes);
	assert_string_equal(first_byte(aw), "kept");
	assert_ptr_equal(await_borrow(aw), &aw->value);
	assert_ptr_equal(page, &made->value);
	assert_ptr_equal(&AWAIT_FIELD(made, weight), &made->value.weight);
	await_unref(made);
	await_unref(aw);
}

static void a_small_await_has_32_bytes(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct await), 24);
	assert_int_equal(sizeof(await_int), 32);
	assert_int_equal(delayed_await_func.slot_size, 32);
	assert_int_equal(nothing_await_func.slot_size, 32);
}

static void descriptors_name_everything(void **state)
{
	const struct await_func *func = &fetch_await_func;

	(void)state;
	assert_string_equal(func->name, "fetch");
	assert_string_equal(func->type->name, "page");
	assert_string_equal(func->type->spelling, "struct page");
	assert_int_equal(func->arg_count, 3);
	assert_string_equal(func->args[0].name, "path");
	assert_string_equal(func->args[0].spelling, "const char *");
	assert_int_equal(func->args[0].kind, AWAIT_KIND_STRING);
	assert_int_equal(func->args[1].kind, AWAIT_KIND_SIGNED);
	assert_int_equal(func->args[2].kind, AWAIT_KIND_FLOAT);
	assert_int_equal(is_null_await_func.args[0].kind, AWAIT_KIND_POINTER);
	assert_int_equal(make_wide_await_func.args[0].kind, AWAIT_KIND_OPAQUE);
	assert_int_equal(sum8_await_func.args[7].kind, AWAIT_KIND_BOOL);
	assert_int_equal(await_u8_type.kind, AWAIT_KIND_UNSIGNED);
	assert_string_equal(await_bool_type.name, "bool");
}

static void the_site_is_the_users_line(void **state)
{
	await_int *aw = awaitable(nothing);
	unsigned line = __LINE__ - 1;

	(void)state;
	assert_int_equal(aw->head.site->line, line);
	assert_string_equal(aw->head.site->function, __func__);
	assert_non_null(strstr(aw->head.site->file, "typed.c"));
	await_unref(aw);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(functions_take_up_to_eight_arguments),
		TEST(arguments_may_be_scalars_and_pointers),
		TEST(values_may_be_aligned_to_64),
		TEST(values_may_be_aligned_to_32),
		TEST(results_may_have_no_size),
		TEST(large_values_leave_the_arguments_alone),
		TEST(reads_that_borrow_point_to_the_kept_value),
		TEST(a_small_await_has_32_bytes),
		TEST(descriptors_name_everything),
		TEST(the_site_is_the_users_line),
	};

	return cmocka_run_group_tests_name("typed", tests, NULL, NULL);
}
