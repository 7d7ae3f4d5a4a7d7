/* SPDX-License-Identifier: MIT */
/*
 * The serial word of a slot, for libawait and for readers of the debug block.
 * Its low byte counts how often the await was run, and stays at 255; above that
 * is the generation, which counts the awaits that the slot has held before.
 */
#pragma once

#define SERIAL_ATTEMPTS 0xffu
#define SERIAL_GENERATION_SHIFT 8
