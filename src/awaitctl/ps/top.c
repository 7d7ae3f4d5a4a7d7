/* SPDX-License-Identifier: MIT */
/*
 * awaitctl top: the view that ps prints, refreshed on the whole terminal:
 *
 *     process 4711 (prog)  every 1 s  sort: state              one line
 *     16 awaits: 1 pending, 15 resolved                        counts
 *     Id  State  Type  Await  Created  Thread                  the table, from
 *     ...                                                      line `skip` on
 *     DEADLOCK: ...; Thread 4711 runs ...                      a third at most
 *     q quit  s sort ...                                       keys, or input
 *
 * Without a terminal it prints what ps prints, once for each refresh.
 */
#define _GNU_SOURCE
#include "awaitctl/ps/top_keys.h"

#include "awaitctl/common/say.h"
#include "awaitctl/ps/screen.h"
#include "awaitctl/ps/view_text.h"
#include "common/await_text.h"

#include <await/core.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char keys[] = "q quit  s sort  r reverse  b group  t state  "
			   "f function  space pause  +- interval  arrows, "
			   "page up/down, home";

/* --- drawing --- */

/* The first line of *rest, which is cut up in place; NULL at its end. */
static char *next_line(char **rest)
{
	char *line = *rest, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	*rest = end ? end + 1 : NULL;
	return line;
}

static char *text_of(struct view *view, void (*print)(struct view *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));

	print(view, out);
	if (fclose(out))
		must(NULL);
	return text;
}

static void print_counts(struct view *view, FILE *out)
{
	view_text_counts(view, out);
}

static void print_threads(struct view *view, FILE *out)
{
	view_text_threads(view, out);
	view_text_warnings(view, out);
}

/* Draws lines from..to of the screen; returns the first that is left. */
static int draw(char *text, int from, int to, bool heads)
{
	char *rest = text, *line;

	while (from < to && (line = next_line(&rest))) {
		bool deadlock = !strncmp(line, "DEADLOCK", 8);

		screen_put(from++, line,
			   heads    ? SCREEN_REVERSE :
			   deadlock ? SCREEN_BOLD :
				      SCREEN_PLAIN);
		heads = false;
	}
	free(text);
	return from;
}

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void draw_title(const struct top *top)
{
	const struct view_options *view = &top->options->view;
	char text[512], states[80] = "";

	for (uint32_t i = AWAIT_PENDING; i <= AWAIT_CANCELLED; i++)
		if (view->states & 1u << i)
			snprintf(states + strlen(states),
				 sizeof(states) - strlen(states), "%s%s",
				 *states ? "," : "  state: ", state_name(i));
	snprintf(text, sizeof(text),
		 "process %d (%s)  every %g s  %s: %s%s%s%s%s%s",
		 (int)top->options->pid, top->name, top->options->delay,
		 view->group ? "by" : "sort",
		 view_key_name(view->group ? view->group : view->sort),
		 !view->group && view->reverse ? ", reversed" : "", states,
		 *top->function ? "  function: " : "", top->function,
		 top->paused ? "  PAUSED" : "");
	screen_put(0, text, SCREEN_BOLD);
}

static void draw_bottom(const struct top *top)
{
	char text[INPUT_MAX + 64];

	if (top->editing) {
		snprintf(text, sizeof(text),
			 "function (as fetch_*, empty: all): %s", top->input);
		screen_put(screen_lines() - 1, text, SCREEN_BOLD);
	} else {
		screen_put(screen_lines() - 1, keys, SCREEN_PLAIN);
	}
}

static void draw_view(struct top *top, struct view *view)
{
	int last = screen_lines() - 1, line, room, threads;
	char *below = text_of(view, print_threads);

	screen_clear();
	draw_title(top);
	line = draw(text_of(view, print_counts), 1, last, false);
	threads = count_lines(below);
	room = (last - line) / 3;
	if (threads > room)
		threads = room;
	top->page = last - threads - line > 2 ?
			    (size_t)(last - threads - line - 1) :
			    1;
	draw(text_of(view, view_text_table), line, last - threads, true);
	draw(below, last - threads, last, false);
	draw_bottom(top);
	screen_show();
}

/* Reads the process and draws. Returns 0, or -1 when it cannot be read. */
static int refresh_screen(struct top *top)
{
	struct view_options *options = &top->options->view;
	struct view view;
	int rc;

	/* No more rows fit on the screen. */
	options->limit = options->skip + (size_t)screen_lines();
	rc = view_take(&view, &top->process, options, &top->why);
	top->rows = options->group ? view.group_count : view.matching;
	if (!rc)
		draw_view(top, &view);
	view_free(&view);
	top->looks++;
	return rc;
}

/* --- with and without a terminal --- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Refreshes once in each interval, and after every key. */
static int interact(struct top *top)
{
	double due = now();
	int rc = 0;

	for (;;) {
		double wait = top->paused ? 3600 : due - now();
		int key = KEYS_NOTHING;

		if (wait > 0 || top->looks > 0)
			key = screen_key(wait);
		if (top_key(top, key))
			return 0;
		if (key == KEYS_NOTHING && now() >= due) {
			if (top->options->count &&
			    top->looks >= top->options->count)
				return 0;
			due = now() + top->options->delay;
		}
		rc = refresh_screen(top);
		if (rc)
			return rc;
	}
}

static int print_looks(struct top *top)
{
	const struct timespec pause = {
		.tv_sec = (time_t)top->options->delay,
		.tv_nsec = (long)((top->options->delay -
				   (double)(time_t)top->options->delay) *
				  1e9),
	};

	for (;;) {
		if (top->looks)
			fputc('\n', stdout);
		if (ps_look(&top->process, top->options, stdout, &top->why))
			return -1;
		if (fflush(stdout) || ferror(stdout))
			return trouble(&top->why, "cannot write: %s",
				       strerror(errno));
		if (++top->looks == top->options->count)
			return 0;
		nanosleep(&pause, NULL);
	}
}

static int run(struct top *top)
{
	bool whole = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int rc;

	if (process_look(&top->process, &top->why)) {
		say("%s", top->why.text);
		return EXIT_FAILED;
	}
	if (whole && screen_open(&top->why)) {
		say("%s", top->why.text);
		return EXIT_FAILED;
	}
	rc = whole ? interact(top) : print_looks(top);
	if (whole)
		screen_close();
	if (rc)
		say("%s", top->why.text);
	if (whole)
		screen_raise_signal();
	/* Watching a process usually ends with the process. */
	return rc && !top->process.memory.gone ? EXIT_FAILED : 0;
}

int top(int argc, char **argv)
{
	struct ps_options options;
	struct top top = { .options = &options };
	char name[64];
	int rc = ps_options_read(&options, argc, argv);

	if (rc)
		return rc;
	if (options.view.function)
		snprintf(top.function, sizeof(top.function), "%s",
			 options.view.function);
	process_name(options.pid, (uint32_t)options.pid, name);
	printable_copy(top.name, sizeof(top.name), name);
	if (process_open(&top.process, options.pid, &top.why)) {
		say("%s", top.why.text);
		rc = EXIT_FAILED;
	} else {
		rc = run(&top);
		process_close(&top.process);
	}
	return rc;
}
