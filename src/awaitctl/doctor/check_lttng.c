/* SPDX-License-Identifier: MIT */
/* See checks.h: which versions of LTTng and babeltrace2 there are, and whether
 * they go together. */
#include "awaitctl/doctor/checks.h"

#include "awaitctl/doctor/tool.h"
#include "awaitctl/doctor/tracer_file.h"
#include "awaitctl/doctor/versions.h"
#include "babeltrace/version.h"

#include <stdio.h>
#include <string.h>

/*
 * The version of a file's package. Nothing in liblttng-ust.so tells which it
 * is, and 2.13 and 2.16 have the same soname. Returns 0, or -1 and why it is
 * not known.
 */
static int package_version(const char *file, char version[64], char *why,
			   size_t size)
{
	char name[] = "dpkg-query", search[] = "-S", show[] = "-W";
	char format[] = "-f=${Version}", path[PATH_MAX], package[256];
	char *const owner[] = { name, search, path, NULL };
	char *const which[] = { name, show, format, package, NULL };
	struct tool tool;
	enum tool_result result;
	char *end;

	snprintf(path, sizeof(path), "%s", file);
	result = tool_run(&tool, owner, NULL);
	if (result != TOOL_RAN) {
		tool_explain(&tool, result, name, why, size);
		return -1;
	}
	end = strstr(tool.output, ": ");
	if (tool.status != 0 || !end || end == tool.output) {
		snprintf(why, size, "no package has %s", file);
		return -1;
	}
	*end = '\0';
	snprintf(package, sizeof(package), "%.255s", tool.output);
	result = tool_run(&tool, which, NULL);
	if (result != TOOL_RAN || tool.status != 0) {
		snprintf(why, size, "dpkg-query does not know %s", package);
		return -1;
	}
	snprintf(version, 64, "%s", tool_first_line(&tool));
	return 0;
}

/* Of the LTTng-UST that traced programs get. */
static int lttng_ust_version(const struct doctor *doctor, char version[64],
			     char *why, size_t size)
{
	struct tracer_file tracer;
	char path[PATH_MAX];

	if (tracer_file_find(&tracer, &doctor->library, path)) {
		snprintf(why, size, "there is no tracer to ask for it");
		return -1;
	}
	if (tracer_file_needs(&tracer, why, size))
		return -1;
	if (!*tracer.lttng_ust) {
		snprintf(why, size, "the tracer finds no liblttng-ust");
		return -1;
	}
	return package_version(tracer.lttng_ust, version, why, size);
}

void check_lttng_ust(const struct doctor *doctor, struct finding *finding)
{
	struct version runs = { { 0 } }, built = { { 0 } };
	char version[64], why[PATH_MAX + 64];

	if (lttng_ust_version(doctor, version, why, sizeof(why))) {
		found(finding, LEVEL_UNKNOWN,
		      "%s (libawait was built with " BUILT_LTTNG_UST ")", why);
		return;
	}
	versions_judge(finding, "LTTng-UST", "is", version);
	if (finding->level == LEVEL_OK && version_find(&runs, version) &&
	    version_find(&built, BUILT_LTTNG_UST) &&
	    version_compare(&built, &runs, 2) > 0)
		found(finding, LEVEL_PROBLEM,
		      "is %s, but libawait was built with " BUILT_LTTNG_UST
		      ", whose events it rejects: build libawait here, or "
		      "install LTTng-UST %u.%u",
		      version, built.part[0], built.part[1]);
}

void check_lttng_tools(const struct doctor *doctor, struct finding *finding)
{
	char name[] = "lttng-sessiond", option[] = "--version";
	char *const argv[] = { name, option, NULL };
	struct version tools = { { 0 } }, ust = { { 0 } };
	char version[64], why[PATH_MAX + 64];
	struct tool tool;
	enum tool_result result = tool_run(&tool, argv, NULL);

	if (result == TOOL_MISSING) {
		found(finding, LEVEL_PROBLEM,
		      "there is no lttng-sessiond in PATH, without which "
		      "nothing is recorded: install the package lttng-tools");
		return;
	}
	if (result != TOOL_RAN) {
		tool_explain(&tool, result, name, why, sizeof(why));
		found(finding, LEVEL_UNKNOWN, "%s", why);
		return;
	}
	versions_judge(finding, "lttng-tools", "is", tool_first_line(&tool));
	if (finding->level == LEVEL_OK && version_find(&tools, tool.output) &&
	    !lttng_ust_version(doctor, version, why, sizeof(why)) &&
	    version_find(&ust, version) && version_compare(&tools, &ust, 2))
		found(finding, LEVEL_WARNING,
		      "is %s, but LTTng-UST is %s, which was not tried "
		      "together: install both of one minor version",
		      tool.output, version);
}

void check_babeltrace(const struct doctor *doctor, struct finding *finding)
{
	char name[] = "babeltrace2", option[] = "--version", what[64];
	char *const argv[] = { name, option, NULL };
	char library[BABELTRACE_VERSION_SIZE];
	struct tool tool;

	(void)doctor;
	babeltrace_version(library);
	versions_judge(finding, "babeltrace2", "awaitctl uses", library);
	if (finding->level != LEVEL_OK)
		return;
	snprintf(what, sizeof(what), "awaitctl uses %.30s, the command is",
		 library);
	if (tool_run(&tool, argv, NULL) == TOOL_RAN)
		versions_judge(finding, "babeltrace2", what,
			       tool_first_line(&tool));
	else
		found(finding, LEVEL_OK,
		      "awaitctl uses %s; there is no command babeltrace2, "
		      "which prints events: the package babeltrace2 has it",
		      library);
}
