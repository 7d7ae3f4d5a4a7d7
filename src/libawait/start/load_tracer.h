/* SPDX-License-Identifier: MIT */
/* LIBAWAIT_TRACE: the tracer, in a program that was not linked with it. */
#pragma once

/* Once, after the options were read. */
void load_tracer(void);
