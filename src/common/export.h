/* SPDX-License-Identifier: MIT */
/*
 * Marks what a library of ours exports. All of them are built with hidden
 * visibility, and a version script beside each names what is public.
 */
#pragma once

#define EXPORT __attribute__((visibility("default")))
