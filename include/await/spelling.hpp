/* SPDX-License-Identifier: MIT */
/*
 * <await/spelling.hpp>: types as text, for <await/await.hpp>. Not for users:
 * nothing here is a promise.
 *
 * The text is the compiler's own, of __PRETTY_FUNCTION__, so no RTTI is needed.
 * What compilers and standard libraries put in is taken out again: both gcc and
 * clang spell std::vector<std::string>.
 */
#pragma once

#include <await/core.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace AWAIT_HIDDEN_ await_cxx
{
/* Not a string_view: gcc would spell that behind T. */
template <class T> constexpr const char *pretty_function()
{
	return __PRETTY_FUNCTION__;
}

template <class T> constexpr std::string_view spelled_by_compiler()
{
	const std::string_view text = pretty_function<T>();
	const std::size_t begin = text.find("T = ") + 4;

	return text.substr(begin, text.rfind(']') - begin);
}

struct respelling {
	std::string_view from, to; /* which is no longer */
};

constexpr respelling respellings[] = {
	{ "__cxx11::", "" },
	{ "__1::", "" },
	{ "{anonymous}::", "" },
	{ "(anonymous namespace)::", "" },
	{ "basic_string<char>", "string" },
	{ "basic_string_view<char>", "string_view" },
	{ "long long unsigned int", "unsigned long long" },
	{ "long unsigned int", "unsigned long" },
	{ "short unsigned int", "unsigned short" },
	{ "long long int", "long long" },
	{ "long int", "long" },
	{ "short int", "short" },
	{ " >", ">" },
	{ " *", "*" },
	{ " &", "&" },
	{ " (", "(" },
};

/* The one that text begins with, which is not within a word; or none.
 */
constexpr respelling respelling_at(std::string_view text, char before)
{
	const bool in_word = before == '_' ||
			     (before >= 'a' && before <= 'z') ||
			     (before >= 'A' && before <= 'Z') ||
			     (before >= '0' && before <= '9');

	for (const respelling &each : respellings)
		if (text.substr(0, each.from.size()) == each.from &&
		    (!in_word || each.from[0] == ' '))
			return each;
	return { text.substr(0, 1), text.substr(0, 1) };
}

template <class T> constexpr auto spell()
{
	constexpr std::string_view text = spelled_by_compiler<T>();
	std::array<char, text.size() + 1> spelled{};
	std::size_t length = 0;

	for (std::size_t at = 0; at < text.size();) {
		const respelling each = respelling_at(
			text.substr(at), at > 0 ? text[at - 1] : ' ');

		for (const char letter : each.to)
			spelled[length++] = letter;
		at += each.from.size();
	}
	return spelled;
}

template <class T> inline constexpr auto spelling = spell<T>();

template <class T> constexpr bool is_lambda()
{
	const std::string_view text = spelled_by_compiler<T>();

	/* "main()::<lambda(int)>", or "(lambda at main.cc:12:5)": of
	 * the type itself, not of an argument of a template. */
	return text.rfind("(lambda at", 0) == 0 ||
	       (text.find("<lambda(") != text.npos && text.back() == '>' &&
		text.substr(text.rfind("<lambda(")).find(")>") ==
			text.size() - text.rfind("<lambda(") - 2);
}
} // namespace await_cxx
