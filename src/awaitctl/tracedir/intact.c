/* SPDX-License-Identifier: MIT */
/* See intact.h. */
#define _GNU_SOURCE
#include "awaitctl/tracedir/intact.h"

#include "awaitctl/common/signals.h"
#include "awaitctl/tracedir/streams.h"
#include "awaitctl/tracedir/tree.h"
#include "ctf/torn_packet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct making {
	const struct streams *streams;
	const struct folder *to;
};

static const char *below_of(const struct stream *stream)
{
	return stream->below + strspn(stream->below, "/");
}

/* Adds a sentence, as far as there is room. */
__attribute__((format(printf, 2, 3))) static void tell(char text[INTACT_TEXT],
						       const char *format, ...)
{
	size_t length = strlen(text);
	va_list values;

	if (length)
		length += (size_t)snprintf(text + length, INTACT_TEXT - length,
					   "; ");
	if (length >= INTACT_TEXT)
		return;
	va_start(values, format);
	vsnprintf(text + length, INTACT_TEXT - length, format, values);
	va_end(values);
}

static void tell_stream(struct intact *intact, const struct streams *streams,
			const struct stream *stream)
{
	const char *below = below_of(stream);
	const struct stream *file = streams_file(streams, stream->below);
	bool cut = file && file->whole < file->size;

	if (stream->kind == STREAM_MISSING)
		tell(intact->text, "%s is missing", below);
	else if (stream->kind == STREAM_SHORT && !cut)
		tell(intact->text, "%s is shorter than its index says", below);
	else if (stream->kind == STREAM_STUCK)
		tell(intact->text,
		     "%s ends early: LTTng could not read the rest of that "
		     "processor's buffer, as when a process died in the middle "
		     "of an event, and what all processes recorded there later "
		     "is lost",
		     below);
	else if (stream->kind == STREAM_FILE && cut)
		tell(intact->text,
		     file->torn ? "%s ends within a packet" :
				  "%s ends in bytes that are no packet, which "
				  "are left out",
		     below);
	intact->lacks = intact->lacks || stream->kind != STREAM_FILE || cut;
}

/* Of the first of a trace's streams. */
static void tell_copy(struct intact *intact, const struct streams *streams,
		      size_t i)
{
	const struct stream *stream = &streams->stream[i];
	const char *below = below_of(stream);

	for (size_t k = 0; k < i; k++)
		if (streams->stream[k].trace == stream->trace &&
		    !memcmp(streams->stream[k].below, stream->below,
			    stream->trace))
			return;
	tell(intact->copies,
	     "%.*s is a copy of another trace there and left out",
	     (int)(stream->trace - (size_t)(below - stream->below)), below);
}

/* Returns whether there is anything to tell. */
static bool tell_all(struct intact *intact, const struct streams *streams)
{
	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].copied)
			tell_copy(intact, streams, i);
		else
			tell_stream(intact, streams, &streams->stream[i]);
	return *intact->text || *intact->copies;
}

/* Whether the directory is a trace that is left out. */
static bool is_copy(const struct streams *streams, const char *below)
{
	size_t length = strlen(below);

	for (size_t i = 0; i < streams->count; i++)
		if (streams->stream[i].copied &&
		    streams->stream[i].trace == length &&
		    !memcmp(streams->stream[i].below, below, length))
			return true;
	return false;
}

/* Makes a packet of what is whole of the one that the file ends in. */
static int keep_torn(const struct tree_entry *entry, int file,
		     const struct stream *stream)
{
	const uint64_t size = stream->size - stream->whole;
	const unsigned word = strstr(entry->path, "/32-bit/") ? 4 : 8;
	struct event_layouts *layouts;
	char path[PATH_MAX], *bytes = malloc(size);
	struct packet_head head;
	uint64_t content = 0;

	if (!bytes)
		return -1;
	snprintf(path, sizeof(path), "%.*s/metadata",
		 (int)(strrchr(entry->path, '/') - entry->path), entry->path);
	layouts = event_layouts_read(path);
	if (pread(file, bytes, size, (off_t)stream->whole) == (ssize_t)size)
		content = torn_packet_content(layouts, bytes, size, word);
	event_layouts_free(layouts);
	if (content) {
		memcpy(&head, bytes, sizeof(head));
		head.content_size = head.packet_size = 8 * content;
		if (pwrite(file, &head, sizeof(head), (off_t)stream->whole) !=
		    sizeof(head))
			content = 0;
	}
	free(bytes);
	return ftruncate(file, (off_t)(stream->whole + content));
}

static int copy_entry(const struct tree_entry *entry, int to)
{
	int from = openat(entry->at, entry->name,
			  O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int rc = from < 0 ? -1 : copy_file(from, to);

	if (from >= 0)
		close(from);
	return rc;
}

static int make_file(const struct making *making,
		     const struct tree_entry *entry)
{
	const struct stream *stream =
		streams_file(making->streams, entry->below);
	int file, rc;

	if (stream && stream->whole == stream->size)
		return folder_symlink(making->to, entry->path, entry->below);
	file = folder_file(making->to, entry->below, O_RDWR | O_CREAT | O_EXCL);
	rc = file < 0 ? -1 : copy_entry(entry, file);
	if (rc == 0 && stream)
		rc = keep_torn(entry, file, stream);
	return file >= 0 && close(file) ? -1 : rc;
}

/* A link to each stream that is sound, a copy of what is intact of others and
 * of metadata. Indexes are left out: babeltrace2 makes do without. */
static int make_entry(const struct tree_entry *entry, void *data,
		      struct trouble *why)
{
	const struct making *making = data;
	char folder[PATH_MAX];
	int rc = 0;

	if (signals_stop_requested())
		return trouble(why, "stopped while %s was copied", entry->path);
	if (!*entry->below)
		return 0;
	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(strrchr(entry->below, '/') - entry->below),
		 entry->below);
	if (entry->type == TREE_DIRECTORY)
		rc = folder_mkdir(making->to, entry->below);
	else if (entry->type == TREE_FILE &&
		 !is_copy(making->streams, folder) &&
		 !strstr(entry->below, "/index/"))
		rc = make_file(making, entry);
	if (rc == 0)
		return 0;
	return trouble(why,
		       "cannot copy %s to %s: %s; set TMPDIR to where there is "
		       "room for what is intact of it",
		       entry->path, making->to->path, strerror(errno));
}

/* The real path of a new directory. */
static int make_directory(char path[PATH_MAX], struct trouble *why)
{
	const char *where = secure_getenv("TMPDIR");
	char template[PATH_MAX];

	snprintf(template, sizeof(template), "%s/awaitctl-XXXXXX",
		 where && *where ? where : "/tmp");
	if (mkdtemp(template) && realpath(template, path))
		return 0;
	return trouble(why,
		       "cannot make %s: %s; set TMPDIR to where that can "
		       "be made",
		       template, strerror(errno));
}

static int make(struct intact *intact, const struct folder *folder,
		const struct streams *streams, struct trouble *why)
{
	struct folder to;
	struct making making = { streams, &to };
	int rc;

	signals_hold(false);
	if (make_directory(intact->directory, why))
		return -1;
	intact->made = true;
	if (folder_open(&to, intact->directory))
		return trouble(why, "cannot open %s: %s", intact->directory,
			       strerror(errno));
	rc = tree_walk(folder, "", make_entry, &making, why);
	folder_close(&to);
	return rc;
}

int intact_find(struct intact *intact, const char *directory,
		struct trouble *why)
{
	struct streams streams;
	struct folder folder;
	char path[PATH_MAX];
	int rc = 0;

	*intact = (struct intact){ 0 };
	snprintf(intact->directory, sizeof(intact->directory), "%s", directory);
	/* The reader says what is wrong with it. */
	if (!realpath(directory, path) || folder_open(&folder, path))
		return 0;
	if (streams_find(&streams, &folder, why) == 0) {
		if (tell_all(intact, &streams))
			rc = make(intact, &folder, &streams, why);
		streams_free(&streams);
	}
	folder_close(&folder);
	if (rc == 0)
		return 0;
	intact_remove(intact);
	snprintf(intact->directory, sizeof(intact->directory), "%s", directory);
	intact->made = false;
	return -1;
}

void intact_remove(const struct intact *intact)
{
	struct folder folder;

	if (!intact->made || folder_open(&folder, intact->directory))
		return;
	tree_clear(&folder, "");
	folder_close(&folder);
	rmdir(intact->directory);
}

/* Both paths as text, in which they are printable. */
void intact_rename(const struct intact *intact, const char *directory,
		   struct trouble *text)
{
	const struct trouble before = *text;
	const char *at = before.text, *found;
	struct trouble made, name;
	size_t length = 0;

	if (!intact->made)
		return;
	trouble(&made, "%s", intact->directory);
	trouble(&name, "%s", directory);
	while ((found = strstr(at, made.text)) && length < TROUBLE_SIZE) {
		length += (size_t)snprintf(text->text + length,
					   TROUBLE_SIZE - length, "%.*s%s",
					   (int)(found - at), at, name.text);
		at = found + strlen(made.text);
	}
	if (length < TROUBLE_SIZE)
		snprintf(text->text + length, TROUBLE_SIZE - length, "%s", at);
}
