/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into awaitctl, it ends the process as damage can: within
 * libbabeltrace2 when events are fetched for the AWAITCTL_ENDS_READING-th time,
 * or within libdw with AWAITCTL_ENDS_LOOKUP. See test_untrusted.py.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <babeltrace2/babeltrace.h>
#include <elfutils/libdwfl.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

bt_message_iterator_next_status
bt_message_iterator_next(bt_message_iterator *iterator,
			 bt_message_array_const *messages, uint64_t *count)
{
	bt_message_iterator_next_status (*next)(
		bt_message_iterator *, bt_message_array_const *, uint64_t *);
	const char *end = getenv("AWAITCTL_ENDS_READING");
	static int calls;

	if (end && ++calls == atoi(end)) {
		fputs("libbabeltrace2 would say something here\n", stderr);
		abort();
	}
	*(void **)&next = dlsym(RTLD_NEXT, "bt_message_iterator_next");
	return next(iterator, messages, count);
}

Dwarf_Die *dwfl_module_addrdie(Dwfl_Module *module, Dwarf_Addr address,
			       Dwarf_Addr *bias)
{
	Dwarf_Die *(*next)(Dwfl_Module *, Dwarf_Addr, Dwarf_Addr *);

	if (getenv("AWAITCTL_ENDS_LOOKUP"))
		abort();
	*(void **)&next = dlsym(RTLD_NEXT, "dwfl_module_addrdie");
	return next(module, address, bias);
}
