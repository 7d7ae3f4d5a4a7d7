/* SPDX-License-Identifier: MIT */
/*
 * See screen.h.
 *
 * Signals that would end the process are blocked except while it waits for a
 * key, and only recorded then, so that the terminal can always be restored.
 * SIGTSTP and SIGWINCH belong to curses. After a crash, the signal handler
 * restores what a signal handler can.
 */
#define _GNU_SOURCE /* ppoll, wcwidth */
#include "awaitctl/ps/screen.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define CONTROL_L ('L' & 0x1f)

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const int crashing[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

static SCREEN *terminal;
static bool is_open;
static struct termios before;
static char exit_sequence[256]; /* what curses writes as it ends */
static sigset_t while_waiting;
static volatile sig_atomic_t end_signal;

static void record_end(int signal)
{
	end_signal = signal;
}

static void restore_and_die(int signal)
{
	if (write(STDOUT_FILENO, exit_sequence, strlen(exit_sequence)) >= 0)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	/* SA_RESETHAND: it ends the process now. */
	raise(signal);
}

static void on_signals(const int *signals, size_t count, void (*handler)(int),
		       int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < count; i++)
		/* What is ignored stays so: nohup(1). */
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void hold_signals(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < COUNT(ending); i++)
		sigaddset(&held, ending[i]);
	sigaddset(&held, SIGTSTP);
	sigaddset(&held, SIGWINCH);
	sigprocmask(SIG_BLOCK, &held, &while_waiting);
	on_signals(ending, COUNT(ending), record_end, 0);
	on_signals(crashing, COUNT(crashing), restore_and_die, SA_RESETHAND);
}

static void add_sequence(const char *capability)
{
	const char *sequence = tigetstr((char *)capability);

	/* (char *)-1: it has no such string. */
	if (sequence && sequence != (const char *)-1 &&
	    strlen(exit_sequence) + strlen(sequence) < sizeof(exit_sequence))
		strcat(exit_sequence, sequence);
}

int screen_open(struct trouble *why)
{
	const char *type = getenv("TERM");

	setlocale(LC_CTYPE, "");
	if (tcgetattr(STDIN_FILENO, &before))
		return trouble(why, "cannot use the terminal: %s",
			       strerror(errno));
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return trouble(why,
			       "unknown type of terminal, TERM=%s: set it, or "
			       "use awaitctl ps",
			       type ? type : "");
	is_open = true;
	set_term(terminal);
	add_sequence("sgr0");
	add_sequence("cnorm");
	add_sequence("rmcup");
	atexit(screen_close);
	hold_signals();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return 0;
}

void screen_close(void)
{
	if (!is_open)
		return;
	is_open = false;
	endwin();
	delscreen(terminal);
	on_signals(crashing, COUNT(crashing), SIG_DFL, 0);
}

void screen_raise_signal(void)
{
	int number = end_signal;

	if (!number)
		return;
	signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &while_waiting, NULL);
	raise(number);
}

int screen_lines(void)
{
	return LINES;
}

void screen_clear(void)
{
	erase();
}

void screen_put(int line, const char *text, enum screen_look look)
{
	static const chtype looks[] = { A_NORMAL, A_BOLD, A_REVERSE };
	wchar_t wide[1024];
	size_t n = mbstowcs(wide, text, COUNT(wide) - 1), end = 0;
	int columns = 0;

	if (line < 0 || line >= LINES)
		return;
	if (n == (size_t)-1) { /* not of this locale: byte by byte */
		for (n = 0; n < COUNT(wide) - 1 && text[n]; n++)
			wide[n] = (unsigned char)text[n] < 0x80 ? text[n] : '?';
	}
	while (end < n) {
		int width = wcwidth(wide[end]);

		if (width < 0) {
			wide[end] = L'?';
			width = 1;
		}
		if (columns + width > COLS)
			break;
		columns += width;
		end++;
	}
	attrset(looks[look]);
	mvaddnwstr(line, 0, wide, (int)end);
	if (look == SCREEN_REVERSE)
		for (; columns < COLS; columns++)
			addch(' ');
	attrset(A_NORMAL);
}

void screen_show(void)
{
	refresh();
}

static int translate(int key)
{
	switch (key) {
	case KEY_UP:
		return KEYS_UP;
	case KEY_DOWN:
		return KEYS_DOWN;
	case KEY_PPAGE:
		return KEYS_PAGE_UP;
	case KEY_NPAGE:
		return KEYS_PAGE_DOWN;
	case KEY_HOME:
		return KEYS_HOME;
	case KEY_BACKSPACE:
	case 0x7f:
	case 0x08:
		return KEYS_ERASE;
	case KEY_ENTER:
	case '\n':
	case '\r':
		return KEYS_ENTER;
	case 0x1b:
		return KEYS_ESCAPE;
	default:
		return key >= 0x100 ? KEYS_OTHER : key;
	}
}

int screen_key(double seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds };
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int key = getch(), n;

	if (key == ERR) {
		if (seconds < 0)
			seconds = 0;
		time.tv_sec = (time_t)seconds;
		time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
		n = ppoll(&input, 1, &time, &while_waiting);
		if (end_signal || (n > 0 && !(input.revents & POLLIN)))
			return KEYS_STOP;
		/* Also after a signal: it may be a change of size. */
		key = getch();
		/* At the end of the input it can be read, but nothing comes. */
		if (key == ERR && n > 0)
			return KEYS_STOP;
	}
	/* The terminal's contents are unknown then. */
	if (key == KEY_RESIZE || key == CONTROL_L)
		clearok(curscr, TRUE);
	return key == ERR ? KEYS_NOTHING : translate(key);
}
