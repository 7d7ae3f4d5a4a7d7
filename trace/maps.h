/* SPDX-License-Identifier: MIT */
/* Files that the program loads while it is recorded: see maps.c. */
#pragma once

struct files;

/* Call once, as the tracer starts. */
void maps_begin(void);

/* LTTng knows of all files that there are as long as these counts stay. */
void maps_seen(const struct files *files);

/* Call before an event of code at addr is recorded, if files may have been
 * loaded. */
void maps_look(const void *addr);
