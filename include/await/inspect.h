/* SPDX-License-Identifier: MIT */
/*
 * <await/inspect.h>: what an await is, and all there are, as text; for logs,
 * for crash handlers, and to find those that nobody dropped.
 *
 *     #include <await/await.h>
 *     #include <await/inspect.h>
 *
 *     static void on_crash(int signal)
 *     {
 *             await_dump(STDERR_FILENO);
 *             raise(signal);
 *     }
 *     static const struct sigaction crash = { .sa_handler = on_crash,
 *                                             .sa_flags = SA_RESETHAND };
 *     ...
 *     sigaction(SIGSEGV, &crash, NULL);
 *     ...
 *     char line[200];
 *
 *     await_describe(aw, line, sizeof(line));
 *     puts(line);
 *
 * prints `#12.3 page pending fetch("/etc/hosts", 0) created main.c:31`.
 *
 * What all of it has in common:
 *  - It runs no function, no destructor and no sink, takes no reference,
 *    allocates nothing, and leaves errno and the await as they were.
 *  - It is async-signal-safe and thread-safe: it takes no lock, but for
 *    await_name() and await_each_wait(), and other threads may create, wait
 *    and drop meanwhile. await_describe() and await_dump() use less than 4 KiB
 *    of stack.
 *  - Strings and descriptors are read by the kernel (process_vm_readv(2) of the
 *    process itself; a pipe where a sandbox or an emulator refuses that), so a
 *    pointer to what was freed or unmapped shows what is there now, or
 *    `0x7f0c2a640040 <unreadable>`. Where pipes are refused, too, no string can
 *    be read, and descriptors are trusted.
 */
#pragma once

#include <await/core.h>
#include <await/macros.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * await_describe(aw, buffer, size) writes one line about aw, without a newline:
 *
 *     #1 page pending fetch("/etc/hosts", 0) created main.c:31
 *     #2 page running fetch("/etc/hosts", 1) on thread 4711 waited for at
 *        prog+0x1254 created main.c:32                      (in one line)
 *     #3 page resolved fetch(...) = {4 bytes} created main.c:33
 *     #4 page failed fetch("/nope", 0): -ENOENT (No such file or directory),
 *        2 attempts created main.c:34                       (in one line)
 *     #5 int resolved nowait = 33 created main.c:35
 *     #6 int cancelled number(...) created main.c:36
 *     #7 int pending promise, only who waits holds it unless lent
 *        (1 reference) created main.c:37                    (in one line)
 *     #8 action resolved start() = done created main.c:9, static started
 *
 * The id (slot, and generation from the slot's second await on), the name that
 * await_name() gave, type, state, function, then arguments, value or error, who
 * waited for it, as an address for addr2line(1), and where it was created, or
 * for which AWAIT_STATIC, which holds it. A value has taken the place of the
 * arguments, hence the `...`, and the waiter is known while it runs only;
 * LIBAWAIT_DEBUG=args keeps both. Numbers, booleans, pointers and char pointers
 * are shown, other types by their size; strings are escaped as in C, but for
 * UTF-8 that a terminal can show, and cut at 32 bytes, which `...` after the
 * closing quote says. While a function runs its arguments may be half replaced
 * by its value, and show as whatever is there.
 *
 * `only who waits holds it unless lent` is said of a promise for which as many
 * threads block as there are references: nobody is left to settle it, unless a
 * thread uses a reference that is another's. Whose one is cannot be seen, so
 * without these words that is unknown.
 *
 * Returns the length of the whole line; as snprintf(), it writes at most size
 * bytes, always with a NUL, and nothing if size is 0 (buffer may be NULL then).
 * The line of NULL is `NULL`, that of what is no await `no await: 0x...`; of
 * one that other threads change all the time, `#7 changing`.
 *
 * The caller holds a reference, or what is shown may be another await's.
 */
#define await_describe(aw, buffer, size)                                       \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		size_t await_length_ = await_core_describe(                    \
			AWAIT_HEAD_(await_aw_), (buffer), (size));             \
		AWAIT_BOUND_                                                   \
		await_length_;                                                 \
	})
size_t await_core_describe(const struct await *aw, char *buffer, size_t size);

/*
 * await_name(aw, name) gives an await a name of its own, for those of which
 * many are made by one call: a copy of that string, which is shown behind the
 * id wherever people see that, escaped as strings are:
 *
 *     #14 "config" page pending fetch("/etc/app.conf", 0) created main.c:31
 *
 * Another name replaces it. An await without a name pays nothing for those that
 * have one; 65,536 can have names at once. Thread-safe; not for signal
 * handlers.
 *
 *   0
 *   -EINVAL        aw or name is NULL, or name is ""
 *   -ENAMETOOLONG  it has more than AWAIT_NAME_MAX bytes
 *   -ENOMEM        memory is out, or so many awaits that live have names
 *   -ESTALE        the await has ended
 *
 * await_name_of(aw, buffer, size) copies it, as snprintf() would, and returns
 * its length: 0 if it has none. The caller holds a reference, as for
 * await_describe().
 */
#define AWAIT_NAME_MAX 63
#define await_name(aw, name)                                                   \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		int await_rc_ =                                                \
			await_core_name(AWAIT_HEAD_(await_aw_), (name));       \
		AWAIT_BOUND_                                                   \
		AWAIT_NO_TAIL_CALL_();                                         \
		await_rc_;                                                     \
	})
#define await_name_of(aw, buffer, size)                                        \
	__extension__({                                                        \
		AWAIT_BIND_                                                    \
		AWAIT_HANDLE_(aw);                                             \
		size_t await_length_ = await_core_name_of(                     \
			AWAIT_HEAD_(await_aw_), (buffer), (size));             \
		AWAIT_BOUND_                                                   \
		await_length_;                                                 \
	})
int await_core_name(struct await *aw, const char *name);
size_t await_core_name_of(const struct await *aw, char *buffer, size_t size);

/*
 * Writes a line as above for every await of the process, and one of counts:
 *
 *     4 awaits: 1 pending, 2 running, 1 failed
 *
 * Awaits that live from before the call until after it are all shown, unless
 * they change at each of several looks; those are counted as `changing, not
 * shown`. Of those that come or go meanwhile any may be shown. Lines are cut
 * at 511 characters. A registry that the program has overwritten is shown up
 * to the damage, which gets a line of its own.
 *
 * Returns 0, or the negative errno of the write(2) to fd that failed, where it
 * gave up: also -EAGAIN, if fd does not block and is full.
 */
int await_dump(int fd);

/* One await, as await_each() found it; other threads may have changed it since.
 */
struct await_info {
	const struct await *aw;
	uint64_t id;
	const struct await_site *site; /* NULL if it changes all the time */
	enum await_state state;
	int error;	   /* of the last run that failed, or 0 */
	unsigned attempts; /* runs so far; stays at 255 */
	const char *name;  /* "" if it has none; valid during the call only */
	/* Of one that runs; otherwise 0, also where it cannot be found out: */
	uint32_t thread;  /* gettid(2) of the thread that runs it */
	uint64_t parent;  /* id of the await whose function waits for it so */
	const void *addr; /* the wait that runs it, as in struct await_event */
};

/*
 * Calls visit for every await of the process, until that is not 0. Returns how
 * many it was called for. Some milliseconds per million awaits.
 *
 * Awaits that live from before the call until after it are all visited, once
 * each; of those that come or go meanwhile any may be. visit may do anything,
 * also with awaits, but no reference is held for it: info->aw may have ended.
 */
size_t await_each(int (*visit)(const struct await_info *info, void *data),
		  void *data);

/* One await that a thread waits for, as await_each_wait() found it. */
struct await_wait_info {
	uint64_t id;	  /* of the await */
	uint64_t waiter;  /* id of the await whose function waits, or 0 */
	const void *addr; /* the wait, as in struct await_event */
	uint32_t thread;  /* gettid(2) of the thread that sleeps */
};

/*
 * Calls visit for every await that some thread sleeps for, until that is not 0:
 * once for each thread, and for one in await_wait_any() once for each of its
 * awaits. Returns how many times it was called.
 *
 * A thread that sleeps from before the call until after it is found; of those
 * that begin or end to sleep meanwhile any may be. Takes a lock between the
 * calls of visit, so it is not for signal handlers, unlike the rest of this
 * header; visit may do anything.
 */
size_t await_each_wait(int (*visit)(const struct await_wait_info *info,
				    void *data),
		       void *data);

/*
 * Whether handle, any pointer at all, is that of an await that has not ended.
 * False for NULL, for what is no address, is not aligned, or points elsewhere;
 * nothing is read but libawait's own memory. A handle whose await ended is
 * false until the slot is used again; then it is true of the next await, which
 * has another id.
 *
 * Without a reference the answer may be old when it arrives.
 */
#define await_is_valid(handle) await_core_valid(handle)
bool await_core_valid(const void *handle);

/*
 * LIBAWAIT_DEBUG in the environment is a list of options, with commas between
 * them. They are read before the first await is made, also if a constructor of
 * the program makes it, and also with libawait.a. An option that is unknown, or
 * has a bad value, is named on stderr with what there is, and otherwise
 * ignored:
 *
 *     await: LIBAWAIT_DEBUG: bad value: fail-alloc=x, it is fail-alloc=N[+]
 *
 * Programs that run with raised privileges ignore it all.
 *
 * leaks          at exit, after the program's own exit handlers, stderr gets
 *                the awaits that leaked, counted by creation site:
 *
 *       await: alive at exit of process 4711: 3
 *       await:    2 page fetch created main.c:31 in main
 *       await:    1 int promise created main.c:12 in main
 *       await: alive and never waited for: 2
 *       await:    2 int use created main.c:35 in main
 *       await: alive, only who waits holds it unless lent: 1
 *       await:    1 int promise created main.c:13 in main
 *       await: alive though their library was unloaded: 2
 *       await:    2 int compute created plugin.c:12 in make,
 *                in libplug.so, which was unloaded
 *       await: dropped and never waited for: 3
 *       await:    3 page fetch created main.c:40 in main
 *       await: cycle: #1 int promise created main.c:12 ->
 *                #2 int use created main.c:35 -> #1
 *
 *                Each part appears when there is something in it; long
 *                lines are broken here only.
 *                `alive` is what still has references; lazy ones whose
 *                function was never called stand apart, and so do those whose
 *                function lies in a library that the program has closed with
 *                dlclose(): to wait for one, or to drop it, would crash. What
 *                an AWAIT_STATIC holds is not counted.
 *                Of those at a site that have names one is named: `created
 *                main.c:31 in main, #14 "config" among them`.
 *                `dropped` are lazy ones that ended without a wait: work that
 *                was requested and never done. A cancelled one is not.
 *                A `cycle` is awaits that refer to one another: by a handle
 *                among the arguments of one that has no value, or in its value;
 *                or, which is marked `(through memory)`, by one in the memory
 *                that an argument or value points to, if that is a block of
 *                malloc(): in its first 512 bytes. Other memory, of variables
 *                or mappings, is not looked at, as nothing says where it ends.
 *                Nothing is said of awaits that run. A sandbox in which memory
 *                cannot be read safely gets a line instead. Twenty are shown,
 *                a hundred awaits of each, then how many more were found. Of
 *                cycles that share awaits one at least is found.
 *
 *                A process in which nothing is alive says that: `await: none
 *                alive at exit of process 4711`. A silent end is one that ran
 *                no exit handlers (_exit(), a signal). Each process of a
 *                fork() reports for itself: what is alive in it, and what it
 *                dropped itself.
 *                This option is a sink, one of the eight that there can be,
 *                and sees what sinks see: awaits that another sink's callback
 *                drops are not counted. It costs some 50 ns an await, and 8
 *                bytes.
 *
 * args           arguments are kept when a value takes their place, until the
 *                await ends, for debuggers and await_describe(), and so is the
 *                address of the wait that ran it. The arguments' destructors
 *                run then, not when it resolves.
 *
 * check          finds misuse that is not always found: handles of other
 *                pointers (-EFAULT), of awaits that ended some time ago
 *                (-ESTALE), of a wrong type also at hits (-EPROTOTYPE), and
 *                functions of unloaded libraries (-ENOEXEC); with a line on
 *                stderr that says where. docs/api.md lists all of it.
 *
 * cycles         a wait that is refused with -EDEADLK prints the way round:
 *
 *                    await: cycle: #1 -> #2 -> #1, refused at prog+0x1254
 *                    await:    #1 int running first(...) on thread 4711 ...
 *                    await:    #2 int running second(...) on thread 4712 ...
 *
 * fail-alloc=N   refuses the Nth request for memory that the library makes,
 *                counted from 1 over all threads; fail-alloc=N+ that one and
 *                all later ones.
 *
 * dump-on-usr2   SIGUSR2 calls await_dump(STDERR_FILENO), unless the program
 *                had a disposition for that signal when the options were read,
 *                which a line says. One that it sets later replaces this.
 */

#ifdef __cplusplus
}
#endif
