/* SPDX-License-Identifier: MIT */
/*
 * The checks of awaitctl doctor. Each fills one finding, changes nothing and
 * leaves nothing running.
 */
#pragma once

#include "awaitctl/doctor/finding.h"

#include <limits.h>
#include <stdint.h>

struct lttng_host;

/* What the dynamic loader finds as libawait.so.0, for programs without a path
 * of their own. */
struct library {
	char path[PATH_MAX]; /* "": nothing */
	char why[512];	     /* then: what the loader says; "": no answer */
	uint32_t version;    /* await_version(); 0: it has none */
};

struct doctor {
	const struct lttng_host *host;
	struct library library;
};

/* Fills doctor->library. */
void library_look_up(struct library *library);

/* check_daemon.c */
void check_daemon(const struct doctor *doctor, struct finding *finding);
void check_group(const struct doctor *doctor, struct finding *finding);
void check_home(const struct doctor *doctor, struct finding *finding);
void check_consumer32(const struct doctor *doctor, struct finding *finding);
/* check_machine.c */
void check_shm(const struct doctor *doctor, struct finding *finding);
void check_membarrier(const struct doctor *doctor, struct finding *finding);
void check_ptrace(const struct doctor *doctor, struct finding *finding);
/* check_library.c */
void check_library(const struct doctor *doctor, struct finding *finding);
void check_tracer(const struct doctor *doctor, struct finding *finding);
void check_pkg_config(const struct doctor *doctor, struct finding *finding);
/* check_debuggers.c */
void check_gdb(const struct doctor *doctor, struct finding *finding);
void check_lldb(const struct doctor *doctor, struct finding *finding);
/* check_lttng.c */
void check_lttng_ust(const struct doctor *doctor, struct finding *finding);
void check_lttng_tools(const struct doctor *doctor, struct finding *finding);
void check_babeltrace(const struct doctor *doctor, struct finding *finding);
