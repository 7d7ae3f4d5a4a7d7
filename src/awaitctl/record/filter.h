/* SPDX-License-Identifier: MIT */
/*
 * The filters of the command line, and the events that each can be used for:
 * those that have all the fields it names. LTTng itself discards an event
 * without one of them, so the others are recorded unfiltered: what became of an
 * await whose creation and runs are recorded is then recorded too.
 *
 * A trigger has one event, which must have all the fields of its filter.
 *
 * Only the names of fields and their labels (filter_labels.h) are checked here;
 * LTTng checks the expression.
 */
#pragma once

struct channels_options;
struct trigger;

/* Sets filter, which lasts as long as the process, and filtered; the last call
 * counts. Returns 0, or says what is wrong and returns EXIT_USAGE (it is empty)
 * or EXIT_FAILED (no event has these fields, or a field not that label). */
int filter_parse(struct channels_options *options, const char *text);

/* EVENT or EVENT if EXPR, of --snapshot-on. Returns 0, or says what is wrong
 * and returns EXIT_USAGE, or EXIT_FAILED if the event lacks a field. */
int filter_parse_trigger(struct trigger *trigger, const char *text);
