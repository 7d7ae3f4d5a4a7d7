/* SPDX-License-Identifier: MIT */
/* The words for awaits: of every state, id, errno, kind and size. */
#define _GNU_SOURCE /* strerrorname_np */
#include "common/await_text.h"
#include "unit.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

/* Asserts what CALL, which writes to `line`, wrote. */
#define ASSERT_WRITES(want, call)                                              \
	do {                                                                   \
		char got_[200];                                                \
		struct line line = line_begin(got_, sizeof(got_));             \
		call;                                                          \
		line_end(&line);                                               \
		assert_string_equal(got_, want);                               \
	} while (0)

static void states_have_names(void **state)
{
	(void)state;
	assert_string_equal(state_name(AWAIT_FREE), "free");
	assert_string_equal(state_name(AWAIT_PENDING), "pending");
	assert_string_equal(state_name(AWAIT_RUNNING), "running");
	assert_string_equal(state_name(AWAIT_RESOLVED), "resolved");
	assert_string_equal(state_name(AWAIT_FAILED), "failed");
	assert_string_equal(state_name(AWAIT_CANCELLED), "cancelled");
	assert_string_equal(state_name(6), "damaged (6)");
	assert_string_equal(state_name(7), "damaged (7)");
	/* More bits than a state has. */
	assert_non_null(state_name(UINT32_MAX));
}

static void ids_have_a_generation_from_the_second_on(void **state)
{
	(void)state;
	ASSERT_WRITES("#0", line_id(&line, 0));
	ASSERT_WRITES("#14", line_id(&line, 14));
	ASSERT_WRITES("#14.1", line_id(&line, UINT64_C(1) << 32 | 14));
	ASSERT_WRITES("#0.2", line_id(&line, UINT64_C(2) << 32));
	ASSERT_WRITES("#4294967295.4294967295", line_id(&line, UINT64_MAX));
}

/* --- errors --- */

static void errors_say_what_they_mean(void **state)
{
	(void)state;
	ASSERT_WRITES("-ENOENT (No such file or directory)",
		      line_error(&line, -ENOENT, 0));
	ASSERT_WRITES("-ENOENT", line_error_name(&line, -ENOENT));
	/* Of two names of one number, that which the documents use. */
	ASSERT_WRITES("-EAGAIN", line_error_name(&line, -EWOULDBLOCK));
	ASSERT_WRITES("-EDEADLK", line_error_name(&line, -EDEADLOCK));
	ASSERT_WRITES("-EOPNOTSUPP", line_error_name(&line, -ENOTSUP));
}

static void every_errno_has_its_name(void **state)
{
	unsigned known = 0;

	(void)state;
	for (int error = 1; error <= 4200; error++) {
		const char *name = strerrorname_np(error);
		char want[100], want_name[100];

		if (name) {
			known++;
			/* In the C locale. */
			snprintf(want, sizeof(want), "-%s (%s)", name,
				 strerror(error));
			snprintf(want_name, sizeof(want_name), "-%s", name);
		} else {
			snprintf(want, sizeof(want), "-%d", error);
			snprintf(want_name, sizeof(want_name), "-%d", error);
		}
		ASSERT_WRITES(want, line_error(&line, -error, 0));
		ASSERT_WRITES(want_name, line_error_name(&line, -error));
	}
	assert_in_range(known, 100, 200);
}

static void other_numbers_are_shown_as_such(void **state)
{
	static const int numbers[] = { 0,	1,	 ENOENT, 7777,
				       -512,	-4095,	 -4096,	 -7777,
				       INT_MAX, INT_MIN, -65538, INT_MIN + 2 };
	char want[20];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(want, sizeof(want), "%d", numbers[i]);
		ASSERT_WRITES(want, line_error(&line, numbers[i], 0));
		ASSERT_WRITES(want, line_error_name(&line, numbers[i]));
	}
}

static void attempts_are_counted(void **state)
{
	(void)state;
	ASSERT_WRITES("-EPIPE (Broken pipe)", line_error(&line, -EPIPE, 0));
	ASSERT_WRITES("-EPIPE (Broken pipe), 1 attempt",
		      line_error(&line, -EPIPE, 1));
	ASSERT_WRITES("-EPIPE (Broken pipe), 2 attempts",
		      line_error(&line, -EPIPE, 2));
	ASSERT_WRITES("7777, 254 attempts", line_error(&line, 7777, 254));
	ASSERT_WRITES("7777, 255 or more attempts",
		      line_error(&line, 7777, 255));
}

/* --- values --- */

enum { BYTES = 20, ROUNDS = 200 };

/* What a word is, in C. False when it is no word. */
static bool word(const unsigned char *bytes, uint32_t size, int64_t *number,
		 uint64_t *bits)
{
	union {
		int8_t s8;
		uint8_t u8;
		int16_t s16;
		uint16_t u16;
		int32_t s32;
		uint32_t u32;
		int64_t s64;
		uint64_t u64;
	} is;

	if (size > sizeof(is))
		return false;
	memcpy(&is, bytes, size);
	*number = size == 1 ? is.s8 :
		  size == 2 ? is.s16 :
		  size == 4 ? is.s32 :
			      is.s64;
	*bits = size == 1 ? is.u8 :
		size == 2 ? is.u16 :
		size == 4 ? is.u32 :
			    is.u64;
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static bool want_float(char want[100], const unsigned char *bytes,
		       uint32_t size)
{
	float f;
	double d;

	if (size == sizeof(f)) {
		memcpy(&f, bytes, sizeof(f));
		snprintf(want, 100, f == f ? "%g" : "nan", (double)f);
	} else if (size == sizeof(d)) {
		memcpy(&d, bytes, sizeof(d));
		snprintf(want, 100, d == d ? "%g" : "nan", d);
	}
	return size == sizeof(f) || size == sizeof(d);
}

static void want_value(char want[100], uint32_t kind,
		       const unsigned char *bytes, uint32_t size)
{
	uint64_t bits = 0;
	int64_t number = 0;
	bool known = kind == AWAIT_KIND_FLOAT ?
			     want_float(want, bytes, size) :
			     word(bytes, size, &number, &bits);

	if (kind == AWAIT_KIND_DONE)
		snprintf(want, 100, "done");
	else if (known && kind == AWAIT_KIND_BOOL)
		snprintf(want, 100, "%s", bits ? "true" : "false");
	else if (known && kind == AWAIT_KIND_SIGNED)
		snprintf(want, 100, "%" PRId64, number);
	else if (known && kind == AWAIT_KIND_UNSIGNED)
		snprintf(want, 100, "%" PRIu64, bits);
	else if (known &&
		 (kind == AWAIT_KIND_STRING || kind == AWAIT_KIND_POINTER))
		snprintf(want, 100, bits ? "0x%" PRIx64 : "NULL", bits);
	else if (!known || kind != AWAIT_KIND_FLOAT)
		snprintf(want, 100, size == 1 ? "{%u byte}" : "{%u bytes}",
			 size);
}

static void values_of_every_kind_and_size(void **state)
{
	unsigned char bytes[BYTES] = { 0 };
	uint32_t random = 13;
	char want[100];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		/* All zero, all ones, then what comes. */
		for (int i = 0; i < BYTES && round > 0; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = round == 1 ? 0xff : (uint8_t)(random >> 24);
		}
		for (uint32_t kind = 0; kind < 9; kind++)
			for (uint32_t size = 0; size <= BYTES; size++) {
				if (kind == AWAIT_KIND_FLOAT &&
				    size == sizeof(long double))
					continue;
				want_value(want, kind, bytes, size);
				ASSERT_WRITES(want, line_value(&line, kind,
							       bytes, size));
			}
	}
}

static void long_doubles_are_values(void **state)
{
	static const long double number = -1.25e300L;

	(void)state;
	ASSERT_WRITES("-1.25e+300", line_value(&line, AWAIT_KIND_FLOAT, &number,
					       sizeof(number)));
}

static void unknown_bytes_are_a_size(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < 9; kind++) {
		ASSERT_WRITES("{4 bytes}", line_value(&line, kind, NULL, 4));
		ASSERT_WRITES("{1 byte}", line_value(&line, kind, NULL, 1));
	}
	ASSERT_WRITES("{4294967295 bytes}",
		      line_value(&line, AWAIT_KIND_OPAQUE, "", UINT32_MAX));
}

static void words_are_numbers_of_some_sizes(void **state)
{
	static const uint8_t bytes[9] = { 0xff, 0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0xff };

	(void)state;
	for (uint32_t size = 0; size <= 9; size++) {
		uint64_t number = 7;
		bool is = size == 1 || size == 2 || size == 4 || size == 8;

		assert_int_equal(value_word(bytes, size, &number), is);
		assert_true(number == (is ? UINT64_MAX >> (64 - 8 * size) : 7));
	}
}

static void strings_are_read_by_others(void **state)
{
	(void)state;
	ASSERT_WRITES("\"it\"", line_string(&line, 0x10, "it", 2));
	ASSERT_WRITES("NULL", line_string(&line, 0, NULL, 0));
	ASSERT_WRITES("NULL", line_string(&line, 0, "it", 2));
	ASSERT_WRITES("0x7f10 <unreadable>",
		      line_string(&line, 0x7f10, NULL, 0));
}

static void what_does_not_fit_is_cut(void **state)
{
	static const char whole[] =
		"-ENOENT (No such file or directory), 2 attempts";

	(void)state;
	for (size_t size = 1; size <= sizeof(whole); size++) {
		char buffer[sizeof(whole)];
		struct line line = line_begin(buffer, size);

		line_error(&line, -ENOENT, 2);
		line_end(&line);
		assert_int_equal(line.length, strlen(whole));
		assert_int_equal(strlen(buffer), size - 1);
		assert_memory_equal(buffer, whole, size - 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_have_names),
		cmocka_unit_test(ids_have_a_generation_from_the_second_on),
		cmocka_unit_test(errors_say_what_they_mean),
		cmocka_unit_test(every_errno_has_its_name),
		cmocka_unit_test(other_numbers_are_shown_as_such),
		cmocka_unit_test(attempts_are_counted),
		cmocka_unit_test(values_of_every_kind_and_size),
		cmocka_unit_test(long_doubles_are_values),
		cmocka_unit_test(unknown_bytes_are_a_size),
		cmocka_unit_test(words_are_numbers_of_some_sizes),
		cmocka_unit_test(strings_are_read_by_others),
		cmocka_unit_test(what_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
