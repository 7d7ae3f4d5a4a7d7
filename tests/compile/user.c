/* SPDX-License-Identifier: MIT */
/*
 * Uses each macro of <await/await.h>, in C and in C++, for test_flags.py to
 * compile as other projects do, and test_names.py beside macros of theirs.
 */
#include <await/await.h>
#include <await/inspect.h>
#include <await/sink.h>
#include <await/trace.h>
#include <await/version.h>

#ifdef MACROS_OF_A_USER
#include MACROS_OF_A_USER
#endif

struct sheet {
	int rows;
	char title[16];
};
AWAIT_TYPE(int, int);
AWAIT_TYPE(sheet, struct sheet);
AWAIT_TYPE(decimal, double);
AWAIT_TYPE(inward, await_int *);
static void put_away(char **string_)
{
	(void)string_;
}
AWAIT_TYPE(string_, char *, put_away);

static int fetch_it(struct sheet *result, const char *where, int levels)
{
	result->rows = levels + where[0];
	result->title[0] = 0;
	return 0;
}
AWAITABLE(sheet, fetch_it, (const char *, where), (int, levels));
AWAITABLE_PART(int, rows, sheet, rows);
static int unity(void)
{
	return 1;
}
AWAITABLE_VALUE(int, unity);
static int sum_up(int *result, int left, int right)
{
	*result = left + right;
	return 0;
}
AWAITABLE_STICKY(int, sum_up, (int, left), (int, right));

AWAIT_TYPE(later, await_int *, await_drop);
static int sum_of(await_int *left, int right)
{
	return await_get(left) + right;
}
AWAITABLE_VALUE(int, sum_of, (await_int *, left, await_unref, await_ref),
		(int, right));

static void begin_it(int how)
{
	(void)how;
}
AWAITABLE_ACTION(begin_it, (int, how));
static int begin_well(void)
{
	return 0;
}
AWAITABLE_ACTION(begin_well);

struct grid {
	int cells[4];
	const char *names[2];
};
AWAIT_TYPE(grid, struct grid);
AWAITABLE_PART_AT(int, cell_of, grid, cells);

AWAIT_STATIC(one_of_all, unity);
AWAIT_STATIC(two_of_all, sum_of, one_of_all(), 1);
AWAIT_STATIC(begun, begin_well);

static char *duplicate(const char *text_of)
{
	static char borrowed[8];

	borrowed[0] = text_of[0];
	return borrowed;
}
static void put_back(char *text_of)
{
	(void)text_of;
}
static int length_of(const char *text_of)
{
	return text_of[0];
}
AWAITABLE_VALUE(int, length_of, (const char *, text_of, put_back, duplicate));
AWAIT_STATIC(kept_length, length_of, "three");

int use_all(char *room);
int use_all(char *room)
{
	struct sheet sheet;
	const struct sheet *borrowed;
	struct timespec limit = { 0, 0 };
	struct await_done done;
	int number = 0, sum;
	int codes[2];
	size_t failed;
	await_int *adding =
		awaitable(sum_up, 1, await_get(await_nowait(int, 3)));
	await_int *single = awaitable(unity),
		  *length = awaitable(length_of, "x");
	await_int *both[] = { adding, single };
	await_sheet *paged = awaitable(fetch_it, "/etc/hosts", 2);
	await_sheet *promised = await_promise(sheet);
	await_sheet_owner *owner = await_promise_owner(sheet);
	await_inward *nested =
		await_nowait(inward, await_ref(await_ref(adding)));
	await_later *planned = await_nowait(later, await_ref(single));
	await_action *beginning = awaitable(begin_it, 1);
	await_action *told = await_promise(action);
	await_grid *grid = await_promise(grid);
	await_int *cell = awaitable(cell_of, grid, 3);
	await_int *mine = await_static_ref(two_of_all);

	sum = await_wait(beginning, &done) + await_wait(begun(), &done);
	sum += await_resolve(told, AWAIT_DONE) + await_get(cell);
	sum += await_get(one_of_all()) + await_get(two_of_all());
	sum += await_get(await_get(planned)) + await_get(mine);
	sum += await_get(kept_length());
	await_get(told);
	await_static_reset(two_of_all);
	await_unref(mine);
	await_drop(&planned);
	sum += await_wait(paged, &sheet);
	sum += await_wait(paged, &sheet);
	sum += await_wait_until(adding, &number, &limit);
	sum += await_peek(adding, &number);
	sum += await_wait_all(both, 2, codes, &failed);
	sum += await_resolve(promised, sheet);
	sum += await_reject(promised, -1);
	sum += await_wait(await_promise_of(owner), &sheet);
	sum += await_owner_resolve(owner, sheet);
	sum += await_owner_reject(owner, -1);
	sum += await_owner_drop(owner);
	sum += await_cancel(length);
	sum += await_get(await_get(nested));
	sum += AWAIT_FIELD(paged, rows) + AWAIT_FIELD(paged, title)[0];
	borrowed = await_borrow(paged);
	sum += borrowed->rows + (await_state(adding) == AWAIT_PENDING) +
	       (await_id(adding) != 0) + await_error(adding) +
	       (await_attempts(adding) != 0) +
	       (await_origin(adding) == AWAIT_LAZY) +
	       (await_describe(adding, room, 3) != 0);
	await_unref(await_ref(single));
	await_unref(await_cast(int, single));
	await_unref(awaitable(rows, paged));
	return sum + await_dump(2);
}
