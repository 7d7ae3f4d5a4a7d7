/* SPDX-License-Identifier: MIT */
#include "common/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* With a sanitizer, a write beyond the room ends the test. */
static void keeps_what_is_in_it(void **state)
{
	enum { MANY = 1000 };
	uint64_t *array = NULL;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		array = array_grow(array, i, sizeof(*array));
		assert_non_null(array);
		array[i] = i * i;
	}
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(array[i], i * i);
	free(array);
}

static void moves_at_powers_of_two_only(void **state)
{
	static uint64_t array[8];

	(void)state;
	for (size_t count = 3; count < 8; count++)
		if (count != 4)
			assert_ptr_equal(
				array_grow(array, count, sizeof(*array)),
				array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_in_it),
		cmocka_unit_test(moves_at_powers_of_two_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
