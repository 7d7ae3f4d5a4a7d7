/* SPDX-License-Identifier: MIT */
/*
 * Many threads do random things to shared awaits, and an oracle (oracle.h)
 * checks each outcome. Made for the thread and address sanitizers; a longer
 * test is the same program with more rounds.
 *
 *     stress [-r ROUNDS] [-t THREADS] [-s SEED]
 *
 * Prints TAP: a line for each thread count (1, 2, 4 and 8, or THREADS) and
 * scenario. What each thread tries to do is decided by the seed; what it meets
 * on the way is up to the scheduler. A violation prints the await, what was
 * expected and the seed, and exits 1.
 */
#define _GNU_SOURCE
#include "stress.h"
#include "watch.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 100
#define PATIENCE 300 /* seconds for a round that takes milliseconds */

static const struct {
	const char *name;
	void (*round)(void);
} scenarios[] = {
	{ "random operations while a sink comes and goes", mixed_round },
	{ "races for how awaits end", races_round },
	{ "chains and rings", rings_round },
	{ "every hit and creation of a window is seen", windows_round },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static pthread_barrier_t meeting;
static AWAIT_ATOMIC(uint32_t) working;
static void (*crowd_work)(unsigned who);
static AWAIT_ATOMIC(uint32_t) steps[THREADS_MOST + 1];

void breathe(void)
{
	nanosleep(&(struct timespec){ 0, 50000 }, NULL);
}

bool crowd_works(void)
{
	return tally(&working) != 0;
}

void crowd_step(void)
{
	tally_one(&steps[me]);
}

uint32_t crowd_steps(void)
{
	uint32_t sum = 0;

	for (unsigned i = 1; i <= scene.threads; i++)
		sum += tally(&steps[i]);
	return sum;
}

void crowd_meet(void)
{
	pthread_barrier_wait(&meeting);
}

static void *worker(void *who)
{
	me = (unsigned)(uintptr_t)who;
	crowd_meet();
	crowd_work(me);
	atomic_fetch_sub_explicit(&working, 1, memory_order_relaxed);
	return NULL;
}

struct helper {
	pthread_t thread;
	crowd_helper *help;
	unsigned who;
};

static void *helper(void *data)
{
	struct helper *self = data;

	me = self->who;
	self->help();
	return NULL;
}

static void start(pthread_t *thread, void *(*body)(void *), void *data)
{
	int rc = pthread_create(thread, NULL, body, data);

	oracle_equal(NULL, "result of pthread_create()", 0, (uint64_t)rc);
}

void crowd_run(void (*work)(unsigned who), crowd_helper *const helpers[2])
{
	pthread_t threads[THREADS_MOST];
	struct helper help[2] = { 0 };

	crowd_work = work;
	atomic_store_explicit(&working, scene.threads, memory_order_relaxed);
	pthread_barrier_init(&meeting, NULL, scene.threads);
	for (unsigned i = 0; helpers && i < 2 && helpers[i]; i++) {
		help[i].help = helpers[i];
		help[i].who = THREADS_MOST + 1 + i;
		start(&help[i].thread, helper, &help[i]);
	}
	for (unsigned i = 0; i < scene.threads; i++)
		start(&threads[i], worker, (void *)(uintptr_t)(i + 1));
	for (unsigned i = 0; i < scene.threads; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; helpers && i < 2 && helpers[i]; i++)
		pthread_join(help[i].thread, NULL);
	pthread_barrier_destroy(&meeting);
}

struct record *records_new(uint32_t count)
{
	struct record *records = calloc(count, sizeof(*records));

	if (!records)
		abort();
	for (uint32_t i = 0; i < count; i++)
		records[i].number = i;
	return records;
}

static char last_words[256];

static void prepare_to_hang(void)
{
	snprintf(last_words, sizeof(last_words),
		 "not ok %u - %u threads: %s\n"
		 "# round %u hangs: a wake-up was lost\n"
		 "# again: -s %" PRIu64 " -t %u -r %u\n",
		 scene.test, scene.threads, scene.name, scene.round, scene.seed,
		 scene.threads, scene.round + 1);
}

static void hangs(int unused)
{
	(void)unused;
	if (write(STDOUT_FILENO, last_words, strlen(last_words)) < 0)
		_exit(2);
	_exit(1);
}

static void run_scenario(unsigned which, unsigned rounds)
{
	uint32_t judged = tally(&watch_judged);

	signal(SIGALRM, hangs);
	scene.test++;
	scene.which = which;
	scene.name = scenarios[which].name;
	for (scene.round = 0; scene.round < rounds; scene.round++) {
		prepare_to_hang();
		alarm(PATIENCE); /* a missed wake-up must not hang for ever */
		if (scene.round % 2 != 0)
			watch_brake(true);
		scenarios[which].round();
		if (scene.round % 2 != 0)
			watch_brake(false);
	}
	printf("ok %u - %u threads: %s\n", scene.test, scene.threads,
	       scene.name);
	judged = tally(&watch_judged) - judged;
	if (judged != 0)
		printf("# %u operations judged in windows\n", judged);
	fflush(stdout);
}

static uint64_t number(const char *text, uint64_t most)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (*end || end == text || value > most) {
		fprintf(stderr, "stress: not a number up to %" PRIu64 ": %s\n",
			most, text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	unsigned counts[] = { 1, 2, 4, 8 }, count = 4, rounds = ROUNDS;
	int option;

	scene.seed = 1;
	while ((option = getopt(argc, argv, "r:t:s:")) != -1) {
		switch (option) {
		case 'r':
			rounds = (unsigned)number(optarg, UINT32_MAX);
			break;
		case 't':
			counts[0] = (unsigned)number(optarg, THREADS_MOST);
			count = 1;
			break;
		case 's':
			scene.seed = number(optarg, UINT64_MAX);
			break;
		default:
			return 2;
		}
	}
	if (optind != argc || counts[0] == 0)
		return 2;
	printf("1..%zu\n# seed %" PRIu64 ", %u rounds\n", count * SCENARIOS,
	       scene.seed, rounds);
	for (unsigned i = 0; i < count; i++) {
		scene.threads = counts[i];
		for (unsigned which = 0; which < SCENARIOS; which++)
			run_scenario(which, rounds);
	}
	return 0;
}
