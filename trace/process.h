/* SPDX-License-Identifier: MIT */
/*
 * Which recordings a process belongs to. What `awaitctl record` starts has the
 * recording's tag in LIBAWAIT_RECORDING, behind those of the recordings it is
 * started in, with colons between them; so have its descendants, as long as
 * nobody takes that out of their environment. An event tells it, and who the
 * parent is, to every session that records the process.
 *
 * A forked child has a copy of the functions that the forking thread is in:
 * they go on there, but are no runs of the child's own. An event for each says
 * so.
 */
#pragma once

/* Call once, as the tracer starts. */
void process_begin(void);

/* Emits the event: for a session that begins. */
void process_dump(void);

/* Call in a forked child, before LTTng knows it. */
void process_forked(void);
