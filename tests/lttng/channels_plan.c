/* SPDX-License-Identifier: MIT */
/* The plan of the channels: which there are, what they hold, how large. */
#include "lttng/channels_plan.h"

#include "lttng/provider_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Events that are not of the channel of awaits. */
enum { STACKS = 3, OF_PROCESSES = 4 };

static const struct channels_room large = { 64 * GIB, 4 };

static struct channel plan[CHANNELS_MAX];

static size_t make(const struct channels_options *options,
		   const struct channels_room *room)
{
	memset(plan, 0xa5, sizeof(plan));
	return channels_plan(plan, options, room);
}

static const struct channel_rule *rule_of(const struct channel *channel,
					  const char *events)
{
	for (size_t i = 0; i < channel->rule_count; i++)
		if (!strcmp(channel->rules[i].events, events))
			return &channel->rules[i];
	return NULL;
}

static void usual_channels(void **state)
{
	(void)state;
	assert_int_equal(make(&channels_usual, &large), 3);
	assert_string_equal(plan[0].name, "awaits");
	assert_int_equal(plan[0].rule_count,
			 PROVIDER_EVENTS - STACKS - OF_PROCESSES);
	for (size_t i = 0; i < plan[0].rule_count; i++)
		assert_null(plan[0].rules[i].filter);
	assert_string_equal(plan[1].name, "stacks");
	assert_int_equal(plan[1].rule_count, 1);
	assert_string_equal(plan[1].rules[0].events, "await:create_stack");
	assert_string_equal(plan[2].name, "maps");
	assert_int_equal(plan[2].rule_count, OF_PROCESSES + 2);
	for (int i = 0; i < 3; i++) {
		assert_false(plan[i].overwrite);
		assert_false(plan[i].blocking);
	}
}

/* Each of the provider's has one channel, which has it by name. */
static void no_event_is_left_out(void **state)
{
	struct channels_options options = channels_usual;

	(void)state;
	options.stacks = CHANNELS_STACKS_CREATE | CHANNELS_STACKS_EXEC |
			 CHANNELS_STACKS_HIT;
	make(&options, &large);
	for (size_t i = 0; i < PROVIDER_EVENTS; i++) {
		const char *event = provider_events[i].name;
		size_t channel = provider_event_is_stack(event)	  ? 1 :
				 provider_event_is_process(event) ? 2 :
								    0;

		for (size_t j = 0; j < 3; j++)
			assert_int_equal(rule_of(&plan[j], event) != NULL,
					 j == channel);
	}
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < plan[i].rule_count; j++)
			assert_null(strpbrk(plan[i].rules[j].events, "*\\"));
}

static void stacks_are_a_choice(void **state)
{
	struct channels_options options = { .stacks = 0 };

	(void)state;
	assert_int_equal(make(&options, &large), 2);
	assert_string_equal(plan[1].name, "maps");
	options.stacks = CHANNELS_STACKS_EXEC | CHANNELS_STACKS_HIT;
	assert_int_equal(make(&options, &large), 3);
	assert_int_equal(plan[1].rule_count, 2);
	assert_non_null(rule_of(&plan[1], "await:exec_stack"));
	assert_non_null(rule_of(&plan[1], "await:hit_stack"));
}

/* Which program's files are mapped where is never overwritten, and LTTng's own
 * thread in the program never waits. */
static void maps_are_kept(void **state)
{
	struct channels_options options = channels_usual;

	(void)state;
	options.snapshot = true;
	make(&options, &large);
	assert_true(plan[0].overwrite);
	assert_true(plan[1].overwrite);
	assert_false(plan[2].overwrite);
	options.snapshot = false;
	options.blocking = true;
	make(&options, &large);
	assert_true(plan[0].blocking);
	assert_true(plan[1].blocking);
	assert_false(plan[2].blocking);
}

static uint64_t awaits_size(uint64_t bytes, uint64_t processors)
{
	const struct channels_room room = { bytes, processors };

	make(&channels_usual, &room);
	assert_int_equal(plan[0].subbuf_size, plan[1].subbuf_size);
	assert_int_equal(plan[0].subbufs, 4);
	return plan[0].subbuf_size;
}

static void sizes_follow_the_room(void **state)
{
	(void)state;
	assert_int_equal(awaits_size(UINT64_MAX, 4), 2 * MIB);
	assert_int_equal(awaits_size(128 * MIB, 4), 2 * MIB);
	assert_int_equal(awaits_size(128 * MIB - 1, 4), 1 * MIB);
	assert_int_equal(awaits_size(64 * GIB, 32), 2 * MIB);
	assert_int_equal(awaits_size(64 * GIB, 33), 1 * MIB);
	/* No smaller, whatever there is: channels_check_room() is for that. */
	assert_int_equal(awaits_size(0, 4), 256 * KIB);
	assert_int_equal(awaits_size(64 * GIB, 4096), 256 * KIB);
}

static void chosen_sizes_stay(void **state)
{
	const struct channels_options options = {
		.stacks = CHANNELS_STACKS_CREATE,
		.subbuf_size = 4096,
		.subbufs = 2,
	};

	(void)state;
	make(&options, &large);
	assert_int_equal(plan[0].subbuf_size, 4096);
	assert_int_equal(plan[0].subbufs, 2);
	assert_int_equal(plan[1].subbuf_size, 2 * MIB);
	assert_int_equal(plan[1].subbufs, 4);
}

static void filter_is_for_events_that_have_its_fields(void **state)
{
	static const char *const filtered[] = { "await:create",
						"await:create_stack", NULL };
	const struct channels_options options = {
		.stacks = CHANNELS_STACKS_CREATE | CHANNELS_STACKS_HIT,
		.filter = "id == 1",
		.filtered = filtered,
	};

	(void)state;
	assert_int_equal(make(&options, &large), 3);
	assert_int_equal(plan[0].rule_count,
			 PROVIDER_EVENTS - STACKS - OF_PROCESSES);
	assert_string_equal(rule_of(&plan[0], "await:create")->filter,
			    "id == 1");
	assert_null(rule_of(&plan[0], "await:destroy")->filter);
	assert_string_equal(rule_of(&plan[1], "await:create_stack")->filter,
			    "id == 1");
	assert_null(rule_of(&plan[1], "await:hit_stack")->filter);
	for (size_t i = 0; i < plan[2].rule_count; i++)
		assert_null(plan[2].rules[i].filter);
}

static void room_is_checked_to_the_byte(void **state)
{
	const uint64_t needed = 4 * (2 * (4 * 2 * MIB) + 4 * 64 * KIB);
	struct channels_room room = { needed, 4 };
	struct trouble why;

	(void)state;
	make(&channels_usual, &large);
	assert_int_equal(channels_check_room(plan, 3, &room, &why), 0);
	room.bytes--;
	assert_int_equal(channels_check_room(plan, 3, &room, &why), -1);
	assert_non_null(strstr(why.text, "but the buffers take 66560 KiB"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_channels),
		cmocka_unit_test(no_event_is_left_out),
		cmocka_unit_test(stacks_are_a_choice),
		cmocka_unit_test(maps_are_kept),
		cmocka_unit_test(sizes_follow_the_room),
		cmocka_unit_test(chosen_sizes_stay),
		cmocka_unit_test(filter_is_for_events_that_have_its_fields),
		cmocka_unit_test(room_is_checked_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
