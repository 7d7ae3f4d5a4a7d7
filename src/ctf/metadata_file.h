/* SPDX-License-Identifier: MIT */
/*
 * The file `metadata` of a trace: text, or packets of text, as LTTng writes
 * that of CTF 1.8 up to 2.14. babeltrace2 2.0 never returns from one that ends
 * within a packet, and takes CTF 2 for CTF 1.8 with a version of its own
 * making; so the file is looked at first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* False if it ends within a packet, or is empty. Everything else is
 * babeltrace2's to judge. */
bool metadata_is_whole(const char *path);

/* Whether a tracer of LTTng says that it wrote it: then packets begin as
 * packet.h has it. */
bool metadata_is_lttng(const char *path);

/* Whether it is CTF 2's: a sequence of JSON texts (RFC 7464). */
bool metadata_is_ctf_2(const char *path);

/* Takes the heads of packets and what pads them out of what a file holds, as
 * far as its packets are whole. Returns how long the text is that is left. */
size_t metadata_strip(char *text, size_t size);
