/* SPDX-License-Identifier: MIT */
/*
 * As counted.c, of C++:
 *
 *     counted-cpp OPERATION COUNT    does it COUNT times
 *
 * Operations whose name ends in _of_lambda are of a lambda without captures;
 * in _of_function, of a function that has an argument; in _at_macro, of the
 * same by AWAIT_LAZY; _elsewhere, at the second place of one lambda's type.
 */
#include <await/await.hpp>

#include <cstdlib>
#include <cstring>

/* No copies of them either, which would have other names. */
#define NOINLINE __attribute__((noipa))

extern "C" {
int work(int x);
int hit(const await::lazy<int> &aw);
void life_of_lambda();
void life_of_function(int x);
void life_at_macro(int x);
void life_elsewhere();
}

NOINLINE int work(int x)
{
	return x + 1;
}

NOINLINE int hit(const await::lazy<int> &aw)
{
	return aw.get();
}

NOINLINE void life_of_lambda()
{
	await::lazy<int> aw([] { return work(1); });

	(void)aw.wait();
}

NOINLINE void life_of_function(int x)
{
	await::lazy<int> aw(work, x);

	(void)aw.wait();
}

NOINLINE void life_at_macro(int x)
{
	auto aw = AWAIT_LAZY(work, x);

	(void)aw.wait();
}

static const auto shared = [] { return work(1); };

NOINLINE void life_elsewhere()
{
	await::lazy<int> aw(shared);

	(void)aw.wait();
}

int main(int argc, char **argv)
{
	const int count = argc == 3 ? std::atoi(argv[2]) : 0;
	const await::lazy<int> first(shared);
	int sum = first.get();

	for (int i = 0; i < count; i++) {
		if (std::strcmp(argv[1], "hit") == 0)
			sum += hit(first);
		else if (std::strcmp(argv[1], "life_of_lambda") == 0)
			life_of_lambda();
		else if (std::strcmp(argv[1], "life_of_function") == 0)
			life_of_function(i);
		else if (std::strcmp(argv[1], "life_at_macro") == 0)
			life_at_macro(i);
		else if (std::strcmp(argv[1], "life_elsewhere") == 0)
			life_elsewhere();
		else
			return 2;
	}
	return sum == 0;
}
