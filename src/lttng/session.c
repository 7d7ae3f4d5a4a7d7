/* SPDX-License-Identifier: MIT */
/* See session.h. */
#include "lttng/session.h"

#include "common/ticks.h"
#include "lttng/channels.h"
#include "lttng/consumer32.h"
#include "lttng/consumers.h"
#include "lttng/failed.h"
#include "lttng/request.h"
#include "lttng/session_check.h"
#include "lttng/session_flush.h"
#include "lttng/trace_format.h"
#include "lttng/trigger.h"

#include <lttng/lttng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CLEAR_MS = 10000, DESTROY_MS = 20000, SNAPSHOT_S = 300 };

struct lookup {
	const char *name;
	struct session_found *found;
};

static int look_up(void *data, struct trouble *why)
{
	const struct lookup *lookup = data;
	struct lttng_session *sessions = NULL;
	int count = 0, found = 0;

	if (lttng_session_daemon_alive() == 1)
		count = lttng_list_sessions(&sessions);
	if (count < 0)
		return lttng_failed(why, count, "cannot look for session",
				    lookup->name, NULL);
	for (int i = 0; i < count && !found; i++) {
		found = strcmp(sessions[i].name, lookup->name) == 0;
		if (!found)
			continue;
		lookup->found->snapshot = sessions[i].snapshot_mode;
		snprintf(lookup->found->path, sizeof(lookup->found->path), "%s",
			 sessions[i].path);
	}
	free(sessions);
	return found;
}

int session_find(const struct lttng_host *host, const char *name,
		 struct session_found *there, struct trouble *why)
{
	struct lookup lookup = { name, there };
	const struct lttng_request request = { .run = look_up,
					       .data = &lookup };

	return lttng_request(host, &request, why);
}

/* A step with a session, which is one request. */
struct step {
	int (*run)(const struct step *step, struct trouble *why);
	struct session *session;
	int vpid; /* of open() */
};

static int run(void *data, struct trouble *why)
{
	const struct step *step = data;

	return step->run(step, why);
}

static int limited(int seconds, struct step step, struct trouble *why)
{
	const char *name = step.session->name;
	char advice[640];
	const struct lttng_request request = {
		.run = run,
		.data = &step,
		.seconds = seconds,
		.advice = step.session->shm ? NULL : advice,
	};

	snprintf(advice, sizeof(advice),
		 "Continue or end it; if it has the session %s then, `lttng "
		 "destroy %s`",
		 name, name);
	return lttng_request(step.session->host, &request, why);
}

static int start(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	int rc = lttng_start_tracing(session->name);

	session->refused = rc < 0 && consumer32_explains(-rc);
	if (rc < 0)
		return lttng_failed(
			why, rc, "cannot start session", session->name,
			"is there room in /dev/shm and on the disk?");
	return session_check_recording(session, why);
}

int session_start(struct session *session, struct trouble *why)
{
	return limited(0, (struct step){ .run = start, .session = session },
		       why);
}

static int track(struct session *session, int vpid, struct trouble *why)
{
	int rc = vpid ? lttng_track_pid(session->handle, vpid) : 0;

	if (rc < 0)
		return lttng_failed(
			why, rc, "cannot choose the process of session",
			session->name, "is lttng-sessiond 2.13 or later?");
	return vpid ? session_check_process(session, vpid, why) : 0;
}

static int watch(const struct session *session, int vpid, struct trouble *why)
{
	const struct channels_options *options = session->options;

	if (!options || !options->trigger.event)
		return 0;
	return trigger_snapshot(&options->trigger, session->name, vpid, why);
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

	if (descriptor && trace_format_choose(descriptor, session->ctf2))
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

static int make(struct session *session, const struct channels_options *options,
		struct trouble *why)
{
	int rc = create(session, options->snapshot);

	if (rc == 0 && session->shm)
		rc = name_buffers(session);
	if (rc < 0)
		return lttng_failed(why, rc, "cannot make session",
				    session->name, "see `lttng list`");
	return 0;
}

/* As consumer32.h says if a program of 32 bits is there already. */
static int start_beside(struct session *session, struct trouble *why)
{
	if (consumer32_record(session->name, false, why) ||
	    session_start(session, why))
		return -1;
	return consumer32_record(session->name, true, why);
}

static int set_up(struct session *session,
		  const struct channels_options *options, int vpid,
		  struct trouble *why)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST,
				       .buf_type = LTTNG_BUFFER_PER_UID };
	int rc;

	session->handle = lttng_create_handle(session->name, &domain);
	if (!session->handle)
		return lttng_failed(why, -LTTNG_ERR_NOMEM, "cannot use session",
				    session->name, "free some memory");
	rc = channels_enable_metadata(session->handle, &domain, why) ||
	     channels_enable(session->handle, &domain, options, why) ||
	     track(session, vpid, why) || watch(session, vpid, why);
	lttng_destroy_handle(session->handle);
	session->handle = NULL;
	if (rc)
		return -1;
	return session->lacks_32 && !vpid ? start_beside(session, why) :
					    session_start(session, why);
}

static int open(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	const struct channels_options *options =
		session->options ? session->options : &channels_usual;

	if (make(session, options, why))
		return -1;
	if (set_up(session, options, step->vpid, why) == 0)
		return 0;
	session_abandon(session);
	if (!session->refused || session->lacks_32)
		return -1;
	consumer32_note_missing(session->host, &session->lacks_32);
	/* LTTng answers nobody while it is there, and removes it only if it had
	 * made buffers in it. */
	if (session->shm)
		rmdir(session->shm);
	return open(step, why);
}

int session_open(struct session *session, int vpid, struct trouble *why)
{
	return limited(0, (struct step){ open, session, vpid }, why);
}

static int stop(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	const char *advice = "the trace may be incomplete";
	uint64_t now = now_ns();
	int rc = lttng_stop_tracing_no_wait(session->name);

	session->stopped = rc >= 0 ? now : 0;
	session->broken = rc < 0 && rc != -LTTNG_ERR_TRACE_ALREADY_STOPPED;
	if (session->broken)
		return lttng_failed(why, rc, "cannot stop session",
				    session->name, advice);
	rc = session_flush_wait(session->host, session->name,
				session->shm ? session->where : NULL);
	session->broken = rc < 0;
	if (rc < 0)
		return lttng_failed(why, rc,
				    "cannot empty the buffers of session",
				    session->name, advice);
	/* LTTng stops a session without an error then. */
	if (rc == SESSION_FLUSH_DONE && !consumers_live()) {
		session->broken = true;
		return trouble(why, "LTTng's consumer daemon has died: %s",
			       advice);
	}
	session->stuck = rc == SESSION_FLUSH_STUCK;
	if (rc == SESSION_FLUSH_PENDING)
		return trouble(why,
			       "gave up waiting for the last data of session "
			       "%s: %s",
			       session->name, advice);
	return rc == SESSION_FLUSH_DONE ? 0 : -1;
}

int session_stop(struct session *session, struct trouble *why)
{
	return limited(0, (struct step){ .run = stop, .session = session },
		       why);
}

static int snapshot(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	int rc = lttng_snapshot_record(session->name, NULL, 0);

	if (rc < 0)
		return lttng_failed(
			why, rc, "cannot record a snapshot of session",
			session->name, "is there room on the disk?");
	session->snapshots++;
	return 0;
}

int session_snapshot(struct session *session, struct trouble *why)
{
	return limited(SNAPSHOT_S,
		       (struct step){ .run = snapshot, .session = session },
		       why);
}

static int clear(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	enum lttng_clear_handle_status done = LTTNG_CLEAR_HANDLE_STATUS_ERROR;
	struct lttng_clear_handle *handle = NULL;
	enum lttng_error_code code =
		lttng_clear_session(session->name, &handle);

	if (code == LTTNG_OK)
		done = lttng_clear_handle_wait_for_completion(handle, CLEAR_MS);
	lttng_clear_handle_destroy(handle);
	if (done == LTTNG_CLEAR_HANDLE_STATUS_COMPLETED)
		return 0;
	return trouble(why, "cannot clear the buffers of session %s",
		       session->name);
}

int session_clear(struct session *session, struct trouble *why)
{
	return limited(0, (struct step){ .run = clear, .session = session },
		       why);
}

/* It is only here that LTTng reports that it could not write. */
static int finish_destruction(struct session *session,
			      struct lttng_destruction_handle *handle,
			      const char *advice, struct trouble *why)
{
	enum lttng_destruction_handle_status done =
		lttng_destruction_handle_wait_for_completion(handle,
							     DESTROY_MS);
	enum lttng_error_code code = LTTNG_OK;

	if (done != LTTNG_DESTRUCTION_HANDLE_STATUS_COMPLETED)
		return trouble(why, "session %s is not gone yet; %s",
			       session->name, advice);
	lttng_destruction_handle_get_result(handle, &code);
	if (consumer32_explains(code) && consumers_live()) {
		if (!session->refused)
			consumer32_note_missing(session->host,
						&session->lacks_32);
		return 0;
	}
	if (code != LTTNG_OK)
		return lttng_failed(why, -code, "cannot write all of session",
				    session->name,
				    "is there room on the disk?");
	return 0;
}

static int destroy(const struct step *step, struct trouble *why)
{
	struct session *session = step->session;
	struct lttng_destruction_handle *handle = NULL;
	enum lttng_error_code code;
	char advice[320];
	int rc;

	snprintf(advice, sizeof(advice), "try `lttng destroy %s`",
		 session->name);
	trigger_remove(session->host, session->name);
	code = lttng_destroy_session_ext(session->name, &handle);
	/* It went with its daemon, as the request before has reported. */
	if (code == LTTNG_ERR_NO_SESSIOND)
		return -1;
	if (code != LTTNG_OK)
		return lttng_failed(why, -code, "cannot remove session",
				    session->name, advice);
	rc = finish_destruction(session, handle, advice, why);
	lttng_destruction_handle_destroy(handle);
	return rc;
}

int session_destroy(struct session *session, struct trouble *why)
{
	return limited(0, (struct step){ .run = destroy, .session = session },
		       why);
}

void session_abandon(struct session *session)
{
	struct trouble why;

	if (session_destroy(session, &why))
		lttng_host_note_trouble(session->host, &why);
}
