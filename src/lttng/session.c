/* SPDX-License-Identifier: MIT */
/* See session.h. */
#include "lttng/session.h"

#include "common/caller.h"
#include "lttng/channels.h"
#include "lttng/session_flush.h"
#include "lttng/trigger.h"
#include "lttng/request.h"

#include <lttng/health.h>
#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CLEAR_MS = 10000, DESTROY_MS = 20000, SNAPSHOT_S = 300 };

struct lookup {
	const char *name;
	bool found;
};

static int look_up(void *data)
{
	struct lookup *lookup = data;
	struct lttng_session *sessions = NULL;
	int count = 0;

	if (lttng_session_daemon_alive() == 1)
		count = lttng_list_sessions(&sessions);
	for (int i = 0; i < count; i++)
		if (!strcmp(sessions[i].name, lookup->name))
			lookup->found = true;
	free(sessions);
	return 0;
}

bool session_exists(const char *name)
{
	struct lookup lookup = { name, false };

	lttng_request(LTTNG_REQUEST_S, look_up, &lookup, "Continue or end it");
	return lookup.found;
}

/* What is asked of LTTng within a limit of time. */
struct request {
	int (*make)(const struct request *request);
	struct session *session;
	int vpid; /* of open() */
};

static int make(void *request)
{
	return ((struct request *)request)->make(request);
}

static int limited(int seconds, struct request request)
{
	const char *name = request.session->name;
	char advice[640];

	snprintf(advice, sizeof(advice), "Continue or end it");
	if (!request.session->shm)
		snprintf(advice, sizeof(advice),
			 "Continue or end it; if it has the session %s then, "
			 "`lttng destroy %s`",
			 name, name);
	return lttng_request(seconds, make, &request, advice);
}

static int start(const struct request *request)
{
	struct session *session = request->session;
	int rc = lttng_start_tracing(session->name);

	if (rc < 0)
		return lttng_failed(
			rc, "cannot start session", session->name,
			"is there room in /dev/shm and on the disk?");
	return 0;
}

int session_start(struct session *session)
{
	return limited(LTTNG_REQUEST_S,
		       (struct request){ .make = start, .session = session });
}

static int track(struct session *session, int vpid)
{
	int rc = vpid ? lttng_track_pid(session->handle, vpid) : 0;

	if (rc < 0)
		return lttng_failed(rc, "cannot choose the process of session",
				    session->name,
				    "is lttng-sessiond 2.13 or later?");
	return 0;
}

static int watch(const struct session *session, int vpid)
{
	const struct channels_options *options = session->options;

	if (!options || !options->trigger.event)
		return 0;
	return trigger_snapshot(&options->trigger, session->name, vpid);
}

static struct lttng_session_descriptor *
describe(const struct session *session, const char *where, bool snapshot)
{
	if (session->live_us)
		return lttng_session_descriptor_live_network_create(
			session->name, where, NULL, session->live_us);
	if (snapshot && *where == '/')
		return lttng_session_descriptor_snapshot_local_create(
			session->name, where);
	if (snapshot)
		return lttng_session_descriptor_snapshot_network_create(
			session->name, where, NULL);
	if (*where == '/')
		return lttng_session_descriptor_local_create(session->name,
							     where);
	return lttng_session_descriptor_network_create(session->name, where,
						       NULL);
}

static int create(const struct session *session, bool snapshot)
{
	struct lttng_session_descriptor *descriptor =
		describe(session, session->where, snapshot);
	enum lttng_error_code code = LTTNG_ERR_NOMEM;

	if (descriptor)
		code = lttng_create_session_ext(descriptor);
	lttng_session_descriptor_destroy(descriptor);
	return code == LTTNG_OK ? 0 : -(int)code;
}

static int name_buffers(struct session *session)
{
	int rc = lttng_set_session_shm_path(session->name, session->shm);

	if (rc < 0)
		lttng_destroy_session_no_wait(session->name);
	return rc;
}

/* From 2.15 on LTTng writes CTF 2 unless asked for ctf-1.8, which is what
 * babeltrace2 2.0 reads: a port has to ask. */
static int open(const struct request *request)
{
	struct session *session = request->session;
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST,
				       .buf_type = LTTNG_BUFFER_PER_UID };
	const struct channels_options *options =
		session->options ? session->options : &channels_usual;
	int rc = create(session, options->snapshot);

	if (rc == 0 && session->shm)
		rc = name_buffers(session);
	if (rc < 0)
		return lttng_failed(rc, "cannot make session", session->name,
				    "see `lttng list`");
	session->handle = lttng_create_handle(session->name, &domain);
	if (!session->handle)
		rc = lttng_failed(-LTTNG_ERR_NOMEM, "cannot use session",
				  session->name, "free some memory");
	else
		rc = channels_enable_metadata(session->handle, &domain) ||
		     channels_enable(session->handle, &domain, options) ||
		     track(session, request->vpid) ||
		     watch(session, request->vpid) || session_start(session);
	if (rc)
		session_abandon(session);
	return rc ? EXIT_FAILED : 0;
}

int session_open(struct session *session, int vpid)
{
	return limited(LTTNG_REQUEST_S,
		       (struct request){ open, session, vpid });
}

/* LTTng itself stops a session whose consumer daemon is dead without a word. */
static bool consumer_lives(void)
{
	struct lttng_health *health = lttng_health_create_consumerd(
		sizeof(void *) == 8 ? LTTNG_HEALTH_CONSUMERD_UST_64 :
				      LTTNG_HEALTH_CONSUMERD_UST_32);
	bool lives = health && lttng_health_query(health) == 0;

	lttng_health_destroy(health);
	return lives;
}

static int stop(const struct request *request)
{
	struct session *session = request->session;
	const char *advice = "the trace may be incomplete";
	int rc = lttng_stop_tracing_no_wait(session->name);

	session->broken = rc < 0 && rc != -LTTNG_ERR_TRACE_ALREADY_STOPPED;
	if (session->broken)
		return lttng_failed(rc, "cannot stop session", session->name,
				    advice);
	rc = session_flush_wait(session->name,
				session->shm ? session->where : NULL);
	session->broken = rc < 0;
	if (rc < 0)
		return lttng_failed(rc, "cannot empty the buffers of session",
				    session->name, advice);
	if (rc == 0 && !consumer_lives()) {
		session->broken = true;
		say("LTTng's consumer daemon has died: %s", advice);
		return EXIT_FAILED;
	}
	session->stuck = rc == SESSION_FLUSH_STUCK;
	if (rc == SESSION_FLUSH_PENDING)
		say("gave up waiting for the last data of session %s: %s",
		    session->name, advice);
	return rc ? EXIT_FAILED : 0;
}

int session_stop(struct session *session)
{
	return limited(LTTNG_REQUEST_S,
		       (struct request){ .make = stop, .session = session });
}

static int snapshot(const struct request *request)
{
	struct session *session = request->session;
	int rc = lttng_snapshot_record(session->name, NULL, 0);

	if (rc < 0)
		return lttng_failed(rc, "cannot record a snapshot of session",
				    session->name,
				    "is there room on the disk?");
	session->snapshots++;
	return 0;
}

static int clear(const struct request *request)
{
	struct session *session = request->session;
	enum lttng_clear_handle_status done = LTTNG_CLEAR_HANDLE_STATUS_ERROR;
	struct lttng_clear_handle *handle = NULL;
	enum lttng_error_code code =
		lttng_clear_session(session->name, &handle);

	if (code == LTTNG_OK)
		done = lttng_clear_handle_wait_for_completion(handle, CLEAR_MS);
	lttng_clear_handle_destroy(handle);
	if (done == LTTNG_CLEAR_HANDLE_STATUS_COMPLETED)
		return 0;
	say("cannot clear the buffers of session %s", session->name);
	return EXIT_FAILED;
}

int session_clear(struct session *session)
{
	return limited(LTTNG_REQUEST_S,
		       (struct request){ .make = clear, .session = session });
}

int session_snapshot(struct session *session)
{
	return limited(SNAPSHOT_S, (struct request){ .make = snapshot,
						     .session = session });
}

static int destroy(const struct request *request)
{
	struct session *session = request->session;
	struct lttng_destruction_handle *handle = NULL;
	enum lttng_destruction_handle_status done;
	enum lttng_error_code code;
	char advice[320];

	snprintf(advice, sizeof(advice), "try `lttng destroy %s`",
		 session->name);
	lttng_destroy_handle(session->handle);
	session->handle = NULL;
	trigger_remove(session->name);
	code = lttng_destroy_session_ext(session->name, &handle);
	/* It went with its daemon, as was said by the request before. */
	if (code == LTTNG_ERR_NO_SESSIOND)
		return EXIT_FAILED;
	if (code != LTTNG_OK)
		return lttng_failed(-code, "cannot remove session",
				    session->name, advice);
	done = lttng_destruction_handle_wait_for_completion(handle, DESTROY_MS);
	if (done == LTTNG_DESTRUCTION_HANDLE_STATUS_COMPLETED)
		lttng_destruction_handle_get_result(handle, &code);
	lttng_destruction_handle_destroy(handle);
	/* Only here LTTng says that it could not write. */
	if (code != LTTNG_OK)
		return lttng_failed(-code, "cannot write all of session",
				    session->name,
				    "is there room on the disk?");
	if (done == LTTNG_DESTRUCTION_HANDLE_STATUS_COMPLETED)
		return 0;
	say("session %s is not gone yet; %s", session->name, advice);
	return EXIT_FAILED;
}

int session_destroy(struct session *session)
{
	return limited(LTTNG_REQUEST_S,
		       (struct request){ .make = destroy, .session = session });
}

void session_abandon(struct session *session)
{
	session_destroy(session);
}
