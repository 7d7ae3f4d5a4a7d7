/* SPDX-License-Identifier: MIT */
/*
 * What the fuzzers share. Each is a function that libFuzzer calls with one
 * input after another; what must hold is assert()ed, and the sanitizers see the
 * rest. test_fuzz.py builds and runs them.
 */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file with these bytes, always the same file. */
const char *fuzz_file(const uint8_t *data, size_t size);
/* Its descriptor. */
int fuzz_descriptor(void);

/* Takes the next number out of the input; 0 behind its end. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};
uint64_t fuzz_take(struct fuzz_input *input, size_t size);
