/* SPDX-License-Identifier: MIT */
/* See fields_needed.h. */
#include "libawait-test/load/fields_needed.h"

static const struct event_needs needs[] = {
	{ "await:create",
	  { "id", "addr", "parent", "line", "origin" },
	  { "function", "type", "file" } },
	{ "await:exec_begin",
	  { "id", "addr", "parent", "attempt" },
	  { "function", "type" } },
	{ "await:exec_end", { "id", "outcome", "error", "latency_ns" }, { 0 } },
	{ "await:hit", { "id", "addr", "waiter" }, { 0 } },
	{ "await:block_begin", { "id", "addr", "waiter" }, { 0 } },
	{ "await:block_end", { "id", "addr", "waiter", "state" }, { 0 } },
	{ "await:cycle", { "id", "addr", "waiter" }, { 0 } },
	{ "await:wait_end",
	  { "id", "addr", "waiter", "state", "error" },
	  { 0 } },
	{ "await:resolve",
	  { "id", "addr", "parent", "error", "outcome" },
	  { 0 } },
	{ "await:cancel", { "id", "addr", "parent" }, { 0 } },
	{ "await:name", { "id", "addr", "parent" }, { "name" } },
	{ "await:start", { "id", "addr", "parent" }, { 0 } },
	{ "await:destroy", { "id", "addr", "state" }, { 0 } },
	{ "await:statedump_live",
	  { "id", "line", "origin" },
	  { "function", "type", "file" } },
};

const struct events_reader fields_needed = {
	.name = "libawait-test.so",
	.needs = needs,
	.count = sizeof(needs) / sizeof(needs[0]),
};
