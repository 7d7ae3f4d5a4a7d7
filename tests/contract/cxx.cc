/* SPDX-License-Identifier: MIT */
/* The contract's section "In C++": values, functions and exceptions. */
#include "cxx.hpp"

#include <await/await.hpp>

#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

AWAIT_TYPE(int, int);

struct alignas(256) aligned {
	char bytes[300];
};

struct throws_when_moved {
	explicit throws_when_moved(bool now) : throws(now)
	{
	}
	throws_when_moved(const throws_when_moved &other)
	    : throws_when_moved(other.throws)
	{
		if (throws)
			throw std::runtime_error("moved");
	}
	bool throws;
};

/* What get() throws, as text. */
template <class T> static std::string thrown_by(const await::lazy<T> &aw)
{
	try {
		(void)aw.get();
	} catch (const std::runtime_error &error) {
		return error.what();
	} catch (...) {
		return "something else";
	}
	return "nothing";
}

static void any_type_that_can_be_moved()
{
	static int number = 7;
	int runs = 0;
	await::lazy<std::unique_ptr<int>> only_moved(
		[] { return std::make_unique<int>(4); });
	await::lazy<aligned> large([] {
		aligned made = {};
		made.bytes[299] = 'x';
		return made;
	});
	await::lazy<void> nothing([&runs] { runs++; });
	await::lazy<int &> reference([]() -> int & { return number; });
	await::lazy<std::string> converted([] { return "text"; });
	await::lazy deduced([] { return std::vector<int>{ 1, 2 }; });

	EXPECT(*only_moved.get() == 4);
	EXPECT(only_moved.get().get() == only_moved.try_get()->get());
	EXPECT(large.get().bytes[299] == 'x');
	EXPECT(reinterpret_cast<std::uintptr_t>(&large.get()) % 256 == 0);
	nothing.get();
	nothing.get();
	EXPECT(runs == 1);
	EXPECT(nothing.try_get());
	reference.get() = 8;
	EXPECT(number == 8 && reference.try_get() == &number);
	EXPECT(converted.get() == "text");
	EXPECT(deduced.get().size() == 2);
}

static void a_value_ends_once_with_its_await()
{
	counted::alive = counted::made = 0;
	{
		await::lazy<counted> waited([] { return counted(3); });
		await::lazy<counted> dropped([] { return counted(4); });
		await::lazy<counted> copy = waited;

		EXPECT(waited.get().number == 3);
		waited.reset();
		EXPECT(counted::alive == 1);
		EXPECT(copy.get().number == 3);
	}
	EXPECT(counted::alive == 0 && counted::made == 2);
}

static void captures_and_arguments_end_with_the_run()
{
	counted::alive = 0;
	counted here(1);
	await::lazy<int> run([here] { return here.number; });
	await::lazy<int> with([](const counted &one) { return one.number; },
			      counted(2));
	await::lazy<int> dropped([here] { return here.number; });
	await::lazy<int> cancelled([here] { return here.number; });

	EXPECT(counted::alive == 5);
	EXPECT(run.get() == 1 && with.get() == 2);
	EXPECT(counted::alive == 3);
	dropped.reset();
	EXPECT(counted::alive == 2);
	EXPECT(cancelled.cancel() == 0 && cancelled.wait() == -ECANCELED);
	EXPECT(counted::alive == 1);
}

static int sum(std::unique_ptr<int> owned, const std::string &text,
	       int &counter)
{
	return ++counter + *owned + static_cast<int>(text.size());
}

struct account {
	int balance;
	int after(int more) const
	{
		return balance + more;
	}
};

static void arguments_are_forwarded()
{
	int counter = 0;
	std::string text = "four";
	await::lazy<int> aw(sum, std::make_unique<int>(10), text,
			    std::ref(counter));
	await::lazy<int> method(&account::after, account{ 5 }, 3);
	auto many =
		AWAIT_LAZY([](int a, int b, int c, int d, int e, int f, int g,
			      int h) { return a + b + c + d + e + f + g + h; },
			   1, 2, 3, 4, 5, 6, 7, 8);

	text = "longer than before";
	EXPECT(aw.get() == 15 && counter == 1);
	EXPECT(method.get() == 8);
	EXPECT(many.get() == 36);
}

static void an_exception_is_kept()
{
	counted::alive = 0;
	int runs = 0;
	const counted capture;
	await::lazy<int> aw([&runs, capture]() -> int {
		runs++;
		throw std::runtime_error("no");
	});
	await::lazy<aligned> large(
		[]() -> aligned { throw std::runtime_error("large"); });
	await::lazy<void> nothing([] { throw std::runtime_error("void"); });

	EXPECT(thrown_by(aw) == "no" && thrown_by(aw) == "no");
	std::thread([aw] { EXPECT(thrown_by(aw) == "no"); }).join();
	EXPECT(runs == 1 && aw.attempts() == 1);
	EXPECT(aw.wait() == -EOWNERDEAD && aw.error() == -EOWNERDEAD);
	EXPECT(await_wait(aw.handle(), nullptr) == -EOWNERDEAD);
	EXPECT(aw.state() == AWAIT_FAILED && !aw.try_get());
	EXPECT(counted::alive == 2);
	aw.reset();
	EXPECT(counted::alive == 1);
	EXPECT(thrown_by(large) == "large" && thrown_by(nothing) == "void");
}

static void an_exception_goes_through_awaits()
{
	await::lazy<int> in([]() -> int { throw std::runtime_error("deep"); });
	await::lazy<int> out([in] { return in.get() + 1; });

	in = nullptr;
	EXPECT(thrown_by(out) == "deep");
	EXPECT(out.wait() == -EOWNERDEAD);
}

static void a_move_that_throws_is_a_failure()
{
	const throws_when_moved bad(true), good(false);
	await::lazy<throws_when_moved> value(
		[&bad]() -> throws_when_moved { return bad; });
	bool refused = false;
	await::promise<throws_when_moved> promise;

	EXPECT(thrown_by(value) == "moved");
	try {
		await::lazy<bool> aw(
			[](const throws_when_moved &) { return true; }, bad);
	} catch (const std::runtime_error &) {
		refused = true;
	}
	EXPECT(refused);
	refused = false;
	try {
		(void)await::ready(bad);
	} catch (const std::runtime_error &) {
		refused = true;
	}
	EXPECT(refused && await::ready(good).wait() == 0);
	EXPECT(promise.resolve(bad) == -EOWNERDEAD);
	EXPECT(thrown_by(promise.get_lazy()) == "moved");
}

static void *leaves(void *aw)
{
	(void)static_cast<await::lazy<std::string> *>(aw)->wait();
	return nullptr;
}

static void a_function_that_ends_its_thread_has_failed()
{
	const std::string text = "an argument that is kept, and freed once";
	await::lazy<std::string> aw(
		[](const std::string &) -> std::string {
			pthread_exit(nullptr);
		},
		text);
	pthread_t thread;

	EXPECT(pthread_create(&thread, nullptr, leaves, &aw) == 0);
	EXPECT(pthread_join(thread, nullptr) == 0);
	EXPECT(aw.wait() == -EOWNERDEAD && aw.attempts() == 1);
	EXPECT(thrown_by(aw).find("Owner died") != std::string::npos);
}

static void a_failure_without_exception()
{
	const await::lazy<int> null;
	await::lazy<int> self, cancelled([] { return 1; });

	EXPECT(cancelled.cancel() == 0);
	try {
		(void)cancelled.get();
		EXPECT(false); /* not reached */
	} catch (const await::failure &failure) {
		EXPECT(failure.error() == -ECANCELED);
		EXPECT(failure.code() == std::errc::operation_canceled);
		EXPECT(std::strstr(failure.what(), "int cancelled") != nullptr);
	}
	EXPECT(null.wait() == -EINVAL && null.state() == AWAIT_FREE);
	EXPECT(thrown_by(null) == "NULL: Invalid argument");
	self = await::lazy<int>([&self] { return self.wait(); });
	EXPECT(self.get() == -EDEADLK);
}

int main()
{
	TEST(any_type_that_can_be_moved);
	TEST(a_value_ends_once_with_its_await);
	TEST(captures_and_arguments_end_with_the_run);
	TEST(arguments_are_forwarded);
	TEST(an_exception_is_kept);
	TEST(an_exception_goes_through_awaits);
	TEST(a_move_that_throws_is_a_failure);
	TEST(a_function_that_ends_its_thread_has_failed);
	TEST(a_failure_without_exception);
	return tests_done();
}
