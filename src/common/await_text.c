/* SPDX-License-Identifier: MIT */
/* See await_text.h. */
#define _GNU_SOURCE /* strerrorname_np, strerrordesc_np */
#include "common/await_text.h"

#include <await/core.h>

#include <string.h>

const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		[AWAIT_FREE] = "free",
		[AWAIT_PENDING] = "pending",
		[AWAIT_RUNNING] = "running",
		[AWAIT_RESOLVED] = "resolved",
		[AWAIT_FAILED] = "failed",
		[AWAIT_CANCELLED] = "cancelled",
		"damaged (6)",
		"damaged (7)",
	};

	return names[state % (sizeof(names) / sizeof(names[0]))];
}

void line_id(struct line *line, uint64_t id)
{
	line_char(line, '#');
	line_unsigned(line, (uint32_t)id);
	if (id >> 32 != 0) {
		line_char(line, '.');
		line_unsigned(line, id >> 32);
	}
}

void line_given_name(struct line *line, const char *name)
{
	if (*name == '\0')
		return;
	line_char(line, ' ');
	line_quoted_whole(line, name, strlen(name));
}

/* --- errors --- */

static bool is_errno(int error)
{
	/* A table of constants: safe in a signal handler, as strerror() is
	 * not, and the same in every language. */
	return error < 0 && error > -4096 && strerrorname_np(-error);
}

void line_error_name(struct line *line, int error)
{
	if (is_errno(error)) {
		line_char(line, '-');
		line_text(line, strerrorname_np(-error));
	} else {
		line_signed(line, error);
	}
}

void line_error(struct line *line, int error, unsigned attempts)
{
	line_error_name(line, error);
	if (is_errno(error)) {
		line_text(line, " (");
		line_text(line, strerrordesc_np(-error));
		line_char(line, ')');
	}
	if (attempts == 0)
		return;
	line_text(line, ", ");
	line_unsigned(line, attempts);
	line_text(line, attempts >= ATTEMPTS_MOST ? " or more attempts" :
			attempts == 1		  ? " attempt" :
						    " attempts");
}

void line_only_waiters(struct line *line, uint32_t waiters)
{
	if (waiters == 0)
		return;
	line_text(line, "only who waits holds it unless lent (");
	line_unsigned(line, waiters);
	line_text(line, waiters == 1 ? " reference)" : " references)");
}

/* --- values --- */

static bool line_float_of(struct line *line, const void *bytes, uint32_t size)
{
	union {
		float f;
		double d;
		long double l;
	} number;

	if (size > sizeof(number))
		return false;
	memcpy(&number, bytes, size);
	if (size == sizeof(number.f))
		line_float(line, (long double)number.f);
	else if (size == sizeof(number.d))
		line_float(line, (long double)number.d);
	else if (size == sizeof(number.l))
		line_float(line, number.l);
	else
		return false;
	return true;
}

bool value_word(const void *bytes, uint32_t size, uint64_t *word)
{
	if (size == 0 || size > 8 || (size & (size - 1)) != 0)
		return false;
	*word = 0;
	/* The low bytes of the word, in the machine's byte order. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((char *)word + 8 - size, bytes, size);
#else
	memcpy(word, bytes, size);
#endif
	return true;
}

static void line_address(struct line *line, uint64_t address)
{
	if (address == 0)
		line_text(line, "NULL");
	else
		line_hex(line, address);
}

static bool line_word_of(struct line *line, const void *bytes, uint32_t size,
			 uint32_t kind)
{
	unsigned unused = 64 - 8 * size;
	uint64_t word;

	if (kind == AWAIT_KIND_DONE) {
		line_text(line, "done");
		return true;
	}
	if (!value_word(bytes, size, &word))
		return false;
	switch (kind) {
	case AWAIT_KIND_BOOL:
		line_text(line, word ? "true" : "false");
		return true;
	case AWAIT_KIND_SIGNED:
		line_signed(line, (int64_t)(word << unused) >> unused);
		return true;
	case AWAIT_KIND_UNSIGNED:
		line_unsigned(line, word);
		return true;
	case AWAIT_KIND_STRING:
	case AWAIT_KIND_POINTER:
		line_address(line, word);
		return true;
	default:
		return false;
	}
}

void line_value(struct line *line, uint32_t kind, const void *bytes,
		uint32_t size)
{
	if (bytes &&
	    (kind == AWAIT_KIND_FLOAT ? line_float_of(line, bytes, size) :
					line_word_of(line, bytes, size, kind)))
		return;
	line_char(line, '{');
	line_unsigned(line, size);
	line_text(line, size == 1 ? " byte}" : " bytes}");
}

void line_string(struct line *line, uint64_t address, const char *text,
		 size_t size)
{
	if (address != 0 && text) {
		line_quoted(line, text, size);
		return;
	}
	line_address(line, address);
	if (address != 0)
		line_text(line, " <unreadable>");
}
