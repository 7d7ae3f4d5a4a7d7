/* SPDX-License-Identifier: MIT */
/*
 * A rank of a job of two: `ranks RANK DIR COLLECTIVE...` enters collectives in
 * that order. All must, or they hang. DIR has a FIFO for each, which opens when
 * both ranks have come. The example of docs/diff.md.
 */
#include <await/await.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

AWAIT_TYPE(int, int);

static int rank;
static const char *directory;

/* Returns when the other rank has entered it, too. */
static int enter(const char *collective)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, collective);
	printf("rank %d enters %s\n", rank, collective);
	fflush(stdout);
	fd = open(path, rank ? O_RDONLY : O_WRONLY);
	return fd < 0 ? -1 : close(fd);
}

static int broadcast(int *out)
{
	*out = 0;
	return enter("broadcast");
}
AWAITABLE(int, broadcast);

static int gather(int *out)
{
	*out = 0;
	return enter("gather");
}
AWAITABLE(int, gather);

static int reduce(int *out)
{
	*out = 0;
	return enter("reduce");
}
AWAITABLE(int, reduce);

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	rank = atoi(argv[1]);
	directory = argv[2];

	await_int *first = awaitable(broadcast);
	await_int *second = awaitable(gather);
	await_int *third = awaitable(reduce);

	for (char **name = argv + 3; *name; name++)
		await_wait(!strcmp(*name, "broadcast") ? first :
			   !strcmp(*name, "gather")    ? second :
							 third,
			   NULL);
	await_unref(first);
	await_unref(second);
	await_unref(third);
	return 0;
}
