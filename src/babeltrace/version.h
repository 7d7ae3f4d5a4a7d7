/* SPDX-License-Identifier: MIT */
/* The version of the libbabeltrace2 that the process runs with. */
#pragma once

enum { BABELTRACE_VERSION_SIZE = 64 };

void babeltrace_version(char text[BABELTRACE_VERSION_SIZE]);
