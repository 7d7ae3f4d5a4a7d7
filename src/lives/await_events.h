/* SPDX-License-Identifier: MIT */
/* What each event of an await says of it. */
#pragma once

#include "lives/moment.h"

/* Whether events of a kind say anything here. The end of an await does not. */
bool await_events_have(enum event_kind kind);

/* Takes one of such a kind. Returns 0, or -1 without memory. */
int await_events_take(const struct moment *now);
