/* SPDX-License-Identifier: MIT */
#include "scaling.h"
