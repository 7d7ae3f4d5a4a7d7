/* SPDX-License-Identifier: MIT */
/* See discarded.h. */
#include "babeltrace/discarded.h"

uint64_t discarded_events(const bt_message *message)
{
	uint64_t count;

	if (bt_message_get_type(message) == BT_MESSAGE_TYPE_DISCARDED_EVENTS &&
	    bt_message_discarded_events_get_count(message, &count) ==
		    BT_PROPERTY_AVAILABILITY_AVAILABLE)
		return count;
	return 0;
}
