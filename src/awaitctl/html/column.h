/* SPDX-License-Identifier: MIT */
/*
 * A column of numbers in JSON: a string of base64, of each number 7 bits in a
 * byte, the lowest first, with the highest bit set in all bytes but its last
 * (LEB128). It takes about three characters for a number of up to 16 bits.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

struct column {
	FILE *out;
	uint8_t bytes[3];
	unsigned count;
};

/* It is a member, that follows another one. */
struct column column_begin(const char *name, FILE *out);
void column_put(struct column *column, uint64_t number);
void column_end(struct column *column);

/* A number with a sign as one without: 0, -1, 1, -2 and so on. */
uint64_t column_signed(int64_t number);
