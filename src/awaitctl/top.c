/* SPDX-License-Identifier: MIT */
/*
 * awaitctl top: the same view as ps, again and again, on the whole terminal:
 *
 *     process 4711 (prog)  every 1 s  sort: state              one line
 *     16 awaits: 1 pending, 15 resolved                        counts
 *     Id  State  Type  Await  Created  Thread                  the table, from
 *     ...                                                      line `skip` on
 *     DEADLOCK: ...; Thread 4711 runs ...                      a third at most
 *     q quit  s sort ...                                       keys, or input
 *
 * Without a terminal it prints what ps prints, once for each look.
 */
#define _GNU_SOURCE
#include "ps.h"

#include "say.h"
#include "screen.h"
#include "viewtext.h"

#include <await/core.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { INPUT_MAX = 128 };

struct top {
	struct ps_options *options;
	struct process process;
	struct trouble why;
	char name[64]; /* of the process */
	bool paused;
	bool asking; /* for a function */
	char input[INPUT_MAX];
	char function[INPUT_MAX]; /* what is asked for, as it was typed */
	const char *message;
	size_t page; /* lines of the table */
	uint64_t rows;
	size_t looks;
};

static const char keys[] = "q quit  s sort  r reverse  b group  t state  "
			   "f function  space pause  +- interval  arrows, "
			   "page up/down, home";

static const char *const sorts[] = {
	[KEY_ID] = "id",
	[KEY_STATE] = "state",
	[KEY_FUNCTION] = "function",
	[KEY_TYPE] = "type",
	[KEY_SITE] = "site",
	[KEY_WAITERS] = "waiters",
	[KEY_ATTEMPTS] = "attempts",
};

/* --- drawing --- */

/* Lines of a text, which is changed. */
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
	viewtext_counts(view, out);
}

static void print_threads(struct view *view, FILE *out)
{
	viewtext_threads(view, out);
	viewtext_warnings(view, out);
}

/* Draws lines from..to of the screen; returns the first that is left. */
static int draw(char *text, int from, int to, bool heads)
{
	char *rest = text, *line;

	while (from < to && (line = next_line(&rest))) {
		bool deadlock = !strncmp(line, "DEADLOCK", 8);

		screen_put(from++, line,
			   heads    ? REVERSE :
			   deadlock ? BOLD :
				      PLAIN);
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
				 *states ? "," : "  state: ",
				 view_state_name(i));
	snprintf(text, sizeof(text),
		 "process %d (%s)  every %g s  %s: %s%s%s%s%s%s",
		 (int)top->options->pid, top->name, top->options->delay,
		 view->group ? "by" : "sort",
		 sorts[view->group ? view->group : view->sort],
		 !view->group && view->reverse ? ", reversed" : "", states,
		 *top->function ? "  function: " : "", top->function,
		 top->paused ? "  PAUSED" : "");
	screen_put(0, text, BOLD);
}

static void draw_bottom(const struct top *top)
{
	char text[INPUT_MAX + 64];

	if (top->asking) {
		snprintf(text, sizeof(text), "function (regex, empty: all): %s",
			 top->input);
		screen_put(screen_lines() - 1, text, BOLD);
	} else {
		screen_put(screen_lines() - 1,
			   top->message ? top->message : keys,
			   top->message ? BOLD : PLAIN);
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
	draw(text_of(view, viewtext_table), line, last - threads, true);
	draw(below, last - threads, last, false);
	draw_bottom(top);
	screen_show();
}

/* Looks and draws. Returns 0, or -1 when the process cannot be seen. */
static int look(struct top *top)
{
	struct view_options *options = &top->options->view;
	struct view view;
	int rc;

	/* More is not drawn. */
	options->limit = options->skip + (size_t)screen_lines();
	rc = view_take(&view, &top->process, options, &top->why);
	top->rows = options->group ? view.group_count : view.matching;
	if (!rc)
		draw_view(top, &view);
	view_free(&view);
	top->looks++;
	return rc;
}

/* --- keys --- */

static void set_function(struct top *top)
{
	struct view_options *view = &top->options->view;
	regex_t function;

	if (*top->input &&
	    regcomp(&function, top->input, REG_EXTENDED | REG_NOSUB) != 0) {
		top->message = "that is not a regular expression";
		return;
	}
	ps_options_free(top->options);
	view->by_function = *top->input != '\0';
	if (view->by_function)
		view->function = function;
	strcpy(top->function, top->input);
}

static void on_input(struct top *top, int key)
{
	size_t length = strlen(top->input);

	if (key == KEYS_ENTER)
		set_function(top);
	if (key == KEYS_ENTER || key == KEYS_ESCAPE) {
		top->asking = false;
	} else if (key == KEYS_ERASE && length > 0) {
		top->input[length - 1] = '\0';
	} else if (key >= ' ' && key < 0x100 && length + 1 < INPUT_MAX) {
		top->input[length] = (char)key;
		top->input[length + 1] = '\0';
	}
}

static void next_state(struct view_options *view)
{
	uint32_t state = AWAIT_PENDING;

	while (view->states && view->states >> state != 1)
		state++;
	view->states = !view->states	       ? 1u << AWAIT_PENDING :
		       state < AWAIT_CANCELLED ? 1u << (state + 1) :
						 0;
}

static void scroll(struct top *top, int key)
{
	struct view_options *view = &top->options->view;
	size_t step = key == KEYS_UP || key == KEYS_DOWN ? 1 : top->page;

	if (key == KEYS_HOME)
		view->skip = 0;
	else if (key == KEYS_DOWN || key == KEYS_PAGE_DOWN)
		view->skip += view->skip + step < top->rows ? step : 0;
	else
		view->skip -= view->skip < step ? view->skip : step;
}

/* True: that was the last. */
static bool on_key(struct top *top, int key)
{
	struct view_options *view = &top->options->view;

	top->message = NULL;
	if (key == KEYS_STOP || (!top->asking && key == 'q'))
		return true;
	if (top->asking) {
		on_input(top, key);
		return false;
	}
	if (strchr("srbtf", key < 0x100 ? key : ' ') && key)
		view->skip = 0;
	switch (key) {
	case 's':
		view->sort =
			view->sort == KEY_ATTEMPTS ? KEY_ID : view->sort + 1;
		view->group = KEY_NONE;
		break;
	case 'r':
		view->reverse = !view->reverse;
		break;
	case 'b':
		view->group = view->group == KEY_NONE ? KEY_STATE :
			      view->group == KEY_SITE ? KEY_NONE :
							view->group + 1;
		break;
	case 't':
		next_state(view);
		break;
	case 'f':
		top->asking = true;
		strcpy(top->input, top->function);
		break;
	case ' ':
		top->paused = !top->paused;
		break;
	case '+':
		if (top->options->delay < 60)
			top->options->delay *= 2;
		break;
	case '-':
		if (top->options->delay >= 0.2)
			top->options->delay /= 2;
		break;
	case KEYS_UP:
	case KEYS_DOWN:
	case KEYS_PAGE_UP:
	case KEYS_PAGE_DOWN:
	case KEYS_HOME:
		scroll(top, key);
		break;
	default:
		break;
	}
	return false;
}

/* --- both ways --- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Looks once in each interval, and at every key. */
static int interact(struct top *top)
{
	double due = now();
	int rc = 0;

	for (;;) {
		double wait = top->paused ? 3600 : due - now();
		int key = KEYS_NOTHING;

		if (wait > 0 || top->looks > 0)
			key = screen_key(wait);
		if (on_key(top, key))
			return 0;
		if (key == KEYS_NOTHING && now() >= due) {
			if (top->options->count &&
			    top->looks >= top->options->count)
				return 0;
			due = now() + top->options->delay;
		}
		rc = look(top);
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
	if (whole && screen_open())
		return EXIT_FAILED;
	rc = whole ? interact(top) : print_looks(top);
	if (whole)
		screen_close();
	if (rc)
		say("%s", top->why.text);
	if (whole)
		screen_end_as_asked();
	/* That the process ends is the usual end of watching it. */
	return rc && !top->process.memory.gone ? EXIT_FAILED : 0;
}

int top(int argc, char **argv)
{
	struct ps_options options;
	struct top top = { .options = &options };
	int rc = ps_options_read(&options, argc, argv);

	if (rc)
		return rc;
	process_name(options.pid, (uint32_t)options.pid, top.name);
	if (process_open(&top.process, options.pid, &top.why)) {
		say("%s", top.why.text);
		rc = EXIT_FAILED;
	} else {
		rc = run(&top);
		process_close(&top.process);
	}
	ps_options_free(&options);
	return rc;
}
