/* SPDX-License-Identifier: MIT */
/* await_each(): calls back for every await of the process. */
#include "libawait/core/slab.h"
#include "libawait/inspect/snapshot.h"

#include <await/inspect.h>

EXPORT size_t await_each(int (*visit)(const struct await_info *info,
				      void *data),
			 void *data)
{
	/* Acquire: partner of the release in slab_new(). */
	const struct slab *slab =
		atomic_load_explicit(&await_slabs, memory_order_acquire);
	char name[NAME_SIZE];
	struct await_info info;
	size_t count = 0;

	info.name = name;

	for (; slab; slab = slab->next) {
		const char *slot = (const char *)slab + slab->first_slot;

		for (uint32_t i = 0; i < slab->count; i++) {
			if (snapshot_info(&info, (const void *)slot,
					  slab->first_id + i)) {
				name_table_get(info.aw, info.id, name);
				count++;
				if (visit(&info, data) != 0)
					return count;
			}
			slot += slab->slot_size;
		}
	}
	return count;
}
