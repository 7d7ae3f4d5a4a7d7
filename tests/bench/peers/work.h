/* SPDX-License-Identifier: MIT */
/* What every peer computes: a call that no compiler sees through. */
#pragma once

__attribute__((noinline)) static int work(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}
