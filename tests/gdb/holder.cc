/* SPDX-License-Identifier: MIT */
/*
 * Awaits in what C++ programs keep them in: members, arrays, containers, values
 * of awaits, references. Stops in checkpoint().
 */
#include <await/await.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

struct named {
	std::string name;
	int count;
};

AWAIT_TYPE(int, int);
AWAIT_TYPE(named, named *);

static int number(int *out, int n)
{
	*out = n;
	return 0;
}
AWAITABLE(int, number, (int, n));

static named one = { "one", 1 };

static int find(named **out)
{
	*out = &one;
	return 0;
}
AWAITABLE(named, find);

struct inner {
	await_int *both[2];
	const await_int *constant;
};

struct holder {
	inner in;
	std::vector<await_int *> list;
	std::map<int, await_int *> by_number;
	std::unique_ptr<inner> owned;
};

__attribute__((noinline)) static void checkpoint(holder &h, await_int *&aw)
{
	__asm__ volatile("" ::"r"(&h), "r"(&aw) : "memory");
}

int main()
{
	holder h = {};
	await_named *found = awaitable(find);

	for (int i = 0; i < 3; i++) {
		h.list.push_back(awaitable(number, i));
		h.by_number[10 * i] = h.list[i];
	}
	await_wait(h.list[1], nullptr);
	await_wait(found, nullptr);
	h.in.both[0] = h.list[0];
	h.in.both[1] = h.list[1];
	h.in.constant = h.list[2];
	h.owned.reset(new inner(h.in));
	checkpoint(h, h.list[1]);
	return 0;
}
