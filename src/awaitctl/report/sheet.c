/* SPDX-License-Identifier: MIT */
/* See sheet.h. */
#include "awaitctl/report/sheet.h"

#include "common/number.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_MAX = 10000 };

/* What the user says is more than what the terminal does. */
static size_t width_of_terminal(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (columns && number_parse(columns, 1, WIDTH_MAX, &width))
		return width;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static bool is_utf8(void)
{
	locale_t users = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is = users && !strcmp(nl_langinfo_l(CODESET, users), "UTF-8");

	if (users)
		freelocale(users);
	return is;
}

void sheet_begin(struct sheet *sheet, FILE *out)
{
	*sheet = (struct sheet){ .out = out };
	if (!getcwd(sheet->here, sizeof(sheet->here)))
		*sheet->here = '\0';
	if (!isatty(STDOUT_FILENO))
		return;
	sheet->width = width_of_terminal();
	sheet->blocks = is_utf8();
}

struct text_table sheet_table(const struct sheet *sheet, const char *align)
{
	return (struct text_table){ .align = align,
				    .width = sheet->width,
				    .here = sheet->here };
}
