/* SPDX-License-Identifier: MIT */
/*
 * What LTTng's consumer daemon left below a directory becomes a trace that can
 * be read, which takes no room: a disk may be full. A stream may end within a
 * packet, which babeltrace2 can't read; that is cut off. If there was room
 * again the next packet begins in its middle; it is left empty. An index may
 * say otherwise than its stream; it is not needed, and goes. Whoever stops in
 * the middle may begin again.
 */
#pragma once

/* Returns 0, or says what failed and returns EXIT_FAILED. */
int repair_trace(const char *output);

/* What the session daemon wrote to the buffers, from, becomes the metadata, to.
 * Returns 0, or -1 with errno: then that is as it was. */
int repair_metadata(const char *from, const char *to);

/* repair_trace(), and repairs the metadata, if there is room for it now. Says
 * nothing: somebody has said already that the trace is incomplete. */
void repair_all(const char *output, const char *buffers);
