/* SPDX-License-Identifier: MIT */
/*
 * Whether a program has 32 bits, by the begin of its file: of an ELF file, or
 * of the interpreter that a script names. The file may be anything
 * (regular_file.h).
 */
#pragma once

#include <stdbool.h>

/* False if it has not, or that cannot be told. */
bool elf_class_is_32(const char *path);
