/* SPDX-License-Identifier: MIT */
/* What /proc says of a process. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* Opens /proc/PID/NAME; or NULL, with errno. */
FILE *proc_open(pid_t pid, const char *name);

/* Whether one of the strings in that file, which end in end, contains text. */
bool proc_contains(pid_t pid, const char *name, int end, const char *text);

/* The name of its command, "" if there is none. */
void proc_command(pid_t pid, char *command, size_t size);
