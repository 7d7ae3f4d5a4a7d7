/* SPDX-License-Identifier: MIT */
#pragma once

/* Everything else in our libraries is hidden. */
#define EXPORT __attribute__((visibility("default")))
