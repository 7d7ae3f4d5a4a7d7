/* SPDX-License-Identifier: MIT */
/*
 * awaitctl record: runs a program and records its awaits.
 */
#pragma once

/*
 * directory: where to, or NULL. argv: the program and its arguments. Returns
 * the program's exit status, or EXIT_FAILED when it could not be started; then
 * nothing is left behind.
 */
int record(const char *directory, char *const argv[]);
