/* SPDX-License-Identifier: MIT */
/*
 * A program that says it has libawait, but what it says is wrong, in the way
 * that its argument names: a debug block of another version, or a damaged one,
 * or one that no loader has touched.
 */
#include "abi/debug.h"

#include <stdio.h>
#include <string.h>

__attribute__((section(".await_debug"),
	       used)) static struct await_debug_block block = {
	.magic = AWAIT_DEBUG_MAGIC,
	.major = AWAIT_DEBUG_MAJOR,
	.minor = AWAIT_DEBUG_MINOR,
	.size = sizeof(struct await_debug_block),
};

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "newer"))
		block.major = AWAIT_DEBUG_MAJOR + 1;
	else if (!strcmp(what, "short"))
		block.size = 100;
	else if (!strcmp(what, "offsets"))
		memset(&block.slab_magic, 0xff, 100);
	else if (!strcmp(what, "none"))
		block.magic = 0;
	else if (!strcmp(what, "untouched"))
		block.slab_alignment = 4096, block.await_head = 24,
		block.thread_stride = 64, block.arg_stride = 64,
		block.names_stride = 96, block.name_size = 64;
	puts("ready");
	fflush(stdout);
	getchar();
	return 0;
}
