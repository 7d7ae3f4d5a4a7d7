/* SPDX-License-Identifier: MIT */
/* Tests in C++, which knows no cmocka: they write their own TAP. */
#pragma once

#include <cstdio>

inline bool test_is_good;
inline int tests_run, tests_failed;

#define EXPECT(...)                                                            \
	do {                                                                   \
		if (!(__VA_ARGS__)) {                                          \
			std::printf("# %s:%d: %s\n", __FILE__, __LINE__,       \
				    #__VA_ARGS__);                             \
			test_is_good = false;                                  \
		}                                                              \
	} while (0)

#define TEST(name) test(#name, name)

inline void test(const char *name, void (*run)())
{
	test_is_good = true;
	run();
	tests_failed += !test_is_good;
	std::printf("%s %d - %s\n", test_is_good ? "ok" : "not ok", ++tests_run,
		    name);
}

inline int tests_done()
{
	std::printf("1..%d\n", tests_run);
	return tests_failed != 0;
}

/* An object that counts those alive. */
struct counted {
	static inline int alive, made;
	int number;

	explicit counted(int n = 0) : number(n)
	{
		alive++;
		made++;
	}
	counted(const counted &other) : counted(other.number)
	{
	}
	counted(counted &&other) noexcept : counted(other.number)
	{
		other.number = -1;
	}
	counted &operator=(const counted &) = default;
	~counted()
	{
		alive--;
	}
};
