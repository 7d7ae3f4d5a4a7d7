/* SPDX-License-Identifier: MIT */
/* What readers of the names see of a writer that is just at it. */
#include "unit.h"

#include "libawait/core/name_table.h"

#include <await/inspect.h>

AWAIT_TYPE(int, int);

static struct name_table *table(void)
{
	return atomic_load_explicit(&await_names, memory_order_relaxed);
}

static void a_name_that_is_being_written(void **state)
{
	await_int *aw = await_nowait(int, 7);
	struct name_entry *entry;
	char name[NAME_SIZE];

	(void)state;
	assert_int_equal(await_name(aw, "whole"), 0);
	entry = &table()->entries[0];
	assert_ptr_equal(entry->aw, &aw->head);
	entry->version++;
	assert_int_equal(await_name_of(aw, name, sizeof(name)), 0);
	assert_string_equal(name, "");
	entry->version++;
	assert_int_equal(await_name_of(aw, name, sizeof(name)), 5);
	assert_string_equal(name, "whole");
	await_unref(aw);
}

static void an_entry_that_is_being_moved(void **state)
{
	await_int *aw = await_nowait(int, 7), *other = await_nowait(int, 8);
	struct name_entry *entry;

	(void)state;
	assert_int_equal(await_name(aw, "whole"), 0);
	entry = &table()->entries[0];
	/* It is found in the bucket where it was, and is of another slot. */
	entry->aw = &other->head;
	assert_int_equal(await_name_of(aw, NULL, 0), 0);
	entry->aw = &aw->head;
	table()->moves++;
	assert_int_equal(await_name_of(aw, NULL, 0), 5);
	assert_int_equal(await_name_of(other, NULL, 0), 0);
	table()->moves++;
	await_unref(aw);
	await_unref(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_is_being_written),
		cmocka_unit_test(an_entry_that_is_being_moved),
	};

	return cmocka_run_group_tests_name("name_table", tests, NULL, NULL);
}
