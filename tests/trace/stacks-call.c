/* SPDX-License-Identifier: MIT */
/*
 * A library with one function, NAME, that calls what it is given and has FRAME
 * bytes on its stack: libraries that differ in FRAME alone have the same code
 * addresses and other frames.
 */
#include "stacks.h"

void NAME(void (*call)(void));

void NAME(void (*call)(void))
{
	volatile char frame[FRAME];

	frame[0] = 0;
	call();
	frame[0]++;
}
