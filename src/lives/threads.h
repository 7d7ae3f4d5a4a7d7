/* SPDX-License-Identifier: MIT */
/* The threads of lives.h. They live as long as the model. */
#pragma once

#include "lives/lives.h"

/* NULL: no memory. */
struct lives_thread *threads_of(struct lives *lives,
				struct lives_process *process, int64_t tid);

/* NULL: there is none. */
struct lives_thread *threads_find(const struct lives *lives,
				  const struct lives_process *process,
				  int64_t tid);

/* It does something. */
void threads_note(struct lives_thread *thread, int64_t time);

void lives_threads_free(struct lives *lives);
