/* SPDX-License-Identifier: MIT */
/* The scenarios, and the threads they run on. */
#pragma once

#include "oracle.h"

/* One round of each; see the heads of the files. */
void mixed_round(void);
void races_round(void);
void rings_round(void);
void windows_round(void);

/*
 * Runs work(1) to work(scene.threads), each on a thread of its own that begins
 * when all are there, and helpers (up to two, or NULL) beside them, which
 * return once crowd_works() is false. Returns when all have ended.
 */
typedef void crowd_helper(void);
void crowd_run(void (*work)(unsigned who), crowd_helper *const helpers[2]);
bool crowd_works(void);
/* A worker made a step; those that all made this round. */
void crowd_step(void);
uint32_t crowd_steps(void);
/* All workers meet, and whoever else is counted in. */
void crowd_meet(void);

/* A zeroed array of records with their numbers. */
struct record *records_new(uint32_t count);

/* Lets others run; decides nothing. */
void breathe(void);

/* mixed.c: a KIND_DOOMED that is sent_away gives its reference to another
 * thread here; this returns when it has been dropped. */
void send_away(struct record *record);
