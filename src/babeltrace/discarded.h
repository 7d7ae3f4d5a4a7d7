/* SPDX-License-Identifier: MIT */
/*
 * Lost events. A tracer that finds its buffer full drops events and counts
 * them; one that overwrites its oldest packets drops those, and nobody knows
 * how many events they held. babeltrace2 has a message for each.
 */
#pragma once

#include <babeltrace2/babeltrace.h>

/* How many events a message of either kind says were lost; 0: that is unknown.
 */
uint64_t discarded_events(const bt_message *message);
