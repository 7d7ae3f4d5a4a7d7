/* SPDX-License-Identifier: MIT */
/* What frames.c loads: its callers are here, in functions whose names end in
 * BUILD. */
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

void plug(void (*use)(void));
void *where(void);

/* Another length for each build. */
__attribute__((noinline)) static void NAME(through_, BUILD)(void (*use)(void))
{
	use();
	__asm__ volatile(".fill " PADDING ", 1, 0x90" : : : "memory");
}

void plug(void (*use)(void))
{
	NAME(through_, BUILD)(use);
	__asm__ volatile("" : : : "memory");
}

extern char __ehdr_start[] __attribute__((visibility("hidden")));

void *where(void)
{
	return __ehdr_start;
}
