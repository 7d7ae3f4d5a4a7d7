/* SPDX-License-Identifier: MIT */
/*
 * A library that a plug-in brought along is unloaded with it, but its threads'
 * ends, its handlers of fork() and of signals would still be called. So
 * libawait.so is linked to stay (-z nodelete). A libawait.a in a plug-in keeps
 * the plug-in here, as the linker of that does not know.
 */
#define _GNU_SOURCE /* _dl_find_object, RTLD_NOLOAD */
#include "libawait/start/stay_loaded.h"

#include "libawait/inspect/loaded_object.h"

#include <dlfcn.h>
#include <link.h>

void stay_loaded(void)
{
	static const char in_here;
	struct dl_find_object found;
	const char *name;

	if (!loaded_object_find(&found, &in_here))
		return;
	/* The program itself has no name there, and is not unloaded. */
	name = found.dlfo_link_map->l_name;
	if (name && *name)
		dlopen(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}
