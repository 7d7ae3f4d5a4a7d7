/* SPDX-License-Identifier: MIT */
/* Slots of more than 32 KiB: each is as large and as aligned as its await
 * needs, and freed ones are used again. tests/size counts what taking one
 * costs. */
#include "unit.h"

#include <unistd.h>

enum { LARGEST = 32 << 10, HEAD = sizeof(struct await) };

struct plain {
	char bytes[40000];
};
struct page_aligned {
	_Alignas(4096) char bytes[36864 - 4096];
};
struct line_aligned {
	_Alignas(128) char bytes[40000];
};
AWAIT_TYPE(plain, struct plain);
AWAIT_TYPE(page_aligned, struct page_aligned);
AWAIT_TYPE(line_aligned, struct line_aligned);

static const struct await_type bytes_type = { "bytes", "char[]", NULL, 0,
					      AWAIT_KIND_OPAQUE };

/* An await whose slot has that size. */
struct sized {
	struct await_func func;
	struct await_site site;
	struct await *aw;
};

static void make(struct sized *sized, uint32_t slot_size)
{
	sized->func = (struct await_func){
		.name = "sized",
		.type = &bytes_type,
		.args_offset = HEAD,
		.value_offset = HEAD,
		.slot_size = slot_size,
		.origin = AWAIT_NOWAIT,
		.plain_layout = AWAIT_LAYOUT_NONE,
		.plain_size = slot_size,
	};
	sized->site = (struct await_site){ .func = &sized->func,
					   .file = "huge.c",
					   .function = "make" };
	sized->aw = await_core_alloc(&sized->site);
	assert_non_null(sized->aw);
	await_core_publish(sized->aw, AWAIT_RESOLVED);
}

static void slots_are_as_large_as_asked_for(void **state)
{
	struct sized all[200];
	uint32_t size = LARGEST;
	int count = 0;

	(void)state;
	/* Around each boundary of a class, and in its middle. */
	for (uint32_t step = LARGEST / 8; size < 8 * LARGEST; size += step) {
		if (size > LARGEST && (size & (size - 1)) == 0)
			step = size / 8;
		make(&all[count++], size + 32);
		make(&all[count++], size + step / 64 * 32);
		make(&all[count++], size + step);
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < count; i++)
			memset(all[i].aw + 1, i, all[i].func.slot_size - HEAD);
		for (int i = 0; i < count; i++) {
			const char *bytes = (char *)(all[i].aw + 1);

			assert_int_equal(bytes[0], (char)i);
			assert_int_equal(
				bytes[all[i].func.slot_size - HEAD - 1],
				(char)i);
			await_core_unref(all[i].aw);
		}
		/* Again, in slots that were freed. */
		for (int i = count - 1; i >= 0; i--)
			make(&all[i], all[i].func.slot_size);
	}
	for (int i = 0; i < count; i++)
		await_core_unref(all[i].aw);
}

static void a_freed_slot_is_taken_again(void **state)
{
	static const uint32_t sizes[] = { 50016, 40032, 100000, 400000,
					  33 << 20 };
	struct sized first, again;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make(&first, sizes[i]);
		await_core_unref(first.aw);
		make(&again, sizes[i]);
		assert_ptr_equal(again.aw, first.aw);
		await_core_unref(again.aw);
	}
	/* The last one also by what needs half of it, but by nothing larger. */
	make(&again, 17 << 20);
	assert_ptr_equal(again.aw, first.aw);
	await_core_unref(again.aw);
	make(&again, 40 << 20);
	assert_ptr_not_equal(again.aw, first.aw);
	await_core_unref(again.aw);
}

static void values_are_aligned_also_in_slots_of_others(void **state)
{
	await_plain *plain[3];
	await_line_aligned *line;
	await_page_aligned *page;

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const struct plain value;

		plain[i] = await_nowait(plain, value);
		assert_non_null(plain[i]);
	}
	for (int i = 0; i < 3; i++)
		await_unref(plain[i]);
	line = await_promise(line_aligned);
	page = await_promise(page_aligned);
	assert_int_equal((uintptr_t)&line->value % 128, 0);
	assert_int_equal((uintptr_t)&page->value % 4096, 0);
	await_unref(line);
	await_unref(page);
	/* What needs less takes those. */
	plain[0] = await_promise(plain);
	assert_true((void *)plain[0] == (void *)line ||
		    (void *)plain[0] == (void *)plain[2]);
	await_unref(plain[0]);
}

static void the_largest_of_all_is_refused_or_made(void **state)
{
	struct sized sized;

	(void)state;
	if (sizeof(void *) < 8)
		skip();
	make(&sized, UINT32_MAX - 31);
	memset((char *)sized.aw + sized.func.slot_size - 4096, 1, 4096);
	await_core_unref(sized.aw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: nothing else was freed. */
		cmocka_unit_test(values_are_aligned_also_in_slots_of_others),
		cmocka_unit_test(slots_are_as_large_as_asked_for),
		cmocka_unit_test(a_freed_slot_is_taken_again),
		cmocka_unit_test(the_largest_of_all_is_refused_or_made),
	};

	alarm(120);
	return cmocka_run_group_tests_name("huge", tests, NULL, NULL);
}
