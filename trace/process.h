/* SPDX-License-Identifier: MIT */
/*
 * Which recordings a process belongs to. What `awaitctl record` starts has the
 * recording's tag in LIBAWAIT_RECORDING, behind those of the recordings it is
 * started in, with colons between them; so have its descendants, as long as
 * nobody takes that out of their environment. An event tells it, and who the
 * parent is, to every session that records the process.
 */
#pragma once

/* Call once, as the tracer starts. */
void process_begin(void);

/* Emits the event: for a session that begins. */
void process_dump(void);
