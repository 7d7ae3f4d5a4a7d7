/* SPDX-License-Identifier: MIT */
/* See top_keys.h. */
#include "awaitctl/ps/top_keys.h"

#include "awaitctl/ps/screen.h"

#include <await/core.h>

#include <string.h>

static void set_function(struct top *top)
{
	strcpy(top->function, top->input);
	top->options->view.function = *top->function ? top->function : NULL;
}

static void on_input(struct top *top, int key)
{
	size_t length = strlen(top->input);

	if (key == KEYS_ENTER)
		set_function(top);
	if (key == KEYS_ENTER || key == KEYS_ESCAPE) {
		top->editing = false;
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

bool top_key(struct top *top, int key)
{
	struct view_options *view = &top->options->view;

	if (key == KEYS_STOP || (!top->editing && key == 'q'))
		return true;
	if (top->editing) {
		on_input(top, key);
		return false;
	}
	if (strchr("srbtf", key < 0x100 ? key : ' ') && key)
		view->skip = 0;
	switch (key) {
	case 's':
		view->sort = view->sort == VIEW_BY_ATTEMPTS ? VIEW_BY_ID :
							      view->sort + 1;
		view->group = VIEW_BY_NONE;
		break;
	case 'r':
		view->reverse = !view->reverse;
		break;
	case 'b':
		view->group = view->group == VIEW_BY_NONE ? VIEW_BY_STATE :
			      view->group == VIEW_BY_SITE ? VIEW_BY_NONE :
							    view->group + 1;
		break;
	case 't':
		next_state(view);
		break;
	case 'f':
		top->editing = true;
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
