/* SPDX-License-Identifier: MIT */
/* Awaits of C++, of each kind that debuggers show. Stops in checkpoint(). */
#include <await/await.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct page {
	int lines;
	std::string path;
};

static page fetch(const std::string &path, int depth)
{
	return { depth, path };
}

struct holder {
	await::lazy<page> pending, resolved;
	await::lazy<std::string> text;
	await::lazy<int> thrown, null;
	await::lazy<void> nothing;
	await::lazy<int &> reference;
	await::lazy<std::string> known;
	await::promise<std::unique_ptr<int>> promise;
	std::vector<await::lazy<int>> list;
	await::lazy<std::string> lambda;
};

__attribute__((noinline)) static void checkpoint(holder &h)
{
	__asm__ volatile("" ::"r"(&h) : "memory");
}

int main()
{
	static int target = 7;
	const std::string name = "name";
	holder h = {
		AWAIT_LAZY(fetch, std::string("/etc/hosts"), 3),
		await::lazy<page>(fetch, "/etc/motd", 4),
		await::lazy<std::string>([] { return std::string("hello"); }),
		await::lazy<int>([]() -> int { throw std::logic_error("no"); }),
		nullptr,
		await::lazy<void>([] {}),
		await::lazy<int &>([]() -> int & { return target; }),
		await::ready(std::string("known")),
		await::promise<std::unique_ptr<int>>(),
		{},
		await::lazy<std::string>(
			[name, n = 5] { return n ? name : ""; }),
	};

	(void)await::wait_all(h.resolved, h.text, h.thrown, h.nothing,
			      h.reference);
	for (int i = 0; i < 2; i++)
		h.list.emplace_back([i] { return i; });
	(void)h.list[1].wait();
	checkpoint(h);
	return 0;
}
