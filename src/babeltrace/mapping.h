/* SPDX-License-Identifier: MIT */
/* What LTTng tells of files that are mapped in a process. */
#pragma once

#include "common/mapped_file.h"

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>

/* Whether events of that name tell which file is mapped where, or its build
 * id. */
bool mapping_is_told_by(const char *name);

/* *file is valid as long as the event. Time and process stay as they are. */
void mapping_read(const bt_event *event, struct mapped_file *file);
