/* SPDX-License-Identifier: MIT */
/* Uses each call of <await/await.hpp>, as users do. test_cpp.py compiles it. */
#include <await/await.hpp>

#include <memory>
#include <string>
#include <vector>

AWAIT_TYPE(int, int);

int number(int n);
int use_all(std::vector<await::lazy<int>> lazies);

static int one(int *out)
{
	*out = 1;
	return 0;
}
AWAITABLE(int, one);

struct node {
	await::lazy<node> next; /* of a type that is not complete here */
	await::lazy<int &> reference;
	await::promise<std::string> promise;
	char large[100];
};

int number(int n)
{
	return n;
}

int use_all(std::vector<await::lazy<int>> lazies)
{
	int n = 5;
	await::lazy<int> lambda([n] { return n; });
	await::lazy<int> function(number, 1), null, other = nullptr;
	await::lazy deduced(number, 2);
	await::lazy<node> large([] { return node{}; });
	await::lazy<void> nothing([](const std::string &) {}, "text");
	auto in_place = AWAIT_LAZY(number, 1);
	auto outer = AWAIT_LAZY([](await::lazy<int> in) { return in.get(); },
				AWAIT_LAZY(number, 2));
	auto ready = await::ready(std::make_unique<int>(1));
	await::promise<int> promise;
	const await_int *in_c = await_cast(int, lambda.handle());

	other = await::lazy<int>::adopt(awaitable(one));
	swap(null, other);
	other = null;
	null.reset();
	if (promise.resolve(1) != 0 || promise.reject(-1) == 0)
		return in_c == nullptr;
	nothing.get();
	(void)large.get().next;
	return await::wait_all(lazies, lambda, nothing) + *ready.get() +
	       deduced.get() + in_place.get() + (outer == function) +
	       function.wait_for(std::chrono::seconds(1)) +
	       other.wait_until(std::chrono::steady_clock::now()) +
	       (lambda.try_get() ? *lambda.try_get() : lambda.cancel()) +
	       static_cast<int>(lambda.attempts()) + lambda.error() +
	       (lambda.id() == 0) + (lambda.state() == AWAIT_FAILED) +
	       promise.get_lazy().get() + await::lazy<int>(number, 3).get();
}
