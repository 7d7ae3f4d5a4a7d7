/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON. Names and strings are bytes of another process, or of a trace:
 * a byte that is not ASCII becomes the character of that number, so that any
 * bytes make valid JSON.
 */
#pragma once

#include <stdio.h>

void json_put_string(const char *text, FILE *out);

/* A member that follows another one. */
void json_put_member(const char *name, const char *text, FILE *out);
