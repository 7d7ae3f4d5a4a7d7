/* SPDX-License-Identifier: MIT */
/* See ps.h. */
#include "awaitctl/ps/ps.h"

#include "awaitctl/common/say.h"
#include "awaitctl/ps/view_json.h"
#include "awaitctl/ps/view_text.h"

#include <errno.h>
#include <string.h>

int ps_look(struct process *process, const struct ps_options *options,
	    FILE *out, struct trouble *why)
{
	struct view view;
	int rc = view_take(&view, process, &options->view, why);

	if (!rc && options->json)
		view_json_print(&view, out);
	else if (!rc)
		view_text_print(&view,
				" (-n N shows N, -n 0 all; --state, --function "
				"and --type select)",
				out);
	view_free(&view);
	return rc;
}

static int look(const struct ps_options *options)
{
	struct process process;
	struct trouble why;
	int rc;

	if (process_open(&process, options->pid, &why)) {
		say("%s", why.text);
		return EXIT_FAILED;
	}
	rc = ps_look(&process, options, stdout, &why);
	process_close(&process);
	if (rc) {
		say("%s", why.text);
		return EXIT_FAILED;
	}
	if (fflush(stdout) || ferror(stdout)) {
		say("cannot write: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return 0;
}

int ps(int argc, char **argv)
{
	struct ps_options options;
	int rc = ps_options_read(&options, argc, argv);

	return rc ? rc : look(&options);
}
