/* SPDX-License-Identifier: MIT */
/*
 * The terminal, whole: lines at places, keys, and its old state back however
 * the process ends, SIGKILL excepted.
 */
#pragma once

/* Beside characters. */
enum {
	KEYS_NOTHING = -1, /* the time is over */
	KEYS_STOP = -2,	   /* a signal asks to end, or the terminal is gone */
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

/* Returns 0, or says why not and returns EXIT_FAILED. */
int screen_open(void);
void screen_close(void);
/* If a signal asked to end, ends by that signal. After screen_close(). */
void screen_end_as_asked(void);

int screen_lines(void);
void screen_clear(void);
/* One line, cut at the right edge. */
enum screen_look { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_REVERSE };
void screen_put(int line, const char *text, enum screen_look look);
void screen_show(void);

/* The next key; waits for that many seconds. A new size, and what asks for all
 * to be drawn again, is KEYS_OTHER. */
int screen_key(double seconds);
