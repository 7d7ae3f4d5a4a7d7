/* SPDX-License-Identifier: MIT */
/*
 * See lives_filter.h. An iterator takes messages until lives have ended, which
 * wait in a queue until they are asked for:
 *
 *     TAKING     the input has more
 *     FINISHING  it has not: what was alive is in the queue, too
 *     ENDED      the end of the stream was passed on
 *
 * The stream begins with the first life; without one there is no stream. The
 * time of a message is when the life ended, or that of the one before: some of
 * those that end with their process are told of when all has been read.
 */
#include "babeltrace-plugin/lives_filter.h"

#include "babeltrace-plugin/life_event.h"
#include "babeltrace-plugin/parameters.h"
#include "babeltrace/message_event.h"
#include "babeltrace/mip.h"
#include "common/array.h"

#include <stdlib.h>

#define FAIL(self, ...)                                                        \
	BT_CURRENT_THREAD_ERROR_APPEND_CAUSE_FROM_MESSAGE_ITERATOR(            \
		self, __VA_ARGS__)

enum state { TAKING, FINISHING, ENDED };

struct filter {
	bt_self_message_iterator *self;
	bt_message_iterator *input;
	enum state state;
	struct message_events events;
	struct lives lives;
	struct lives_told told;
	struct life_events out;
	bool begun; /* the stream out */
	/* From sent to count. */
	struct life **queue;
	size_t sent, count;
	const bt_clock_class *clock; /* of an input; or NULL */
	int64_t latest; /* no life that was passed on ended later */
	bool out_of_memory;
};

/* --- what becomes of the messages --- */

static int on_change(void *data, const struct lives_change *change)
{
	struct filter *filter = data;
	struct life *life, **larger;

	if (life_take(&filter->told, &filter->lives, change, &life))
		return -1;
	if (!life)
		return 0;
	larger = array_grow(filter->queue, filter->count, sizeof(*larger));
	if (!larger) {
		life_free(life);
		return -1;
	}
	filter->queue = larger;
	larger[filter->count++] = life;
	return 0;
}

static void on_event(void *data, const struct trace_event *event)
{
	struct filter *filter = data;

	filter->out_of_memory |= lives_event(&filter->lives, event) != 0;
}

static void on_packet_end(void *data, int64_t host, int64_t time)
{
	struct filter *filter = data;

	filter->out_of_memory |=
		lives_recorded(&filter->lives, host, time) != 0;
}

static void on_discarded(void *data, uint64_t count)
{
	struct filter *filter = data;

	lives_discarded(&filter->lives, count);
}

static const struct reader_calls calls = {
	.event = on_event,
	.packet_end = on_packet_end,
	.discarded = on_discarded,
};

/* The first clock that there is, of a stream that begins. */
static void note_clock(struct filter *filter, const bt_message *message)
{
	if (filter->clock ||
	    bt_message_get_type(message) != BT_MESSAGE_TYPE_STREAM_BEGINNING)
		return;
	filter->clock = bt_stream_class_borrow_default_clock_class_const(
		bt_stream_borrow_class_const(
			bt_message_stream_beginning_borrow_stream_const(
				message)));
	if (filter->clock)
		bt_clock_class_get_ref(filter->clock);
}

static void take(struct filter *filter, bt_message_array_const messages,
		 uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		note_clock(filter, messages[i]);
		if (!filter->events.stopped)
			message_event_take(&filter->events, messages[i]);
		bt_message_put_ref(messages[i]);
	}
	filter->out_of_memory |= filter->events.stopped;
}

/* --- the iterator --- */

static void filter_free(struct filter *filter)
{
	while (filter->sent < filter->count)
		life_free(filter->queue[filter->sent++]);
	free(filter->queue);
	life_events_close(&filter->out);
	bt_clock_class_put_ref(filter->clock);
	lives_told_free(&filter->told);
	lives_free(&filter->lives);
	message_events_free(&filter->events);
	bt_message_iterator_put_ref(filter->input);
	free(filter);
}

static struct filter *filter_new(bt_self_message_iterator *self)
{
	struct filter *filter = calloc(1, sizeof(*filter));

	if (!filter)
		return NULL;
	filter->self = self;
	filter->lives.told = on_change;
	filter->lives.told_data = filter;
	filter->events.calls = &calls;
	filter->events.data = filter;
	filter->events.mip = bt_self_component_get_graph_mip_version(
		bt_self_message_iterator_borrow_component(self));
	return filter;
}

static bt_message_iterator_class_next_method_status
finish(struct filter *filter)
{
	filter->state = FINISHING;
	if (filter->lives.foreign) {
		FAIL(filter->self, "%s", filter->lives.why_foreign.text);
		return BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_ERROR;
	}
	return lives_finish(&filter->lives) ?
		       BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_MEMORY_ERROR :
		       BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_OK;
}

/* Once there is something to pass on, or nothing is to come. */
static bt_message_iterator_class_next_method_status
fill_queue(struct filter *filter)
{
	bt_message_iterator_next_status status =
		BT_MESSAGE_ITERATOR_NEXT_STATUS_OK;
	bt_message_array_const messages;
	uint64_t count;

	filter->sent = filter->count = 0;
	while (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK && !filter->count) {
		if (bt_self_message_iterator_is_interrupted(filter->self))
			return BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_AGAIN;
		status = bt_message_iterator_next(filter->input, &messages,
						  &count);
		if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
			take(filter, messages, count);
		if (filter->out_of_memory)
			return BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_MEMORY_ERROR;
	}
	if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_END)
		return finish(filter);
	return (bt_message_iterator_class_next_method_status)status;
}

/* NULL without memory. */
static const bt_message *begin(struct filter *filter)
{
	if (life_events_open(&filter->out, filter->self, filter->events.mip,
			     filter->clock))
		return NULL;
	filter->begun = true;
	return life_events_begin(&filter->out);
}

/* The next; NULL without memory. */
static const bt_message *message_of(struct filter *filter)
{
	const bt_message *message;
	struct life *life;

	if (filter->sent == filter->count) {
		filter->state = ENDED;
		return life_events_end(&filter->out);
	}
	if (!filter->begun)
		return begin(filter);
	life = filter->queue[filter->sent++];
	if (life->ended_at > filter->latest)
		filter->latest = life->ended_at;
	message = life_events_message(&filter->out, life,
				      (uint64_t)filter->latest);
	life_free(life);
	return message;
}

static bool has_more(const struct filter *filter)
{
	return filter->sent < filter->count ||
	       (filter->state == FINISHING && filter->begun);
}

static bt_message_iterator_class_next_method_status
pass_on(struct filter *filter, bt_message_array_const messages,
	uint64_t capacity, uint64_t *count)
{
	for (*count = 0; *count < capacity && has_more(filter); (*count)++) {
		messages[*count] = message_of(filter);
		if (messages[*count])
			continue;
		while (*count)
			bt_message_put_ref(messages[--*count]);
		return BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_MEMORY_ERROR;
	}
	return *count ? BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_OK :
			BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_END;
}

bt_message_iterator_class_next_method_status
lives_filter_next(bt_self_message_iterator *self,
		  bt_message_array_const messages, uint64_t capacity,
		  uint64_t *count)
{
	struct filter *filter = bt_self_message_iterator_get_data(self);

	if (filter->state == TAKING && filter->sent == filter->count) {
		bt_message_iterator_class_next_method_status status =
			fill_queue(filter);

		if (status != BT_MESSAGE_ITERATOR_CLASS_NEXT_METHOD_STATUS_OK)
			return status;
	}
	return pass_on(filter, messages, capacity, count);
}

bt_message_iterator_class_initialize_method_status
lives_filter_begin(bt_self_message_iterator *self,
		   bt_self_message_iterator_configuration *configuration,
		   bt_self_component_port_output *port)
{
	struct filter *filter = filter_new(self);
	bt_message_iterator_create_from_message_iterator_status status;

	(void)configuration;
	if (!filter)
		return BT_MESSAGE_ITERATOR_CLASS_INITIALIZE_METHOD_STATUS_MEMORY_ERROR;
	status = bt_message_iterator_create_from_message_iterator(
		self,
		bt_self_component_port_get_data(
			bt_self_component_port_output_as_self_component_port(
				port)),
		&filter->input);
	if (status) {
		filter_free(filter);
		return (bt_message_iterator_class_initialize_method_status)
			status;
	}
	bt_self_message_iterator_set_data(self, filter);
	return BT_MESSAGE_ITERATOR_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

void lives_filter_end(bt_self_message_iterator *self)
{
	filter_free(bt_self_message_iterator_get_data(self));
}

/* --- the component --- */

bt_component_class_get_supported_mip_versions_method_status
lives_filter_versions(bt_self_component_class_filter *class,
		      const bt_value *parameters, void *data,
		      bt_logging_level level,
		      bt_integer_range_set_unsigned *versions)
{
	(void)class;
	(void)parameters;
	(void)data;
	(void)level;
	return mip_add_supported(versions) ?
		       BT_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD_STATUS_MEMORY_ERROR :
		       BT_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD_STATUS_OK;
}

bt_component_class_initialize_method_status
lives_filter_initialize(bt_self_component_filter *self,
			bt_self_component_filter_configuration *configuration,
			const bt_value *parameters, void *data)
{
	bt_self_component_port_input *in;
	struct trouble why;

	(void)configuration;
	(void)data;
	if (parameters_read(parameters, NULL, 0, NULL, &why)) {
		BT_CURRENT_THREAD_ERROR_APPEND_CAUSE_FROM_COMPONENT(
			bt_self_component_filter_as_self_component(self), "%s",
			why.text);
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	}
	if (bt_self_component_filter_add_input_port(self, "in", NULL, &in) ||
	    bt_self_component_filter_add_output_port(self, "out", in, NULL))
		return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
}
