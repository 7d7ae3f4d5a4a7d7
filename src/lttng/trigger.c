/* SPDX-License-Identifier: MIT */
/* See trigger.h. */
#define _GNU_SOURCE /* asprintf */
#include "lttng/trigger.h"

#include "lttng/failed.h"

#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int trigger_filter(char **text, const struct trigger *trigger, int vpid)
{
	const char *filter = trigger->filter;
	int rc = 0;

	*text = NULL;
	if (filter && vpid)
		rc = asprintf(text, "(%s) && ($ctx.vpid == %d)", filter, vpid);
	else if (vpid)
		rc = asprintf(text, "$ctx.vpid == %d", vpid);
	else if (filter)
		rc = asprintf(text, "%s", filter);
	return rc < 0 ? -1 : 0;
}

static bool describe(struct lttng_event_rule *rule,
		     const struct trigger *trigger, const char *filter)
{
	return lttng_event_rule_user_tracepoint_set_name_pattern(
		       rule, trigger->event) == LTTNG_EVENT_RULE_STATUS_OK &&
	       (!filter || lttng_event_rule_user_tracepoint_set_filter(
				   rule, filter) == LTTNG_EVENT_RULE_STATUS_OK);
}

struct lttng_condition *trigger_condition(const struct trigger *trigger,
					  int vpid)
{
	struct lttng_event_rule *rule =
		lttng_event_rule_user_tracepoint_create();
	struct lttng_condition *condition = NULL;
	char *filter;

	if (trigger_filter(&filter, trigger, vpid) == 0) {
		if (rule && describe(rule, trigger, filter))
			condition =
				lttng_condition_event_rule_matches_create(rule);
		free(filter);
	}
	lttng_event_rule_destroy(rule);
	return condition;
}

static int refused(enum lttng_error_code code, const struct trigger *trigger,
		   struct trouble *why)
{
	if (code == LTTNG_ERR_FILTER_INVAL)
		return lttng_failed(why, -code, "LTTng refuses the filter",
				    trigger->filter,
				    "see lttng-enable-event(1)");
	return lttng_failed(why, -code, "cannot make a trigger of",
			    trigger->event, "is lttng-sessiond 2.13 or later?");
}

/* The action is put into a list of one, since `lttng list-triggers` of 2.13
 * aborts at a snapshot that is not in a list. */
static struct lttng_trigger *create(struct lttng_condition *condition,
				    struct lttng_action *action)
{
	struct lttng_action *list = lttng_action_list_create();
	struct lttng_trigger *trigger = NULL;

	if (list && condition && action &&
	    lttng_action_list_add_action(list, action) ==
		    LTTNG_ACTION_STATUS_OK)
		trigger = lttng_trigger_create(condition, list);
	lttng_action_destroy(list);
	return trigger;
}

struct lttng_trigger *trigger_register(const struct trigger *trigger,
				       struct lttng_condition *condition,
				       struct lttng_action *action,
				       const char *name, struct trouble *why)
{
	struct lttng_trigger *made = create(condition, action);
	enum lttng_error_code code = LTTNG_ERR_NOMEM;

	if (made)
		code = lttng_register_trigger_with_name(made, name);
	if (code == LTTNG_OK)
		return made;
	refused(code, trigger, why);
	lttng_trigger_destroy(made);
	return NULL;
}

static bool set_up(struct lttng_action *action, const char *session)
{
	struct lttng_rate_policy *first =
		lttng_rate_policy_once_after_n_create(TRIGGER_MATCHES);
	bool done = action && first &&
		    lttng_action_snapshot_session_set_session_name(
			    action, session) == LTTNG_ACTION_STATUS_OK &&
		    lttng_action_snapshot_session_set_rate_policy(
			    action, first) == LTTNG_ACTION_STATUS_OK;

	lttng_rate_policy_destroy(first);
	return done;
}

int trigger_snapshot(const struct trigger *trigger, const char *session,
		     int vpid, struct trouble *why)
{
	struct lttng_action *action = lttng_action_snapshot_session_create();
	struct lttng_condition *condition = trigger_condition(trigger, vpid);
	struct lttng_trigger *made;
	char name[TRIGGER_NAME_MAX];

	snprintf(name, sizeof(name), "%s" TRIGGER_SNAPSHOT, session);
	made = trigger_register(trigger, condition,
				set_up(action, session) ? action : NULL, name,
				why);
	lttng_trigger_destroy(made);
	lttng_condition_destroy(condition);
	lttng_action_destroy(action);
	return made ? 0 : -1;
}

static bool is_for(const char *name, const char *session)
{
	size_t length = strlen(session);

	return strncmp(name, session, length) == 0 && name[length] == ':';
}

static void remove_if_for(const struct lttng_host *host, const char *session,
			  const struct lttng_trigger *trigger)
{
	struct trouble why;
	const char *name;
	int rc;

	if (lttng_trigger_get_name(trigger, &name) != LTTNG_TRIGGER_STATUS_OK ||
	    !is_for(name, session))
		return;
	rc = lttng_unregister_trigger(trigger);
	if (rc >= 0)
		return;
	lttng_failed(&why, rc, "cannot remove trigger", name,
		     "try `lttng remove-trigger`");
	lttng_host_note_trouble(host, &why);
}

/* If they cannot be listed, they went with their daemon. */
void trigger_remove(const struct lttng_host *host, const char *session)
{
	struct lttng_triggers *triggers = NULL;
	unsigned count = 0;

	if (lttng_list_triggers(&triggers) != LTTNG_OK)
		return;
	lttng_triggers_get_count(triggers, &count);
	for (unsigned i = 0; i < count; i++)
		remove_if_for(host, session,
			      lttng_triggers_get_at_index(triggers, i));
	lttng_triggers_destroy(triggers);
}
