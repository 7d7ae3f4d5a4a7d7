/* SPDX-License-Identifier: MIT */
/* Golden files: written whole or not at all. */
#pragma once

/* The content, to be freed; NULL and errno. */
char *golden_file_read(const char *path);
/* 0 or a negative errno. */
int golden_file_write(const char *path, const char *content);
