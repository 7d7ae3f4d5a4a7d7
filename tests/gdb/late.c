/* SPDX-License-Identifier: MIT */
/*
 * Loads libawait, by way of plugins, when it has long been running. In the end
 * an await of the first plugin runs one of the second. A handler of SIGUSR1
 * does nothing, wherever that interrupts the program.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>

static void on_signal(int number)
{
	(void)number;
	__asm__ volatile("" ::: "memory");
}

/* What the awaits of the first plugin call from now on. */
static void nest(void *plugin, int (*use)(int, int))
{
	int (**inner)(int, int) = NULL;

	*(void **)&inner = dlsym(plugin, "inner");
	if (inner)
		*inner = use;
}

int main(int argc, char **argv)
{
	void *first = NULL;
	int (*use_first)(int, int) = NULL;

	signal(SIGUSR1, on_signal);
	for (int i = 1; i < argc || i == 1; i++) {
		void *plugin = dlopen(argc > 1 ? argv[i] : "", RTLD_NOW);
		int (*use)(int, int) = NULL;

		if (plugin)
			*(void **)&use = dlsym(plugin, "use");
		if (!use) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
		printf("end %d\n", use(8, argc > 2));
		if (!first) {
			first = plugin;
			use_first = use;
			continue;
		}
		nest(first, use);
		printf("nested %d\n", use_first(3, 0));
	}
	return 0;
}
