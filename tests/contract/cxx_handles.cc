/* SPDX-License-Identifier: MIT */
/* The contract's section "In C++": references, places, promises, C. */
#include "cxx.hpp"

#include <await/await.hpp>
#include <await/inspect.h>

#include <cstring>
#include <functional>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

using namespace std::chrono_literals;

AWAIT_TYPE(int, int);

static int number(int n)
{
	return n;
}
AWAITABLE_VALUE(int, number, (int, n));

static void a_lazy_is_a_reference()
{
	await::lazy<int> a([] { return 1; }), b = a, c([] { return 2; });
	std::unordered_set<await::lazy<int>> set{ a, b, c };

	EXPECT(a == b && a != c && a.id() == b.id() && a.id() != c.id());
	EXPECT(set.size() == 2);
	EXPECT(a.get() == 1 && b.attempts() == 1);
	await::lazy<int> moved = std::move(a);
	EXPECT(!a && a == nullptr && moved == b && a.id() == 0);
	swap(moved, c);
	EXPECT(moved.get() == 2 && c == b);
	await::lazy<int> &same = c;
	c = std::move(same);
	c = same;
	EXPECT(c == b);
	b.reset();
	c = nullptr;
	EXPECT(!b && !c && moved.handle()->head.refs.load() == 2);
	set.clear();
	EXPECT(moved.handle()->head.refs.load() == 1);
}

/* "function file line" of where it was made. */
template <class T> static std::string place_of(const await::lazy<T> &aw)
{
	const struct await_site *site = aw.handle()->head.site;

	return std::string(site->function) + ":" + std::to_string(site->line);
}

template <class T> static std::string name_of(const await::lazy<T> &aw)
{
	return aw.handle()->head.site->func->name;
}

static void each_place_has_its_site()
{
	const std::string here = std::string(__func__) + ":";
	const auto lambda = [] { return 1; };
	std::vector<await::lazy<int>> made;
	const unsigned first = __LINE__ + 3;

	for (int i = 0; i < 2; i++) {
		made.emplace_back(await::lazy<int>(number, i));
		made.emplace_back(await::lazy<int>(number, i));
		made.emplace_back(await::lazy<int>(lambda));
		made.emplace_back(await::lazy<int>(lambda));
		made.emplace_back(AWAIT_LAZY(number, i));
		made.emplace_back(await::ready(i));
		made.emplace_back(await::promise<int>().get_lazy());
		/* Of one line of the table of those that were used last. */
		made.emplace_back(await::lazy<int>(number, i));
	}
	for (std::size_t i = 0; i < made.size(); i++) {
		const unsigned line =
			first + static_cast<unsigned>(i % 8) + (i % 8 == 7);

		EXPECT(place_of(made[i]) == here + std::to_string(line));
		EXPECT(std::strstr(made[i].handle()->head.site->file,
				   "cxx_handles.cc") != nullptr);
	}
	EXPECT(name_of(made[0]) == here + ":function:" + std::to_string(first));
	EXPECT(name_of(made[2]) ==
	       here + ":lambda:" + std::to_string(first + 2));
	EXPECT(name_of(made[4]) == "number");
	EXPECT(name_of(made[5]) == "nowait" && name_of(made[6]) == "promise");
}

struct loader {
	int operator()() const
	{
		return 5;
	}
};

static void names_and_types_are_spelled()
{
	await::lazy<std::vector<std::string>> list(
		[] { return std::vector<std::string>(); });
	await::lazy<unsigned long> object([]() -> unsigned long { return 1; });
	await::lazy<int> functor{ loader() };
	auto lambda = AWAIT_LAZY([] { return 2; });
	char line[200];

	await_describe(list.handle(), line, sizeof(line));
	EXPECT(std::strstr(line, " std::vector<std::string> pending "));
	await_describe(object.handle(), line, sizeof(line));
	EXPECT(std::strstr(line, " unsigned long pending "));
	EXPECT(name_of(functor) == "loader");
	EXPECT(name_of(lambda) ==
	       std::string(__func__) + "::lambda:" +
		       std::to_string(lambda.handle()->head.site->line));
}

static void one_run_for_all_threads()
{
	std::atomic<int> runs{ 0 };
	await::lazy<std::string> aw([&runs] {
		runs++;
		std::this_thread::yield();
		return std::string("one");
	});
	std::vector<std::thread> threads;

	for (int i = 0; i < 4; i++)
		threads.emplace_back([aw] { EXPECT(aw.get() == "one"); });
	for (std::thread &each : threads)
		each.join();
	EXPECT(runs == 1);
}

static void promises_of_cpp()
{
	await::promise<std::string> kept;
	await::lazy<std::string> text = kept.get_lazy();
	await::lazy<int> broken, rejected, thrown;
	std::thread waits([text] { EXPECT(text.get() == "xxx"); });

	EXPECT(text.wait_for(0s) == -ETIMEDOUT);
	EXPECT(text.wait_until(std::chrono::system_clock::now() + 1ms) ==
	       -ETIMEDOUT);
	EXPECT(kept.resolve(3u, 'x') == 0);
	waits.join();
	EXPECT(text.wait_until(std::chrono::steady_clock::time_point::max()) ==
	       0);
	EXPECT(kept.resolve("again") == -EALREADY && text.get() == "xxx");
	{
		await::promise<int> first, second = std::move(first), third;

		broken = second.get_lazy();
		rejected = third.get_lazy();
		EXPECT(first.resolve(1) == -EINVAL);
		EXPECT(third.reject(1) == -EINVAL);
		EXPECT(third.reject(-EIO) == 0);
		third = await::promise<int>();
		thrown = third.get_lazy();
		EXPECT(third.reject(std::make_exception_ptr(
			       std::runtime_error("why"))) == 0);
	}
	EXPECT(broken.wait() == -ECANCELED);
	EXPECT(rejected.wait() == -EIO && thrown.wait() == -EOWNERDEAD);
	try {
		(void)thrown.get();
		EXPECT(false); /* not reached */
	} catch (const std::runtime_error &error) {
		EXPECT(std::strcmp(error.what(), "why") == 0);
	}
	await::promise<void> nothing;
	await::promise<int &> reference;
	int target = 0;
	EXPECT(nothing.resolve() == 0 && nothing.get_lazy().wait() == 0);
	EXPECT(reference.resolve(target) == 0);
	EXPECT(&reference.get_lazy().get() == &target);
}

static void a_value_that_is_there()
{
	auto text = await::ready(std::string("known"));

	EXPECT(text.try_get() && *text.try_get() == "known");
	EXPECT(text.attempts() == 0 && text.get() == "known");
	EXPECT(await_origin(text.handle()) == AWAIT_NOWAIT);
	EXPECT(await::ready().try_get());
	EXPECT(await::ready(std::make_unique<int>(3)).wait() == 0);
}

static void handles_go_to_c_and_back()
{
	auto adopted = await::lazy<int>::adopt(awaitable(number, 5));
	await::lazy<int> own([] { return 6; });
	await_int *in_c = await_cast(int, own.release());
	int value = 0;

	EXPECT(adopted.get() == 5);
	EXPECT(!own && await_wait(in_c, &value) == 0 && value == 6);
	own = await::lazy<int>::adopt(in_c);
	EXPECT(own.get() == 6 && await_get(own.handle()) == 6);
	auto other = await::lazy<double>::adopt(&awaitable(number, 1)->head);
	EXPECT(other.wait() == -EPROTOTYPE);
}

static void waiting_for_many()
{
	await::lazy<int> good([] { return 1; });
	await::lazy<void> bad([] { throw 1; }), last([] {});
	std::list<await::lazy<std::string>> range;

	range.emplace_back([] { return std::string(); });
	EXPECT(await::wait_all(good, range) == 0);
	EXPECT(await::wait_all() == 0);
	EXPECT(await::wait_all(await::lazy<int>(), bad, last) == -EINVAL);
	EXPECT(await::wait_all(good, bad, last) == -EOWNERDEAD);
	EXPECT(last.try_get());
}

int main()
{
	TEST(a_lazy_is_a_reference);
	TEST(each_place_has_its_site);
	TEST(names_and_types_are_spelled);
	TEST(one_run_for_all_threads);
	TEST(promises_of_cpp);
	TEST(a_value_that_is_there);
	TEST(handles_go_to_c_and_back);
	TEST(waiting_for_many);
	return tests_done();
}
