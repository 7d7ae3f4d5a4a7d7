/* SPDX-License-Identifier: MIT */
#include "abi/slab_sound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MAGIC 0x42414c5354495741ull
enum { HEAD = 32, ALIGNMENT = 256 << 10 };

static bool is_sound(struct slab_numbers slab)
{
	return slab_is_sound(&slab, MAGIC, HEAD, ALIGNMENT);
}

/* As src/libawait/core/slab.c makes them. */
static const struct slab_numbers small = {
	.magic = MAGIC,
	.size = ALIGNMENT,
	.slot_size = 96,
	.first_slot = 64,
	.count = (ALIGNMENT - 64) / 96,
};
static const struct slab_numbers large = {
	.magic = MAGIC,
	.size = (1 << 20) + 4096,
	.slot_size = 1 << 20,
	.first_slot = 4096,
	.count = 1,
};

static void believes_those_of_libawait(void **state)
{
	(void)state;
	assert_true(is_sound(small));
	assert_true(is_sound(large));
}

static void wants_the_magic_number(void **state)
{
	struct slab_numbers slab = small;

	(void)state;
	slab.magic++;
	assert_false(is_sound(slab));
}

static void wants_slots_that_hold_an_await(void **state)
{
	static const uint32_t wrong[] = { 0, 1, 16, 31, 33, 100 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct slab_numbers slab = small;

		slab.slot_size = wrong[i];
		slab.count = 1;
		assert_false(is_sound(slab));
		slab.slot_size = HEAD;
		assert_true(is_sound(slab));
	}
}

static void wants_slots(void **state)
{
	struct slab_numbers slab = small;

	(void)state;
	slab.count = 0;
	assert_false(is_sound(slab));
}

static void wants_slots_behind_the_header(void **state)
{
	static const uint32_t wrong[] = { 0, 63, 65, ALIGNMENT, 0xffffffe0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct slab_numbers slab = large;

		slab.size = UINT64_MAX;
		slab.first_slot = wrong[i];
		assert_false(is_sound(slab));
	}
}

static void wants_slots_within_the_mapping(void **state)
{
	struct slab_numbers slab = large;

	(void)state;
	slab.size--;
	assert_false(is_sound(slab));
	slab = small;
	slab.count++;
	assert_false(is_sound(slab));
	/* Also where the product has more than 32 bits. */
	slab.slot_size = 1u << 31;
	slab.count = 2;
	assert_false(is_sound(slab));
	slab.slot_size = 0xffffffe0;
	slab.count = UINT32_MAX;
	assert_false(is_sound(slab));
}

static void wants_several_slots_within_the_alignment(void **state)
{
	struct slab_numbers slab = large;

	(void)state;
	slab.size *= 2;
	slab.count = 2;
	assert_false(is_sound(slab));
	slab.count = 1;
	assert_true(is_sound(slab));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(believes_those_of_libawait),
		cmocka_unit_test(wants_the_magic_number),
		cmocka_unit_test(wants_slots_that_hold_an_await),
		cmocka_unit_test(wants_slots),
		cmocka_unit_test(wants_slots_behind_the_header),
		cmocka_unit_test(wants_slots_within_the_mapping),
		cmocka_unit_test(wants_several_slots_within_the_alignment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
