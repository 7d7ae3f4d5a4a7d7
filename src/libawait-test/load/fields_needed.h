/* SPDX-License-Identifier: MIT */
/* The fields without which events.c does not understand an event: one that
 * lacks some is another libawait's. */
#pragma once

#include "lives/events_known.h"

extern const struct events_reader fields_needed;
