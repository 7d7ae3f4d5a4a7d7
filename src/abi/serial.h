/* SPDX-License-Identifier: MIT */
/*
 * The serial word of a slot, for libawait and for those who read it through
 * the debug block: how often the await was run, which stays at 255 from then
 * on, and above it the generation, which counts the awaits that the slot has
 * had before.
 */
#pragma once

#define SERIAL_ATTEMPTS 0xffu
#define SERIAL_GENERATION_SHIFT 8
