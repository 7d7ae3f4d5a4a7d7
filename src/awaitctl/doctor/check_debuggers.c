/* SPDX-License-Identifier: MIT */
/* See checks.h: whether the debuggers know libawait. They are asked, as only
 * they know what their init files say. */
#include "awaitctl/doctor/checks.h"

#include "awaitctl/doctor/tool.h"
#include "awaitctl/doctor/versions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first line of `NAME --version` with a version in it; or NULL, and then
 * finding says why. */
static const char *version_of(const char *name, struct tool *tool,
			      struct finding *finding)
{
	char command[16], version[] = "--version", why[512];
	char *const argv[] = { command, version, NULL };
	struct version ignored;
	enum tool_result result;

	snprintf(command, sizeof(command), "%s", name);
	result = tool_run(tool, argv, NULL);
	if (result == TOOL_MISSING) {
		found(finding, LEVEL_WARNING,
		      "is not in PATH: install the package %s to debug with it",
		      name);
		return NULL;
	}
	if (result != TOOL_RAN) {
		tool_explain(tool, result, name, why, sizeof(why));
		found(finding, LEVEL_UNKNOWN, "%s", why);
		return NULL;
	}
	for (char *line = strtok(tool->output, "\n"); line;
	     line = strtok(NULL, "\n")) {
		/* lldb may complain before, of its Python. */
		if ((!strncmp(line, "GNU gdb", 7) || strstr(line, "lldb")) &&
		    version_find(&ignored, line))
			return line;
	}
	found(finding, LEVEL_UNKNOWN, "%s --version says no version", name);
	return NULL;
}

/* --- gdb --- */

/* What gdb prints when it has carried out all commands. */
#define END "AWAIT-DOCTOR-END"

#define AUTO_LOAD INSTALLED_DATADIR "/gdb/auto-load"

/* Where gdb has to be allowed to run scripts: all that is installed, or the
 * folder of the file that it has declined. */
static void allow(const struct tool *tool, struct finding *finding)
{
	static const char before[] = "warning: File \"";
	const char *file = strstr(tool->output, before), *end = NULL;
	int length = 0;

	if (file) {
		file += strlen(before);
		end = strchr(file, '"');
	}
	while (end && end > file && *end != '/')
		end--;
	if (end && strncmp(file, AUTO_LOAD "/", strlen(AUTO_LOAD "/")) != 0)
		length = (int)(end - file);
	found(finding, LEVEL_WARNING,
	      "does not know info awaits: its safe-path leaves libawait's "
	      "script out: start it with awaitctl gdb PROGRAM, or add to "
	      "~/.gdbinit the line add-auto-load-safe-path %.*s",
	      length ? length : (int)strlen(AUTO_LOAD),
	      length ? file : AUTO_LOAD);
}

static void judge_answer(struct tool *tool, struct finding *finding)
{
	char versions[64];

	snprintf(versions, sizeof(versions), "%.60s", finding->text);
	if (!strstr(tool->output, END))
		found(finding, LEVEL_UNKNOWN, "gdb says: %s",
		      tool_first_line(tool));
	else if (strstr(tool->output, "not supported in this copy of GDB"))
		found(finding, LEVEL_PROBLEM,
		      "has no Python, in which libawait's commands are written: "
		      "install a gdb with Python (in Debian gdb, not "
		      "gdb-minimal)");
	else if (!strstr(tool->output, "Undefined info command"))
		found(finding, finding->level, "%s, knows info awaits",
		      versions);
	else if (strstr(tool->output, "auto-loading has been declined"))
		allow(tool, finding);
	else
		found(finding, LEVEL_WARNING,
		      "does not know info awaits: it does not look where "
		      "libawait's script is: start it with awaitctl gdb "
		      "PROGRAM, or add to ~/.gdbinit the two lines "
		      "add-auto-load-scripts-directory " AUTO_LOAD
		      " and add-auto-load-safe-path " AUTO_LOAD);
}

/* libawait.so itself, as gdb's program: loading its symbols loads the script,
 * and nothing runs. The init files are read as ever. */
static void ask_gdb(const char *library, struct finding *finding)
{
	char name[] = "gdb", batch[] = "-batch", ex[] = "-ex", iex[] = "-iex";
	char no_network[] = "set debuginfod enabled off", python[] = "python 0";
	char info[] = "info awaits", end[] = "echo " END "\\n";
	char file[PATH_MAX], why[512], urls[] = "DEBUGINFOD_URLS=";
	char *const argv[] = { name, batch, iex,    no_network, file, ex,
			       info, ex,    python, ex,		end,  NULL };
	struct tool tool;
	enum tool_result result;

	snprintf(file, sizeof(file), "%s", library);
	result = tool_run(&tool, argv, urls);
	if (result == TOOL_RAN) {
		judge_answer(&tool, finding);
		return;
	}
	tool_explain(&tool, result, name, why, sizeof(why));
	found(finding, LEVEL_UNKNOWN, "%s, asked for info awaits", why);
}

void check_gdb(const struct doctor *doctor, struct finding *finding)
{
	const char *library = doctor->library.path;
	struct tool tool;
	const char *line = version_of("gdb", &tool, finding);

	if (!line)
		return;
	versions_judge(finding, "gdb", "is",
		       strstr(line, ") ") ? strstr(line, ") ") : line);
	if (!*library && access(INSTALLED_LIBDIR "/libawait.so.0", R_OK) == 0)
		library = INSTALLED_LIBDIR "/libawait.so.0";
	if (finding->level == LEVEL_PROBLEM)
		return;
	if (*library)
		ask_gdb(library, finding);
	else
		found(finding, LEVEL_UNKNOWN,
		      "there is no libawait.so to ask gdb about: install it");
}

/* --- lldb --- */

/* It is never told of libawait by itself; but without Python it cannot be. */
void check_lldb(const struct doctor *doctor, struct finding *finding)
{
	char name[] = "lldb", no_init[] = "--no-lldbinit", batch[] = "-b";
	char o[] = "-o", script[] = "script print('AWAIT-' + 'DOCTOR')";
	char *const argv[] = { name, no_init, batch, o, script, NULL };
	struct tool tool;
	const char *line = version_of("lldb", &tool, finding);
	enum tool_result result;
	char why[512];

	(void)doctor;
	if (!line)
		return;
	versions_judge(finding, "lldb", "is", line);
	if (finding->level == LEVEL_PROBLEM)
		return;
	result = tool_run(&tool, argv, NULL);
	if (result != TOOL_RAN) {
		tool_explain(&tool, result, name, why, sizeof(why));
		found(finding, LEVEL_UNKNOWN, "%s", why);
	} else if (!strstr(tool.output, "AWAIT-DOCTOR")) {
		found(finding, LEVEL_WARNING,
		      "does not find its Python package, so it cannot load "
		      "libawait's commands: start it with PYTHONPATH set "
		      "to the folder that has lldb/embedded_interpreter.py "
		      "(Debian 12: "
		      "/usr/lib/llvm-14/lib/python3.11/dist-packages)");
	}
}
