/* SPDX-License-Identifier: MIT */
/* Writing tables for spreadsheets, by RFC 4180. What is unknown is an empty
 * field. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A field in quotes. One that begins as a formula would is text all the same:
 * an apostrophe comes before it, as spreadsheets want it. */
void csv_put_text(const char *text, FILE *out);

/* A further field of its row. */
void csv_put_known(uint64_t number, bool known, FILE *out);
