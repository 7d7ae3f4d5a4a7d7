# SPDX-License-Identifier: MIT
"""Completion of commands: what the word that is being typed may become.

gdb passes `typed`, all text after the command, and `word`, the end of it that the
results replace. That is the last word by gdb's own rules, to which neither `#` nor
`-` belong.
"""

from __future__ import annotations

from awaitgdb import memory
from awaitgdb.threads import thread_number
from awaitmodel import command_options, query
from awaitmodel.await_text import line_of
from awaitmodel.ids import id_text
from awaitmodel.states import STATES

# gdb shows no more.
_MAX_IDS = 200


def ids(typed: str, word: str) -> list[str]:
    """#12, #12.3 ..."""
    return _cut(_ids(), typed, word)


def log(typed: str, word: str) -> list[str]:
    words = typed.split(" ")
    if words[-1].startswith("-"):
        dash = "--" if words[-1].startswith("--") else "-"
        return _cut([f"{dash}{o}" for o in command_options.LOG_OPTIONS], typed, word)
    before = [w for w in words[:-1] if w]
    option = before[-1].lstrip("-") if before and before[-1].startswith("-") else ""
    if command_options.LOG_OPTIONS.get(option) is not None:
        return _cut(_values(option, words[-1]), typed, word)
    if words[-1].startswith("#"):
        return ids(typed, word)
    return _cut(_values("function", words[-1]), typed, word)


def info_awaits(typed: str, word: str) -> list[str]:
    words = typed.split(" ")
    before = [w for w in words[:-1] if w]
    token = words[-1]
    name = before[-1].lstrip("-") if before and before[-1].startswith("-") else ""
    if command_options.LIST_OPTIONS.get(name) is not None:
        return _cut(_values(name, token), typed, word)
    dash = "--" if token.startswith("--") else "-"
    return _cut(
        [f"{dash}{option}" for option in command_options.LIST_OPTIONS], typed, word
    )


def _values(option: str, token: str) -> list[str]:
    """What the value of an option may be."""
    if option == "state":
        done = token.rpartition(",")
        return [f"{done[0]}{done[1]}{state}" for state in STATES[1:]]
    if option == "sort":
        return list(query.ORDERS)
    if option == "group":
        return list(query.GROUPS)
    worlds = memory.worlds()
    if option == "thread":
        tids = {thread.tid for world in worlds for thread in world.threads()}
        return [str(number) for number in map(thread_number, tids) if number]
    sites = [site for world in worlds for site in query.sites(world)]
    if option == "function":
        return [site.func.name for site in sites]
    if option == "type":
        return [site.func.type.name for site in sites]
    if option == "site":
        return [line_of(site) for site in sites]
    return []


def _ids() -> list[str]:
    found = [query.select(world, query.Filter(), _MAX_IDS) for world in memory.worlds()]
    return [id_text(head.id) for each in found for head in each.heads]


def _cut(candidates: list[str], typed: str, word: str) -> list[str]:
    token = typed.split(" ")[-1]
    kept = len(token) - len(word)
    fitting = {each for each in candidates if each.startswith(token)}
    return [each[kept:] for each in sorted(fitting)]
