/* SPDX-License-Identifier: MIT */
/*
 * The whole terminal: lines to draw, and keys. Its old state is restored
 * however the process ends, except by SIGKILL.
 */
#pragma once

#include "common/trouble.h"

/* Keys that are no characters. */
enum {
	KEYS_NOTHING = -1, /* none came in time */
	KEYS_STOP = -2,	   /* by a signal, or the terminal is gone */
	KEYS_UP = 0x1000,
	KEYS_DOWN,
	KEYS_PAGE_UP,
	KEYS_PAGE_DOWN,
	KEYS_HOME,
	KEYS_ERASE,
	KEYS_ENTER,
	KEYS_ESCAPE,
	KEYS_OTHER,
};

/* Returns 0 or -1. */
int screen_open(struct trouble *why);
void screen_close(void);
/* Ends the process by the signal that KEYS_STOP was for, if there was one.
 * After screen_close(). */
void screen_raise_signal(void);

int screen_lines(void);
void screen_clear(void);
/* One line, cut at the right edge. */
enum screen_look { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_REVERSE };
void screen_put(int line, const char *text, enum screen_look look);
void screen_show(void);

/* Waits up to that many seconds for a key. KEYS_OTHER also stands for a change
 * of the terminal's size, after which all has to be drawn again. */
int screen_key(double seconds);
