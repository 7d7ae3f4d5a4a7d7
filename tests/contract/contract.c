/* SPDX-License-Identifier: MIT */
/* See contract.h. One mutex guards the list of events. */
#define _GNU_SOURCE
#include "contract.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN_MAX 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct seen list[SEEN_MAX];
static int used;
static bool recording;

static void on_event(struct await_sink *sink, const struct await_event *event)
{
	(void)sink;
	pthread_mutex_lock(&lock);
	if (used < SEEN_MAX)
		list[used] = (struct seen){ *event, gettid() };
	used++;
	pthread_mutex_unlock(&lock);
}

static struct await_sink recorder = {
	.event = on_event,
	.events = AWAIT_EVENTS_ALL,
};

void record(void)
{
	record_stop();
	used = 0;
	assert_int_equal(await_sink_add(&recorder), 0);
	recording = true;
}

void record_stop(void)
{
	if (recording)
		assert_int_equal(await_sink_remove(&recorder), 0);
	recording = false;
}

const struct seen *seen(enum await_event_type type, uint64_t id, int n)
{
	const struct seen *found = NULL;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < used && i < SEEN_MAX && !found; i++)
		if (list[i].event.type == type &&
		    (id == 0 || list[i].event.id == id) && n-- == 0)
			found = &list[i];
	pthread_mutex_unlock(&lock);
	return found;
}

int seen_count(enum await_event_type type, uint64_t id)
{
	int count = 0;

	while (seen(type, id, count))
		count++;
	return count;
}

int seen_all(void)
{
	int count;

	pthread_mutex_lock(&lock);
	count = used;
	pthread_mutex_unlock(&lock);
	return count;
}

void wait_for_sleepers(int count)
{
	while (seen_count(AWAIT_EVENT_BLOCK_BEGIN, 0) +
		       seen_count(AWAIT_EVENT_CYCLE, 0) <
	       count)
		sched_yield();
}

static void *wait_thread(void *data)
{
	struct waiter *waiter = data;

	waiter->tid = gettid();
	waiter->rc = await_wait(waiter->aw, &waiter->value);
	return NULL;
}

void waiters_start(struct waiter *waiters, int count, await_int *aw)
{
	for (int i = 0; i < count; i++) {
		waiters[i] = (struct waiter){ .aw = aw };
		assert_int_equal(pthread_create(&waiters[i].thread, NULL,
						wait_thread, &waiters[i]),
				 0);
	}
}

void waiters_join(struct waiter *waiters, int count, int rc, int value)
{
	for (int i = 0; i < count; i++) {
		pthread_join(waiters[i].thread, NULL);
		assert_int_equal(waiters[i].rc, rc);
		assert_int_equal(waiters[i].value, value);
	}
}

static pthread_barrier_t begin;

static void *wait_at_once(void *data)
{
	pthread_barrier_wait(&begin);
	return wait_thread(data);
}

void waiters_run(struct waiter *waiters, int count)
{
	pthread_barrier_init(&begin, NULL, (unsigned)count);
	for (int i = 0; i < count; i++)
		assert_int_equal(pthread_create(&waiters[i].thread, NULL,
						wait_at_once, &waiters[i]),
				 0);
	for (int i = 0; i < count; i++)
		pthread_join(waiters[i].thread, NULL);
	pthread_barrier_destroy(&begin);
}

void run_on(int n)
{
	cpu_set_t all, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return;
	n %= CPU_COUNT(&all);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && n-- == 0)
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int exit_status_of(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + status;
}

const char *describe_(const struct await *aw)
{
	static char line[300];

	await_core_describe(aw, line, sizeof(line));
	return line;
}
