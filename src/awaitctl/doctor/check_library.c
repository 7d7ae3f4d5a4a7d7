/* SPDX-License-Identifier: MIT */
/* See checks.h: what programs that use libawait find of it. */
#define _GNU_SOURCE
#include "awaitctl/doctor/checks.h"

#include "awaitctl/doctor/tool.h"
#include "awaitctl/doctor/tracer_file.h"
#include "awaitctl/doctor/versions.h"

#include <await/version.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIBRARY "libawait.so.0"

/* --- libawait.so --- */

static void load(struct library *library)
{
	uint32_t (*version)(void);
	struct link_map *map = NULL;
	void *handle;

	/* Nothing is to be traced or perturbed. */
	unsetenv("LIBAWAIT_TRACE");
	unsetenv("LIBAWAIT_DEBUG");
	unsetenv("LIBAWAIT_PERTURB");
	unsetenv("LIBAWAIT_RECORD");
	handle = dlopen(LIBRARY, RTLD_NOW);
	if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map)) {
		snprintf(library->why, sizeof(library->why), "%s", dlerror());
		return;
	}
	if (!realpath(map->l_name, library->path))
		snprintf(library->path, sizeof(library->path), "%s",
			 map->l_name);
	*(void **)&version = dlsym(handle, "await_version");
	if (version)
		library->version = version();
}

/* In a child, whatever that library does as it is loaded. */
void library_look_up(struct library *library)
{
	struct library seen = { 0 };
	size_t length = 0;
	int answer[2];
	pid_t child;

	memset(library, 0, sizeof(*library));
	if (pipe2(answer, O_CLOEXEC))
		return;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		alarm(TOOL_SECONDS);
		load(&seen);
		_exit(write(answer[1], &seen, sizeof(seen)) < 0);
	}
	close(answer[1]);
	while (child > 0 && length < sizeof(seen)) {
		ssize_t got = read(answer[0], (char *)&seen + length,
				   sizeof(seen) - length);

		if (got <= 0 && errno != EINTR)
			break;
		length += got > 0 ? (size_t)got : 0;
	}
	close(answer[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	if (length == sizeof(seen))
		*library = seen;
}

static void version_text(char text[32], uint32_t version)
{
	snprintf(text, 32, "%u.%u.%u", version / 1000000, version / 1000 % 1000,
		 version % 1000);
}

static void not_found(const struct library *library, struct finding *finding)
{
	if (access(INSTALLED_LIBDIR "/" LIBRARY, F_OK) == 0)
		found(finding, LEVEL_PROBLEM,
		      "is installed in " INSTALLED_LIBDIR
		      ", where the loader does not find it (%s): run ldconfig "
		      "as root; if that is not enough, echo " INSTALLED_LIBDIR
		      " >/etc/ld.so.conf.d/libawait.conf before",
		      library->why);
	else
		found(finding, LEVEL_WARNING,
		      "is not installed (%s): meson install -C build puts it "
		      "into " INSTALLED_LIBDIR
		      "; until then programs need its path",
		      library->why);
}

void check_library(const struct doctor *doctor, struct finding *finding)
{
	const struct library *library = &doctor->library;
	char installed[PATH_MAX], version[32];

	version_text(version, library->version);
	if (!*library->path && !*library->why)
		found(finding, LEVEL_PROBLEM,
		      "a process that loads " LIBRARY
		      " does not end as it should: see which one programs find, "
		      "with ldd PROGRAM, and install another");
	else if (!*library->path)
		not_found(library, finding);
	else if (!library->version)
		found(finding, LEVEL_PROBLEM,
		      "%s is older than this awaitctl (" AWAIT_VERSION_STRING
		      "): install both from one build",
		      library->path);
	else if (library->version != AWAIT_VERSION)
		found(finding, LEVEL_PROBLEM,
		      "%s is %s, this awaitctl is " AWAIT_VERSION_STRING
		      ": install both from one build",
		      library->path, version);
	else if (realpath(INSTALLED_LIBDIR "/" LIBRARY, installed) &&
		 strcmp(installed, library->path) != 0)
		found(finding, LEVEL_WARNING,
		      "programs use %s, %s, and not what is installed with "
		      "this awaitctl, %s: look at LD_LIBRARY_PATH and "
		      "/etc/ld.so.conf",
		      version, library->path, installed);
	else
		found(finding, LEVEL_OK, "%s, %s", version, library->path);
}

/* --- the tracer --- */

void check_tracer(const struct doctor *doctor, struct finding *finding)
{
	char path[PATH_MAX], why[1024], ours[32];
	struct tracer_file tracer;
	struct version version;

	version_text(ours, doctor->library.version);
	if (tracer_file_find(&tracer, &doctor->library, path) ||
	    !realpath(path, tracer.path)) {
		if (*doctor->library.path)
			found(finding, LEVEL_PROBLEM,
			      "there is no %s: programs run untraced; install "
			      "all of libawait",
			      path);
		else
			found(finding, LEVEL_UNKNOWN,
			      "there is no libawait.so to look beside: install "
			      "it");
		return;
	}
	if (tracer_file_needs(&tracer, why, sizeof(why))) {
		found(finding, LEVEL_UNKNOWN, "%s: %s", tracer.path, why);
		return;
	}
	if (*tracer.missing)
		found(finding, LEVEL_PROBLEM,
		      "%s needs %s, which the loader does not find: programs "
		      "run untraced; install it, or run ldconfig as root",
		      tracer.path, tracer.missing);
	else if (doctor->library.version &&
		 version_find(&version, strrchr(tracer.path, '/')) &&
		 AWAIT_VERSION_OF(version.part[0], version.part[1],
				  version.part[2]) != doctor->library.version)
		found(finding, LEVEL_PROBLEM,
		      "%s is %u.%u.%u, libawait.so is %s: install both from "
		      "one build",
		      tracer.path, version.part[0], version.part[1],
		      version.part[2], ours);
	else
		found(finding, LEVEL_OK, "%s", tracer.path);
}

/* --- pkg-config --- */

void check_pkg_config(const struct doctor *doctor, struct finding *finding)
{
	char name[] = "pkg-config", modversion[] = "--modversion";
	char await[] = "await", why[1024];
	char *const argv[] = { name, modversion, await, NULL };
	struct tool tool;
	enum tool_result result = tool_run(&tool, argv, NULL);

	(void)doctor;
	if (result != TOOL_RAN) {
		tool_explain(&tool, result, name, why, sizeof(why));
		found(finding,
		      result == TOOL_MISSING ? LEVEL_WARNING : LEVEL_UNKNOWN,
		      "%s; with it programs are compiled: install the package "
		      "pkg-config",
		      why);
	} else if (tool.status == 0 &&
		   !strcmp(tool_first_line(&tool), AWAIT_VERSION_STRING)) {
		found(finding, LEVEL_OK, "knows await %s", tool.output);
	} else if (tool.status == 0) {
		found(finding, LEVEL_PROBLEM,
		      "knows await %s, this awaitctl is " AWAIT_VERSION_STRING
		      ": install both from one build, or look at "
		      "PKG_CONFIG_PATH",
		      tool.output);
	} else if (access(INSTALLED_LIBDIR "/pkgconfig/await.pc", F_OK) == 0) {
		found(finding, LEVEL_PROBLEM,
		      "does not look where await is installed: "
		      "export PKG_CONFIG_PATH=" INSTALLED_LIBDIR "/pkgconfig");
	} else {
		found(finding, LEVEL_WARNING,
		      "knows no await: meson install -C build tells it, or set "
		      "PKG_CONFIG_PATH to where await.pc is");
	}
}
