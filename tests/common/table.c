/* SPDX-License-Identifier: MIT */
#include "common/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool same(const void *item, const void *key)
{
	return *(const uint64_t *)item == *(const uint64_t *)key;
}

static void finds_what_was_put_in(void **state)
{
	enum { MANY = 1000 };
	static uint64_t items[MANY];
	struct table table = { 0 };

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		void **place;

		items[i] = i * 3;
		place = table_place(&table, hash_number(0, items[i]), same,
				    &items[i]);
		assert_non_null(place);
		assert_null(*place);
		*place = &items[i];
	}
	assert_int_equal(table.used, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t key = i * 3;
		void **place =
			table_place(&table, hash_number(0, key), same, &key);

		assert_ptr_equal(*place, &items[i]);
	}
	assert_int_equal(table.used, MANY);
	table_free(&table);
}

/* Whatever their hashes, items are told apart by same(). */
static void tells_equal_hashes_apart(void **state)
{
	static uint64_t items[100];
	struct table table = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		items[i] = i;
		*table_place(&table, 7, same, &items[i]) = &items[i];
	}
	for (uint64_t i = 0; i < 100; i++)
		assert_ptr_equal(*table_place(&table, 7, same, &i), &items[i]);
	table_free(&table);
}

static void looks_up_without_adding(void **state)
{
	uint64_t item = 7, other = 8;
	struct table table = { 0 };

	(void)state;
	assert_null(table_find(&table, hash_number(0, 7), same, &item));
	*table_place(&table, hash_number(0, 7), same, &item) = &item;
	assert_ptr_equal(table_find(&table, hash_number(0, 7), same, &item),
			 &item);
	assert_null(table_find(&table, hash_number(0, 8), same, &other));
	assert_int_equal(table.used, 1);
	table_free(&table);
}

/* Of two in three, which leaves each of the rest where it is found, also where
 * many have the same first place. */
static void takes_items_out(void **state)
{
	enum { MANY = 3000 };
	static uint64_t items[MANY];
	struct table table = { 0 };

	(void)state;
	assert_null(table_remove(&table, 1, same, &items[0]));
	for (uint64_t i = 0; i < MANY; i++) {
		items[i] = i;
		*table_place(&table, hash_number(0, i / 5), same, &i) =
			&items[i];
	}
	for (uint64_t i = 0; i < MANY; i++) {
		if (i % 3 == 0)
			continue;
		assert_ptr_equal(
			table_remove(&table, hash_number(0, i / 5), same, &i),
			&items[i]);
		assert_null(
			table_remove(&table, hash_number(0, i / 5), same, &i));
	}
	assert_int_equal(table.used, MANY / 3);
	for (uint64_t i = 0; i < MANY; i++)
		assert_ptr_equal(
			table_find(&table, hash_number(0, i / 5), same, &i),
			i % 3 ? NULL : &items[i]);
	table_free(&table);
}

static void keeps_half_of_its_slots_free(void **state)
{
	static uint64_t items[500];
	struct table table = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		items[i] = i;
		*table_place(&table, hash_number(0, i), same, &i) = &items[i];
		assert_true(table.used * 2 <= table.size);
		assert_int_equal(table.size & (table.size - 1), 0);
	}
	table_free(&table);
}

static void hashes_all_of_a_string(void **state)
{
	(void)state;
	assert_true(hash_string(0, "ab") == hash_string(0, "ab"));
	assert_true(hash_string(0, "ab") != hash_string(0, "ba"));
	assert_true(hash_string(0, "ab") != hash_string(0, "a"));
	assert_true(hash_string(0, "") != hash_string(1, ""));
	/* What is hashed one after the other is not what is hashed at once. */
	assert_true(hash_string(hash_string(0, "a"), "bc") !=
		    hash_string(hash_string(0, "ab"), "c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_put_in),
		cmocka_unit_test(tells_equal_hashes_apart),
		cmocka_unit_test(looks_up_without_adding),
		cmocka_unit_test(takes_items_out),
		cmocka_unit_test(keeps_half_of_its_slots_free),
		cmocka_unit_test(hashes_all_of_a_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
