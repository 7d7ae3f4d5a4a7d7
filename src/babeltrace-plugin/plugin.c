/* SPDX-License-Identifier: MIT */
/*
 * What babeltrace2 finds: the plug-in `await` and its component classes.
 */
#include "babeltrace-plugin/lives_filter.h"
#include "babeltrace-plugin/report_sink.h"

#include <await/version.h>

/* babeltrace2 looks for the functions that this defines. */
#pragma GCC visibility push(default)
BT_PLUGIN_MODULE()
#pragma GCC visibility pop

BT_PLUGIN(await);
BT_PLUGIN_DESCRIPTION("Lives of libawait's awaits");
BT_PLUGIN_AUTHOR("libawait");
BT_PLUGIN_LICENSE("MIT");
BT_PLUGIN_VERSION(AWAIT_VERSION_MAJOR, AWAIT_VERSION_MINOR, AWAIT_VERSION_PATCH,
		  NULL);

BT_PLUGIN_SINK_COMPONENT_CLASS(report, report_sink_consume);
BT_PLUGIN_SINK_COMPONENT_CLASS_DESCRIPTION(report,
					   "Print what `awaitctl report` does");
BT_PLUGIN_SINK_COMPONENT_CLASS_HELP(
	report,
	"Parameters:\n"
	"  format=text|json|csv        how it is printed (text)\n"
	"  by=function|site|process|thread\n"
	"                              only the tables by that\n"
	"  sort=KEY                    rows by that: total, name, created... (total)\n"
	"  slowest=COUNT               so many of the slowest first waits (10)\n"
	"  all=yes|no                  of all processes in the trace (no)\n"
	"  path=FILE                   where it is printed to (stdout)\n"
	"\n"
	"docs/babeltrace2.md of libawait has more.");
BT_PLUGIN_SINK_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD(
	report, report_sink_versions);
BT_PLUGIN_SINK_COMPONENT_CLASS_INITIALIZE_METHOD(report,
						 report_sink_initialize);
BT_PLUGIN_SINK_COMPONENT_CLASS_GRAPH_IS_CONFIGURED_METHOD(
	report, report_sink_configured);
BT_PLUGIN_SINK_COMPONENT_CLASS_FINALIZE_METHOD(report, report_sink_finalize);

BT_PLUGIN_FILTER_COMPONENT_CLASS(lives, lives_filter_next);
BT_PLUGIN_FILTER_COMPONENT_CLASS_DESCRIPTION(
	lives, "An event for each await, when its life has ended");
BT_PLUGIN_FILTER_COMPONENT_CLASS_HELP(
	lives, "It has no parameters. docs/babeltrace2.md of libawait has its "
	       "fields.");
BT_PLUGIN_FILTER_COMPONENT_CLASS_GET_SUPPORTED_MIP_VERSIONS_METHOD(
	lives, lives_filter_versions);
BT_PLUGIN_FILTER_COMPONENT_CLASS_INITIALIZE_METHOD(lives,
						   lives_filter_initialize);
BT_PLUGIN_FILTER_COMPONENT_CLASS_MESSAGE_ITERATOR_CLASS_INITIALIZE_METHOD(
	lives, lives_filter_begin);
BT_PLUGIN_FILTER_COMPONENT_CLASS_MESSAGE_ITERATOR_CLASS_FINALIZE_METHOD(
	lives, lives_filter_end);
