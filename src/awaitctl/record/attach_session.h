/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record --attach SESSION: adds what a recording of awaits holds to a
 * session that somebody else made, next to what that records (the kernel, say)
 * and in the same trace. It stays theirs: they start, stop and destroy it.
 *
 * LTTng makes no channel in a session that was started once, and never removes
 * one. So all is tried in a session of our own before theirs is touched.
 */
#pragma once

#include "awaitctl/record/record.h"

/* Returns 0, or says what is wrong and returns EXIT_FAILED. */
int attach_session(const struct record_options *options);
