/* SPDX-License-Identifier: MIT */
/* See handle.h. */
#include "libawait/core/handle.h"

bool layout_compatible(const struct await_type *type, uint32_t layout)
{
	/* An int and an enum are of one class, and so are all pointers: two
	 * languages need not agree on more than that. */
	enum { NUMBER, FLOAT, POINTER, DONE };
	static const uint8_t class_of_kind[8] = {
		[AWAIT_KIND_FLOAT] = FLOAT,
		[AWAIT_KIND_STRING] = POINTER,
		[AWAIT_KIND_POINTER] = POINTER,
		[AWAIT_KIND_DONE] = DONE,
	};
	uint32_t kind = layout & 7;

	if (layout == AWAIT_LAYOUT_ANY)
		return true;
	if (type->size != layout >> 3)
		return false;
	return kind == AWAIT_KIND_OPAQUE || type->kind == AWAIT_KIND_OPAQUE ||
	       class_of_kind[kind] == class_of_kind[type->kind & 7];
}
