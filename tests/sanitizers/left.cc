// SPDX-License-Identifier: MIT
// For the thread sanitizer: the first run of a function does not return, but
// ends as the first argument says, and another thread runs it again.
#include <await/await.h>

#include <atomic>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sched.h>

static const char *way;
static jmp_buf back;
static int runs;

static int find(int *out, const char *text)
{
	if (++runs == 1) {
		if (strcmp(way, "throw") == 0)
			throw 1;
		if (strcmp(way, "longjmp") == 0)
			longjmp(back, 1);
		pthread_exit(nullptr);
	}
	*out = static_cast<int>(strlen(text));
	return 0;
}

AWAIT_TYPE(number, int);
AWAITABLE(number, find, (const char *, text, free, strdup));

static await_number *aw;
static std::atomic<int> ready;

// The library knows both threads, for which it takes a lock, before the runs.
static void meet()
{
	await_unref(await_nowait(number, 1));
	ready.fetch_add(1, std::memory_order_relaxed);
	while (ready.load(std::memory_order_relaxed) != 2)
		sched_yield();
}

static void *leave(void *)
{
	meet();
	try {
		if (setjmp(back) == 0)
			(void)await_get(aw);
	} catch (int) {
	}
	(void)await_state(aw);
	return nullptr;
}

static void *run_again(void *)
{
	int number = 0;

	meet();
	while (await_attempts(aw) == 0)
		sched_yield();
	while (await_wait(aw, &number) != 0)
		sched_yield();
	if (number != 4)
		abort();
	return nullptr;
}

int main(int, char **argv)
{
	pthread_t threads[2];

	way = argv[1];
	aw = awaitable(find, "text");
	if (pthread_create(&threads[0], nullptr, leave, nullptr) != 0 ||
	    pthread_create(&threads[1], nullptr, run_again, nullptr) != 0)
		return 1;
	pthread_join(threads[0], nullptr);
	pthread_join(threads[1], nullptr);
	await_unref(aw);
	return 0;
}
