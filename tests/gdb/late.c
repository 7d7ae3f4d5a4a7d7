/* SPDX-License-Identifier: MIT */
/* Loads libawait, by way of a plugin, when it has long been running. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *plugin = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW);
	int (*use)(int) = NULL;

	if (plugin)
		*(void **)&use = dlsym(plugin, "use");
	if (!use) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	printf("end %d\n", use(8));
	return 0;
}
