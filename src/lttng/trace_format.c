/* SPDX-License-Identifier: MIT */
/* See trace_format.h. HAVE_TRACE_FORMAT: liblttng-ctl lets one choose. */
#include "lttng/trace_format.h"

#include <lttng/lttng.h>

#ifdef HAVE_TRACE_FORMAT
static enum lttng_trace_format wanted(bool ctf2)
{
	return ctf2 ? LTTNG_TRACE_FORMAT_CTF_2 : LTTNG_TRACE_FORMAT_CTF_1_8;
}

bool trace_format_is_a_choice(void)
{
	return true;
}

bool trace_format_choose(struct lttng_session_descriptor *descriptor, bool ctf2)
{
	return lttng_session_descriptor_set_trace_format(descriptor,
							 wanted(ctf2)) ==
	       LTTNG_SESSION_DESCRIPTOR_STATUS_OK;
}

bool trace_format_is_refused(int rc)
{
	return rc == -LTTNG_ERR_UNSUPPORTED_TRACE_FORMAT;
}

bool trace_format_is(const struct lttng_session *session, bool ctf2)
{
	enum lttng_trace_format format;

	return lttng_get_session_trace_format(session, &format) ==
		       LTTNG_GET_SESSION_TRACE_FORMAT_STATUS_OK &&
	       format == wanted(ctf2);
}
#else
bool trace_format_is_a_choice(void)
{
	return false;
}

bool trace_format_choose(struct lttng_session_descriptor *descriptor, bool ctf2)
{
	(void)descriptor;
	return !ctf2;
}

bool trace_format_is_refused(int rc)
{
	(void)rc;
	return false;
}

bool trace_format_is(const struct lttng_session *session, bool ctf2)
{
	(void)session;
	return !ctf2;
}
#endif

int trace_format_no_choice(struct trouble *why)
{
	return trouble(why,
		       "CTF 2 needs LTTng 2.15 or later, and this awaitctl is "
		       "built with liblttng-ctl " LTTNG_CTL_VERSION
		       ": leave out --format=" TRACE_FORMAT_CTF_2);
}
