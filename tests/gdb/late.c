/* SPDX-License-Identifier: MIT */
/*
 * Loads libawait, by way of plugins, when it has long been running. A handler
 * of SIGUSR1 does nothing, wherever that interrupts the program.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>

static void on_signal(int number)
{
	(void)number;
	__asm__ volatile("" ::: "memory");
}

int main(int argc, char **argv)
{
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
	}
	return 0;
}
