/* SPDX-License-Identifier: MIT */
/*
 * Programs that do to their process what a tracer may not outlive, or not
 * notice: see test_processes.py. Steps are arguments; each runs some awaits,
 * of `parent` in the process that was started and of `child` in others.
 *
 *     close-loop closefrom close_range close-raw   no descriptors but 0 to 2
 *     chroot DIR, seccomp, nofile                  files cannot be opened
 *     fork clone _Fork syscall-fork vfork spawn    a child, which is waited for
 *     fork-in fork-return                          the same, inside of a run
 *     daemon                                       the rest in a daemon
 *     load FILE                                    as a plug-in, and unload it
 *     exit-in kill-in exec-in                      ends inside of a run
 *     hold hold-in                                 until a line on stdin
 */
#define _GNU_SOURCE
#include <await/await.h>

#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PARENT = 3, CHILD = 5 };

AWAIT_TYPE(int, int);

static int parent(int n)
{
	return n;
}
AWAITABLE_VALUE(int, parent, (int, n));

static int child(int n)
{
	return n;
}
AWAITABLE_VALUE(int, child, (int, n));

static pid_t started;

static void use(void)
{
	for (int i = 0; i < (getpid() == started ? PARENT : CHILD); i++) {
		await_int *aw = getpid() == started ? awaitable(parent, i) :
						      awaitable(child, i);

		await_get(aw);
		await_unref(aw);
	}
}

static void check(int failed, const char *what)
{
	if (!failed)
		return;
	perror(what);
	exit(1);
}

static void wait_for(pid_t pid)
{
	int status = 0;

	check(waitpid(pid, &status, 0) != pid, "waitpid");
	if (status)
		fprintf(stderr, "a child ended with status %x\n", status);
}

static int forked(int *out, int returns)
{
	pid_t pid = fork();

	*out = 0;
	if (pid > 0)
		wait_for(pid);
	else
		use();
	if (pid == 0 && !returns)
		exit(0);
	return 0;
}
AWAITABLE(int, forked, (int, returns));

static void fork_in_run(int returns)
{
	await_int *aw = awaitable(forked, returns);
	pid_t self = getpid();

	await_get(aw);
	await_get(aw);
	await_unref(aw);
	if (getpid() != self)
		exit(0);
}

/* Takes no character that is for another process. */
static void hold(void)
{
	char c;

	check(puts("ready") < 0 || fflush(stdout) || read(0, &c, 1) != 1,
	      "hold");
}

static int ending(int *out, const char *how)
{
	char *const argv[] = { (char *)"again", NULL };

	*out = 0;
	if (!strcmp(how, "hold-in")) {
		hold();
		return 0;
	}
	if (!strcmp(how, "exit-in"))
		exit(0);
	if (!strcmp(how, "kill-in"))
		raise(SIGKILL);
	execv("/proc/self/exe", argv);
	return -errno;
}
AWAITABLE(int, ending, (const char *, how));

static int run_child(void *unused)
{
	(void)unused;
	use();
	use();
	_exit(0);
}

static void make_child(const char *how)
{
	static char stack[1 << 16] __attribute__((aligned(16)));
	char *const argv[] = { (char *)"true", NULL };
	pid_t pid = -1;

	if (!strcmp(how, "fork"))
		pid = fork();
	else if (!strcmp(how, "_Fork"))
		pid = _Fork();
	else if (!strcmp(how, "syscall-fork"))
		pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	else if (!strcmp(how, "clone"))
		pid = clone(run_child, stack + sizeof(stack), SIGCHLD, NULL);
	else if (!strcmp(how, "spawn"))
		check(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ),
		      "posix_spawn");
	else if (!strcmp(how, "vfork")) {
		pid = vfork();
		if (pid == 0)
			execv("/bin/true", argv);
	}
	check(pid < 0, how);
	if (pid == 0)
		run_child(NULL);
	wait_for(pid);
}

static void refuse_open(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

static int lose(const char *how)
{
	struct rlimit none = { 0, 0 };

	if (!strcmp(how, "close-loop"))
		for (int fd = 3; fd < 2048; fd++)
			close(fd);
	else if (!strcmp(how, "closefrom"))
		closefrom(3);
	else if (!strcmp(how, "close_range"))
		check(close_range(3, ~0u, 0), how);
	else if (!strcmp(how, "close-raw"))
		check(syscall(SYS_close_range, 3, ~0u, 0) < 0, how);
	else if (!strcmp(how, "seccomp"))
		refuse_open();
	else if (!strcmp(how, "nofile"))
		check(setrlimit(RLIMIT_NOFILE, &none), how);
	else
		return 0;
	return 1;
}

static void load(const char *path)
{
	void *file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void (*plug)(void (*)(void));

	if (!file) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	*(void **)&plug = dlsym(file, "plug");
	plug(use);
	dlclose(file);
}

static void step(const char *how, char ***next)
{
	if (!strcmp(how, "chroot"))
		check(chroot(*(*next)++) || chdir("/"), how);
	else if (!strcmp(how, "load"))
		load(*(*next)++);
	else if (!strcmp(how, "fork-in"))
		fork_in_run(0);
	else if (strstr(how, "-in"))
		await_get(awaitable(ending, how));
	else if (!strcmp(how, "fork-return"))
		fork_in_run(1);
	else if (!strcmp(how, "daemon"))
		check(daemon(1, 1), how);
	else if (!strcmp(how, "hold"))
		hold();
	else if (!lose(how))
		make_child(how);
}

int main(int argc, char **argv)
{
	char **next = argv + 1;

	(void)argc;
	started = getpid();
	use();
	while (*next) {
		const char *how = *next++;

		step(how, &next);
		use();
	}
	return 0;
}
