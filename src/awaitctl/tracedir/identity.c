/* SPDX-License-Identifier: MIT */
/* See identity.h. */
#include "awaitctl/tracedir/identity.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int identity_make(struct identity *identity, struct trouble *why)
{
	uint64_t random[2];

	if (getentropy(random, sizeof(random)))
		return trouble(why,
			       "the system gives no random numbers: %s; is a "
			       "sandbox in the way?",
			       strerror(errno));
	snprintf(identity->text, sizeof(identity->text), "%016llx%016llx",
		 (unsigned long long)random[0], (unsigned long long)random[1]);
	return 0;
}

int identity_write(const struct identity *identity, const struct folder *folder)
{
	int file =
		folder_file(folder, IDENTITY_FILE, O_WRONLY | O_CREAT | O_EXCL);
	bool written;

	if (file < 0)
		return -1;
	written = fchmod(file, 0600) == 0 &&
		  dprintf(file, "%s\n", identity->text) == IDENTITY_LENGTH + 1;
	return close(file) || !written ? -1 : 0;
}

bool identity_read(struct identity *identity, const struct folder *folder)
{
	char text[IDENTITY_LENGTH + 2];
	int file = folder_file(folder, IDENTITY_FILE, O_RDONLY);
	struct stat status;
	bool sound;

	if (file < 0)
		return false;
	sound = !folder_foreign(folder) && fstat(file, &status) == 0 &&
		status.st_uid == geteuid() &&
		!(status.st_mode & (S_IWGRP | S_IWOTH)) &&
		read(file, text, sizeof(text)) == IDENTITY_LENGTH + 1 &&
		text[IDENTITY_LENGTH] == '\n';
	close(file);
	if (!sound)
		return false;
	text[IDENTITY_LENGTH] = '\0';
	memcpy(identity->text, text, sizeof(identity->text));
	return strspn(text, "0123456789abcdef") == IDENTITY_LENGTH;
}

void identity_label(char label[64], const char *program)
{
	const char *slash = strrchr(program, '/');

	snprintf(label, 64, "%s", slash ? slash + 1 : program);
	for (char *c = label; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			*c = '_';
}

void identity_name(const struct identity *identity, char *name, size_t size,
		   const char *program, int pid)
{
	char label[64], process[16] = "";

	identity_label(label, program);
	if (pid)
		snprintf(process, sizeof(process), "-%d", pid);
	snprintf(name, size, "await-%s-%.*s%s", label, IDENTITY_TAG_LENGTH,
		 identity->text, process);
}

/* The part from a dash on that has only those characters; or NULL. */
static const char *last_part(const char *name, const char *end,
			     const char *characters)
{
	const char *part = end;

	while (part > name && part[-1] != '-')
		part--;
	return part > name && part < end &&
			       part + strspn(part, characters) >= end ?
		       part :
		       NULL;
}

bool identity_parse(const char *name, char tag[IDENTITY_TAG_LENGTH + 1],
		    bool *attached)
{
	const char *end = name + strlen(name);
	const char *pid = last_part(name, end, "0123456789");
	const char *found;

	/* No process has a number as long as a tag. */
	*attached = pid && end - pid < IDENTITY_TAG_LENGTH;
	if (*attached)
		end = pid - 1;
	found = last_part(name, end, "0123456789abcdef");
	if (!found || end - found != IDENTITY_TAG_LENGTH ||
	    strncmp(name, "await-", 6) != 0)
		return false;
	memcpy(tag, found, IDENTITY_TAG_LENGTH);
	tag[IDENTITY_TAG_LENGTH] = '\0';
	return true;
}

bool identity_is_name(const struct identity *identity, const char *name)
{
	char tag[IDENTITY_TAG_LENGTH + 1];
	bool attached;

	return identity_parse(name, tag, &attached) &&
	       !strncmp(identity->text, tag, IDENTITY_TAG_LENGTH);
}

/* The outermost give way if there are too many. */
void identity_environment(const struct identity *identity,
			  char value[IDENTITY_ENVIRONMENT_SIZE])
{
	const char *outer = getenv(IDENTITY_VARIABLE);
	size_t room = IDENTITY_ENVIRONMENT_SIZE - IDENTITY_TAG_LENGTH - 2;

	if (!outer)
		outer = "";
	if (strlen(outer) > room)
		outer += strlen(outer) - room;
	snprintf(value, IDENTITY_ENVIRONMENT_SIZE, "%s%s%.*s", outer,
		 *outer ? ":" : "", IDENTITY_TAG_LENGTH, identity->text);
}
