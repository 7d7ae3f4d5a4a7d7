# SPDX-License-Identifier: MIT
"""Names: whatever users call their variables and macros, <await/await.h> means the
users' ones. The names to try are read from the headers.
"""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402
from compiler import CC, CXX, TOP, compile, run  # noqa: E402

USER = (Path(__file__).resolve().parent / "user.c").read_text()
HEADERS = [*TOP.glob("include/await/*.h"), *TOP.glob("include/await/test/*.h")]

# What a macro may say beside its parameters and names that begin with ours: words
# of the languages, and of their standard libraries.
WORDS = set(
    """
    _Generic _Static_assert bool char const constexpr decltype default do double else
    enum extern float if inline int long nullptr return short signed sizeof static
    static_assert static_cast struct true typedef typename union unsigned void
    volatile while
    _Atomic _Bool _Pragma ERANGE NULL
    EINVAL SIZE_MAX UINT32_MAX offsetof size_t uint32_t
    std
    atomic atomic_signal_fence begin initializer_list is_enum is_same is_void
    is_trivially_copyable u
    """.split()
)
# The members that a handle shows: a macro of these names breaks what comes behind it.
MEMBERS = {"head", "value"}
# cmocka's.
CMOCKA = {"_assert_true", "assert_await_count", "assert_await_each", "assert_await_ran"}
# What a user's macros are usually called, beside the names in our own macros.
USUAL = """
    N T M X S V VALUE STATUS ERROR OK FAIL STATE HEAD ARGS TYPE KIND NAME SITE FUNC CALL
    RUN NEW MADE END MANY MORE ONE ALL ANY NONE noinline unused noreturn aligned
    nodiscard no_icf warn_unused_result tls_model
    """.split()

# What locals would be called without a prefix.
OLD = "aw out rc value site error awaits args slot from awaited one".split()

EACH_NAME = """
static int twice_NAME(int NAME) { return 2 * NAME; }
AWAITABLE_VALUE(int, twice_NAME, (int, NAME));
static int fails_NAME(int *where, char *NAME) { return *where = -*NAME; }
AWAITABLE(int, fails_NAME, (char *, NAME, put_back, take));
static int holds_NAME(await_int *NAME) { return await_get(NAME); }
AWAITABLE_VALUE(int, holds_NAME, (await_int *, NAME, await_unref, await_ref));
static int does_NAME(int NAME) { return -NAME; }
AWAITABLE_ACTION(does_NAME, (int, NAME));
AWAIT_STATIC(static_NAME, twice_NAME, 21);
static void with_NAME(void)
{
    struct timespec soon = { 0, 0 };
    struct pair pair = { 3, 4 };
    int got = 0;
    size_t index;
    char byte = 1;
    {
        await_int *NAME = awaitable(twice_NAME, 21);
        await_int *list[] = { NAME };
        CHECK(await_state(NAME) == AWAIT_PENDING && await_error(NAME) == 0);
        CHECK(await_peek(NAME, &got) == -EAGAIN);
        CHECK(await_wait(NAME, &got) == 0 && got == 42);
        CHECK(await_wait_until(NAME, &got, &soon) == 0);
        CHECK(await_wait_all(&NAME, 1, NULL, &index) == 0 && index == 1);
        CHECK(await_get(NAME) == 42 && *await_borrow(NAME) == 42);
        CHECK(await_cancel(NAME) == -EALREADY && await_attempts(NAME) == 1);
        CHECK(await_cast(count, NAME) != NULL && await_origin(NAME) == AWAIT_LAZY);
        CHECK(await_describe(NAME, NULL, 0) > 10 && await_id(NAME) != 0);
        CHECK(await_wait_all(list, 1, NULL, NULL) == 0);
        await_unref(await_ref(NAME));
        await_unref(NAME);
    }
    {
        int NAME = 7;
        await_int *handle = await_nowait(int, NAME);
        CHECK(await_get(handle) == 7);
        await_unref(handle);
        handle = await_promise(int);
        CHECK(await_resolve(handle, NAME) == 0 && await_get(handle) == 7);
        await_unref(handle);
        handle = awaitable(twice_NAME, NAME);
        CHECK(await_get(handle) == 14);
        await_unref(handle);
        NAME = -NAME;
        handle = await_promise(int);
        CHECK(await_reject(handle, NAME) == 0 && await_error(handle) == -7);
        CHECK(await_wait_all(&handle, 1, &NAME, NULL) == -7 && NAME == -7);
        await_unref(handle);
        handle = awaitable(fails_NAME, &byte);
        CHECK(await_wait(handle, &NAME) == -1 && NAME == -7);
        await_unref(handle);
    }
    {
        int *NAME = &got;
        await_int *handle = await_nowait(int, 9);
        CHECK(await_wait(handle, NAME) == 0 && got == 9);
        got = 0;
        CHECK(await_peek(handle, NAME) == 0 && got == 9);
        got = 0;
        CHECK(await_wait_until(handle, NAME, NULL) == 0 && got == 9);
        await_unref(handle);
    }
    {
        size_t NAME = 1;
        struct row row = { { 5, 6 } };
        await_row *handle = await_nowait(row, row);
        await_int *part = awaitable(cell, handle, NAME);
        await_action *action = awaitable(does_NAME, (int)NAME);
        CHECK(await_get(part) == 6 && await_wait(action, NULL) == -1);
        await_unref(part);
        await_unref(action);
        await_unref(handle);
    }
    {
        await_int *NAME = await_static_ref(static_NAME);
        await_int *holder = awaitable(holds_NAME, NAME);
        CHECK(await_get(holder) == 42 && static_NAME() == NAME);
        await_drop(&NAME);
        await_static_reset(static_NAME);
        CHECK(NAME == NULL);
        NAME = holder;
        await_drop(&NAME);
    }
    {
        const struct timespec *NAME = &soon;
        await_int *handle = await_promise(int);
        CHECK(await_wait_until(handle, NULL, NAME) == -ETIMEDOUT);
        await_unref(handle);
    }
    {
        await_int_owner *NAME = await_promise_owner(int);
        await_int *handle = await_promise_of(NAME);
        CHECK(await_owner_resolve(NAME, 7) == 0);
        CHECK(await_owner_reject(NAME, -1) == -EALREADY);
        CHECK(await_owner_drop(NAME) == 0 && await_get(handle) == 7);
        await_unref(handle);
    }
    {
        await_pair *NAME = await_nowait(pair, pair);
        await_int *part = awaitable(second, NAME);
        CHECK(AWAIT_FIELD(NAME, first) == 3 && await_get(part) == 4);
        await_unref(part);
        await_unref(NAME);
    }
}
"""

PROGRAM = """
#include <await/await.h>
#include <await/inspect.h>
#include <stdio.h>
#define CHECK(what) ((what) ? (void)0 : (void)printf("%s: %s\\n", __func__, #what))
struct pair {{ int first, second; }};
AWAIT_TYPE(int, int);
AWAIT_TYPE(count, int);
AWAIT_TYPE(pair, struct pair);
AWAITABLE_PART(int, second, pair, second);
struct row {{ int cells[2]; }};
AWAIT_TYPE(row, struct row);
AWAITABLE_PART_AT(int, cell, row, cells);
static int balance;
static char *take(char *text) {{ balance++; return text; }}
static void put_back(char *text) {{ balance -= text != NULL; }}
{functions}
int main(void)
{{
    {calls}
    CHECK(balance == 0);
    return 0;
}}
"""


def macros() -> list[tuple[str, set[str], str]]:
    """Name, parameters and body of each macro of the public headers."""
    found = []
    for header in HEADERS:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header.read_text(), flags=re.S)
        for name, given, body in re.findall(
            r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\([^)]*\))?(.*)$",
            text.replace("\\\n", " "),
            re.M,
        ):
            body = re.sub(r"\"(\\.|[^\"\\])*\"|'.'", "", body)
            found.append((name, set(re.findall(r"\w+", given)), body))
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", text))


class Names(unittest.TestCase):
    def test_each_word_of_a_macro_is_ours(self) -> None:
        """Or is pasted to one of ours before anything is done with it: such words
        are arguments of macros that only paste them."""
        pasted = set("new made run release end nowait promise promise_owner _".split())
        for name, parameters, body in macros():
            if not name.startswith(("AWAIT", "await", "assert_await")):
                continue
            test_words = {"SEQUENCE", "SUBSEQUENCE", "ANY_ORDER"} | {
                word for word in words(body) if name.startswith("await_")
            }
            body = re.sub(r"(\w+\s*)?##\s*\w+(\s*##\s*\w+)*", "", body)
            left = {
                word
                for word in words(body) - parameters - WORDS - MEMBERS - CMOCKA - pasted
                if not re.match("(await|AWAIT|__)", word)
            }
            if "AWAIT_MATCH_(" in body or "AWAIT_LIST_CLAIM_(" in body:
                left -= test_words
            self.assertEqual(left, set(), name)

    def test_macros_of_a_user(self) -> None:
        """Each word that our macros mention is a macro, which breaks what it is in."""
        names = set(USUAL)
        for _, parameters, body in macros():
            names |= {word for word in parameters | words(body) if word != "assert"}
        names = {
            name
            for name in names - words(USER) - WORDS - MEMBERS - CMOCKA
            if not re.match("(await|AWAIT|_)", name)
        }
        for name in ("N", "VALUE", "STATUS", "T", "a", "n", "fn", "new", "out", "call"):
            self.assertIn(name, names)
        with tempfile.TemporaryDirectory() as tmp:
            header = Path(tmp) / "macros.h"
            lines = [f"#undef {name}\n#define {name} )(\n" for name in sorted(names)]
            header.write_text("".join(lines))
            for compiler in (CC, CXX):
                told = f'-DMACROS_OF_A_USER="{header}"'
                self.assertEqual(
                    compile(compiler, USER, told, "-Wall", "-Wextra")[:900], ""
                )

    def test_usual_macros_before_the_header(self) -> None:
        """Less attributes, which would break other people's headers."""
        flags = [f"-D{name}=100" for name in USUAL if name.isupper()]
        for compiler in (CC, CXX):
            self.assertEqual(
                compile(compiler, USER, *flags, "-Wall", "-Wextra")[:900], ""
            )

    def test_variables_of_a_user(self) -> None:
        """A local of ours, without its prefix, is any other name to a user."""
        local = set()
        for _, _, body in macros():
            local |= set(re.findall(r"\bawait_([a-z]+)_\b", body))
        self.assertGreaterEqual(local, {"aw", "out", "rc", "value", "site", "error"})
        names = sorted({*(f"{name}_" for name in {*local, *OLD}), *OLD})
        for compiler in (CC, CXX):
            program = PROGRAM.format(
                functions="".join(EACH_NAME.replace("NAME", name) for name in names),
                calls="".join(f"with_{name}();" for name in names),
            )
            self.assertEqual(run(compiler, program, "-Wall", "-Werror"), "")


if __name__ == "__main__":
    tap.main()
