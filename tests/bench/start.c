/* SPDX-License-Identifier: MIT */
/*
 * A process that ends at once, for start.py:
 *
 *     start [COUNT [stop]]    makes COUNT awaits and keeps them; stop: prints a
 *                             byte and waits for the end of stdin
 *
 * WITHOUT_LIBAWAIT it is the same without the library, and without awaits.
 */
#include <stdlib.h>
#include <unistd.h>

#ifdef WITHOUT_LIBAWAIT
static void make(int count)
{
	(void)count;
}
#else
#include <await/await.h>

AWAIT_TYPE(int, int);

static int work(int x)
{
	return x + 1;
}
AWAITABLE_VALUE(int, work, (int, x));

static void make(int count)
{
	for (int i = 0; i < count; i++)
		(void)awaitable(work, i);
}
#endif

int main(int argc, char **argv)
{
	char c;

	if (argc > 1)
		make(atoi(argv[1]));
	if (argc > 2 && (write(STDOUT_FILENO, "s", 1) != 1 ||
			 read(STDIN_FILENO, &c, 1) < 0))
		return 1;
	return 0;
}
