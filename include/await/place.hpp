/* SPDX-License-Identifier: MIT */
/*
 * <await/place.hpp>: where C++ programs make awaits, for <await/await.hpp>. Not
 * for users: nothing here is a promise.
 *
 * Each place in the source has a struct await_site, as in C. That of AWAIT_LAZY
 * is a constant. A constructor knows its place by default arguments alone, as
 * numbers that the compiler knows where it inlines them. So each type of
 * function has a list of the places that have passed one, which only grows, and
 * a table of those that were used last, by their lines. For a lambda that is
 * one place, for others as many as there are; what is paid each time is the
 * comparison of two constants.
 */
#pragma once

#include <await/core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>

namespace AWAIT_HIDDEN_ await_cxx
{
struct known_site {
	struct await_site site;
	const known_site *next;
};

/* The places of one type of function. What is made lives as long as the
 * process, as awaits' sites must. */
struct places {
	static constexpr std::size_t recent_count = 8;

	std::atomic<const known_site *> recent[recent_count]; /* by line */
	std::atomic<const known_site *> known;
	/* At first all that is recent: its line is 0. */
	known_site none;
	/* For the first place, which often is the only one. */
	known_site first;
	std::atomic<bool> first_taken;
	/* NULL, or where lambdas get their name: "main::lambda:12". */
	const char **name;
	const char *kind;
	char name_text[64];

	constexpr places(const struct await_func *func, const char **name_of,
			 const char *kind_of)
	    : recent{ &none, &none, &none, &none, &none, &none, &none, &none },
	      known(nullptr), none{ { func, nullptr, nullptr, 0, 0 }, nullptr },
	      first{ { func, nullptr, nullptr, 0, 0 }, nullptr },
	      first_taken(false), name(name_of), kind(kind_of), name_text{}
	{
	}
};

/* By the thread that has the first place. */
inline void give_name(places &all, const char *function, unsigned line)
{
	std::snprintf(all.name_text, sizeof(all.name_text), "%s::%s:%u",
		      function, all.kind, line);
	/* Release: its text is written first; partner: whoever finds
	 * the site that is added next, or reads the text by its
	 * address. */
	__atomic_store_n(all.name, &all.name_text[0], __ATOMIC_RELEASE);
}

/* Two threads may add the same place at once: then it is there twice,
 * which does no harm. NULL when memory is out. */
inline const known_site *add_place(places &all, const char *file,
				   const char *function, unsigned line)
{
	/* Relaxed: who takes it has it to itself. */
	const bool taken =
		all.first_taken.exchange(true, std::memory_order_relaxed);
	known_site *made = taken ? new (std::nothrow) known_site : &all.first;

	if (!made)
		return nullptr;
	if (!taken && all.name)
		give_name(all, function, line);
	made->site = { all.none.site.func, file, function, line, 0 };
	/* Relaxed: it is not read here. */
	made->next = all.known.load(std::memory_order_relaxed);
	/* Release: the site; partner: find_place(). */
	while (!all.known.compare_exchange_weak(made->next, made,
						std::memory_order_release,
						std::memory_order_relaxed))
		;
	return made;
}

/* A place that is not the recent one of its line. Its parts are in
 * registers, so that nothing is stored where this is not called. */
__attribute__((__noinline__, __cold__)) inline const struct await_site *
find_place(places &all, const char *file, const char *function, unsigned line)
{
	/* Acquire: sites and next; partner: add_place(). */
	const known_site *each = all.known.load(std::memory_order_acquire);

	while (each && (each->site.line != line ||
			(each->site.file != file &&
			 std::strcmp(each->site.file, file) != 0)))
		each = each->next;
	if (!each)
		each = add_place(all, file, function, line);
	if (!each)
		return nullptr;
	/* Release: the site; partner: site_at(). */
	all.recent[line % places::recent_count].store(
		each, std::memory_order_release);
	return &each->site;
}

__attribute__((__always_inline__)) inline const struct await_site *
site_at(places &all, const await::place &at)
{
	/* Acquire: the site; partner: find_place(). */
	const known_site *recent =
		all.recent[at.line % places::recent_count].load(
			std::memory_order_acquire);

	if (__builtin_expect(recent->site.line == at.line &&
				     recent->site.file == at.file,
			     1))
		return &recent->site;
	return find_place(all, at.file, at.function, at.line);
}
} // namespace await_cxx
