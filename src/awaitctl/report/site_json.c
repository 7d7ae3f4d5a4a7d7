/* SPDX-License-Identifier: MIT */
/* See site_json.h. */
#include "awaitctl/report/site_json.h"

#include "awaitctl/common/json_put.h"

#include <inttypes.h>

void site_json_put_function(const struct lives_function *function, FILE *out)
{
	json_put_member("function", function->name, out);
	json_put_member("type", function->type, out);
}

void site_json_put(const struct lives_site *site, FILE *out)
{
	site_json_put_function(site->function, out);
	if (!site->file)
		return;
	json_put_member("file", site->file, out);
	fprintf(out, ", \"line\": %" PRIu32, site->line);
}
