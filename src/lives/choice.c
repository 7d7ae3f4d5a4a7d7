/* SPDX-License-Identifier: MIT */
/* See choice.h. */
#include "lives/choice.h"

#include "lives/lives.h"

bool choice_has_time(const struct lives *lives, int64_t time)
{
	const struct lives_choice *choice = &lives->choice;

	return !choice->has_window ||
	       (time >= choice->since && time < choice->until);
}

/* A state dump is not by those who run what it tells of. */
bool choice_has_event(const struct lives *lives,
		      const struct trace_event *event)
{
	int64_t thread = lives->choice.thread;

	if (thread && (event->vtid != thread || event->kind == EVENT_DUMP_LIVE))
		return false;
	return choice_has_time(lives, event->time);
}

bool choice_has_site(const struct lives *lives, const struct lives_site *site)
{
	struct lives_function function = { .name = "(unknown)", .type = "" };
	const struct lives_site unknown = { .function = &function };

	if (site)
		return !site->left_out;
	return !lives->choice.site ||
	       lives->choice.site(lives->choice.data, &unknown);
}

/* What an await is, no thread is. */
bool choice_has_whole(const struct lives *lives,
		      const struct lives_await *await)
{
	return !lives->choice.thread &&
	       (!lives->choice.has_window ||
		(await->created && choice_has_time(lives, await->created_at)));
}

bool choice_has_unended(const struct lives *lives, int64_t began)
{
	return !lives->choice.thread && choice_has_time(lives, began);
}

bool choice_is_part(const struct lives *lives)
{
	return lives->choice.has_window || lives->choice.thread ||
	       lives->choice.site;
}
