/* SPDX-License-Identifier: MIT */
/* Awaits of C++ that wait for one another: main() sleeps in the function of one
 * for another, which a thread runs. That is recorded. Stops in checkpoint(), on
 * that thread. */
#include <await/await.hpp>
#include <await/inspect.h>
#include <await/sink.h>
#include <await/test.h>

#include <atomic>
#include <sched.h>
#include <string>
#include <thread>

static std::atomic<bool> sleeping;

static void on_block(struct await_sink *, const struct await_event *)
{
	sleeping = true;
}

__attribute__((noinline)) static void checkpoint()
{
	__asm__ volatile("" ::: "memory");
}

static std::string load(int times)
{
	while (!sleeping)
		sched_yield();
	checkpoint();
	return std::string(static_cast<std::size_t>(times), 'x');
}

static std::size_t measure(const await::lazy<std::string> &text)
{
	return text.get().size(); /* HERE sleeps */
}

int main()
{
	static struct await_sink sink = {
		on_block, AWAIT_EVENT_BIT(AWAIT_EVENT_BLOCK_BEGIN), nullptr
	};

	await_trace_begin(nullptr);
	await_sink_add(&sink);
	auto text = AWAIT_LAZY(load, 3); /* HERE makes */
	await::lazy<std::size_t> size(measure, text);
	await_name(text.handle(), "text");
	std::thread loader([text] {
		(void)text.wait(); /* HERE loads */
	});
	while (text.state() != AWAIT_RUNNING)
		sched_yield();
	const std::size_t found = size.get(); /* HERE measures */
	loader.join();
	return found != 3;
}
