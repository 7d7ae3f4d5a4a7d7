/* SPDX-License-Identifier: MIT */
/* See traces.h. */
#define _GNU_SOURCE
#include "babeltrace/traces.h"

#include "babeltrace/mip.h"
#include "common/array.h"
#include "common/regular_file.h"
#include "ctf/index.h"
#include "ctf/metadata_file.h"
#include "ctf/packet.h"

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the packets of a stream can be as large as they say; or the file is
 * none. */
static bool is_possible(struct traces *traces, const char *path)
{
	int file = regular_file_open(path, INT64_MAX);
	uint64_t at;
	bool possible = file < 0 || packet_sizes_possible(file, &at);

	if (!possible)
		snprintf(traces->damage, sizeof(traces->damage),
			 "the packet at byte %" PRIu64
			 " of %s has an impossible size",
			 at, path);
	if (file >= 0)
		close(file);
	return possible;
}

/* Looks at the packets of all streams beside the metadata. */
static bool are_possible(struct traces *traces, const char *folder)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	char path[PATH_MAX + NAME_MAX + 1];
	bool possible = true;

	while (entries && possible && (entry = readdir(entries))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		possible = !strcmp(entry->d_name, "metadata") ||
			   is_possible(traces, path);
	}
	if (entries)
		closedir(entries);
	return possible;
}

/*
 * A packet says how many events had been discarded by its end. babeltrace2
 * compares each with the one before, so of those before the first packet it
 * says nothing, or (2.0) that there are some.
 */
static void note_first_packet(struct traces *traces, const char *path)
{
	int file = regular_file_open(path, INT64_MAX);

	if (file < 0)
		return;
	traces->first_discarded +=
		packet_first_discarded(file, strstr(path, "/32-bit/") ? 4 : 8);
	close(file);
}

static int add_folder(struct traces *traces, const char *folder)
{
	char **larger =
		array_grow(traces->folders, traces->count, sizeof(*larger));

	if (!larger)
		return -1;
	traces->folders = larger;
	larger[traces->count] = strdup(folder);
	return larger[traces->count++] ? 0 : -1;
}

/* path is that of its metadata. */
static int add_trace(struct traces *traces, const char *path, size_t length)
{
	char folder[PATH_MAX];

	if (!metadata_is_whole(path)) {
		snprintf(traces->damage, sizeof(traces->damage),
			 "its metadata is cut short");
		return -1;
	}
	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(length - strlen("/metadata")), path);
	if (metadata_is_lttng(path) && !are_possible(traces, folder))
		return -1;
	if (mip_version() == 0 && metadata_is_ctf_2(path)) {
		traces->unknown = true;
		return -1;
	}
	return add_folder(traces, folder);
}

/* Whether it lies in a trace, or among its indexes, and to open it might wait
 * for ever. babeltrace2 would. */
static bool is_trap(const FTSENT *entry)
{
	const FTSENT *folder = entry->fts_parent;
	char metadata[PATH_MAX];
	struct stat status;

	if ((entry->fts_info != FTS_DEFAULT && entry->fts_info != FTS_SL) ||
	    stat(entry->fts_path, &status) != 0 || S_ISREG(status.st_mode) ||
	    S_ISDIR(status.st_mode))
		return false;
	snprintf(metadata, sizeof(metadata), "%.*s/metadata",
		 (int)folder->fts_pathlen, entry->fts_path);
	return strcmp(folder->fts_name, "index") == 0 ||
	       strcmp(entry->fts_name, "metadata") == 0 ||
	       access(metadata, F_OK) == 0;
}

static int visit(struct traces *traces, const FTSENT *entry)
{
	const char *path = entry->fts_path;
	char stream[PATH_MAX];

	if (is_trap(entry)) {
		snprintf(traces->damage, sizeof(traces->damage),
			 "%s is no regular file", path);
		return -1;
	}

	if (entry->fts_info == FTS_DNR && !*traces->unreadable)
		snprintf(traces->unreadable, sizeof(traces->unreadable), "%s",
			 path);
	if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL)
		note_first_packet(traces, path);
	if (entry->fts_info != FTS_F)
		return 0;
	if (!index_holds(path)) {
		index_stream(path, stream);
		snprintf(traces->damage, sizeof(traces->damage),
			 "the stream %s is shorter than its index says",
			 stream);
		return -1;
	}
	if (strcmp(entry->fts_name, "metadata") != 0) {
		traces->files++;
		return 0;
	}
	return add_trace(traces, path, entry->fts_pathlen);
}

/* A trace is opened at its metadata, when its indexes have been looked at. */
static int metadata_last(const FTSENT **a, const FTSENT **b)
{
	int x = strcmp((*a)->fts_name, "metadata") == 0;
	int y = strcmp((*b)->fts_name, "metadata") == 0;

	return x != y ? x - y : strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Links below are not followed; the directory itself is none. */
int traces_find(struct traces *traces, const char *directory)
{
	char *const paths[] = { (char *)directory, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, metadata_last);
	const FTSENT *entry;
	int rc = tree ? 0 : -1;

	*traces = (struct traces){ 0 };
	while (rc == 0 && (entry = fts_read(tree)))
		rc = visit(traces, entry);
	if (tree)
		fts_close(tree);
	return rc;
}

void traces_free(struct traces *traces)
{
	for (size_t i = 0; i < traces->count; i++)
		free(traces->folders[i]);
	free(traces->folders);
}
