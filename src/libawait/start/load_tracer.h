/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_TRACE: loads the tracer into a program that was not linked with
 * it. */
#pragma once

/* Call once, after the options were read. */
void load_tracer(void);
