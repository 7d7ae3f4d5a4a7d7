/* SPDX-License-Identifier: MIT */
/*
 * LIBAWAIT_DEBUG=check: detects misuse of handles that the core itself, which
 * looks no further than the state, does not.
 *
 * A handle must be the address of a slot, and its await's function must be
 * mapped (whole_sites.c). Hits are checked, too (every await carries WATCH).
 * Slots that were freed stay out of use for a while, so that stale handles to
 * them stay recognizable (quarantine.c). What is found is printed in one line,
 * with the caller's address for addr2line(1).
 *
 * Functions that return an error return this one. await_ref() and await_unref()
 * have none to return and abort, as free() does.
 */
#include "libawait/diag/check.h"

#include "libawait/core/handle.h"
#include "libawait/core/slab.h"
#include "libawait/diag/misuse.h"
#include "libawait/diag/whole_sites.h"
#include "libawait/inspect/peek.h"
#include "libawait/inspect/snapshot.h"

#include <errno.h>
#include <stdlib.h>

static int judge_type(const struct await_type *type, uint32_t layout)
{
	return layout_compatible(type, layout) ? 0 : -EPROTOTYPE;
}

/* Asks the kernel for what a site says. */
static NOINLINE int look(const struct await_site *at, uint32_t layout)
{
	struct descriptor d;
	char code;

	d.at = NULL;
	if (!descriptor_load(&d, at) ||
	    (d.func.run &&
	     !peek_all(&code, (const char *)(uintptr_t)d.func.run, 1)))
		return -ENOEXEC;
	whole_sites_add(at, &d);
	return judge_type(&d.type, layout);
}

static int judge(const struct await *aw, uint32_t layout)
{
	const struct await_type *type;

	if (!aw)
		return -EINVAL;
	if (!slab_has_slot(aw))
		return -EFAULT;
	if (await_core_state(aw) == AWAIT_FREE)
		return -ESTALE;
	type = whole_sites_find(aw->site);
	return type ? judge_type(type, layout) : look(aw->site, layout);
}

COLD int check_handle_used(const struct await *aw, uint32_t layout,
			   const char *operation, const void *addr)
{
	int error = errno, rc = judge(aw, layout);

	if (rc != 0)
		misuse_print(aw, layout, operation, addr, rc);
	errno = error;
	return rc;
}

COLD void check_reference_used(const struct await *aw, const char *operation,
			       const void *addr)
{
	int rc = check_handle_used(aw, AWAIT_LAYOUT_ANY, operation, addr);

	if (rc == -EFAULT || rc == -ESTALE)
		abort();
}
