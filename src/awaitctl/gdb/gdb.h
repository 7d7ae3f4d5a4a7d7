/* SPDX-License-Identifier: MIT */
/*
 * awaitctl gdb: gdb with libawait's commands, whatever gdb may load by itself.
 * It trusts none but the usual places, and /usr/local is not one of them.
 */
#pragma once

/* argv[0] is "gdb"; what follows is for gdb, but for --help or -h alone.
 * Becomes gdb; returns EXIT_FAILED, or -1 when the help is wanted. */
int gdb(int argc, char **argv);
