/* SPDX-License-Identifier: MIT */
/* Bytes that one process writes come to another as they were, however large the
 * pieces are and whoever is slower; and up to where the writer ended. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "babeltrace/ring.h"

enum { LARGEST = 9 << 20 };

static struct ring ring;
static uint8_t *piece;

/* Pieces of 8 bytes to some thousand, and at times one that is larger than the
 * ring. */
static size_t size_of(unsigned i)
{
	return i % 997 == 500 ? LARGEST : 8 * (1 + i * 7919 % 601);
}

static void fill(unsigned i)
{
	memset(piece, (int)(i * 31 + 7), size_of(i));
	memcpy(piece, &i, sizeof(i));
}

static void write_all(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fill(i);
		if (ring_write(&ring, piece, size_of(i)))
			_exit(1);
	}
}

static pid_t begin(unsigned count, void (*then)(void))
{
	pid_t child;

	assert_int_equal(ring_make(&ring), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		ring_be_writer(&ring);
		write_all(count);
		if (then)
			then();
		_exit(0);
	}
	ring_be_reader(&ring);
	return child;
}

static void read_all(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const unsigned *first = ring_peek(&ring, sizeof(*first));
		const void *got;

		assert_non_null(first);
		assert_int_equal(*first, i);
		got = ring_read(&ring, size_of(i));
		assert_non_null(got);
		assert_int_equal((uintptr_t)got % 8, 0);
		fill(i);
		assert_memory_equal(got, piece, size_of(i));
	}
	assert_null(ring_read(&ring, 1));
	assert_int_equal(errno, 0);
}

static int end(pid_t child)
{
	int status;

	ring_free(&ring);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void comes_as_it_was(void **state)
{
	pid_t child = begin(20000, NULL);

	(void)state;
	read_all(20000);
	assert_int_equal(end(child), 0);
}

static void die(void)
{
	raise(SIGKILL);
}

/* As it does in the middle of nothing: what was written is there. */
static void writer_dies(void **state)
{
	pid_t child = begin(100, die);

	(void)state;
	read_all(100);
	assert_int_equal(WTERMSIG(end(child)), SIGKILL);
}

static void write_half(void)
{
	ring_write(&ring, "half", 4);
}

static void half_a_piece(void **state)
{
	pid_t child = begin(3, write_half);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_non_null(ring_read(&ring, size_of(i)));
	assert_null(ring_read(&ring, 8));
	assert_int_equal(end(child), 0);
}

/* The writer waits for room, and finds that nobody reads. */
static void reader_ends(void **state)
{
	pid_t child = begin(20000, NULL);

	(void)state;
	assert_non_null(ring_read(&ring, size_of(0)));
	assert_int_equal(WEXITSTATUS(end(child)), 1);
}

static int setup(void **state)
{
	(void)state;
	piece = malloc(LARGEST);
	return piece ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(piece);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_as_it_was),
		cmocka_unit_test(writer_dies),
		cmocka_unit_test(half_a_piece),
		cmocka_unit_test(reader_ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
