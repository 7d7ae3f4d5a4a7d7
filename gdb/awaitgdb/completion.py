# SPDX-License-Identifier: MIT
"""What can follow what was typed so far.

gdb asks with all that stands behind the command, and with the end of it that
the answers replace: the last word by its own rules, to which neither `#` nor
`-` belong.
"""

from __future__ import annotations

from awaitgdb import memory, text
from awaitmodel import command_options, query
from awaitmodel.structs import STATES
from awaitmodel.world import print_id

# More would be no help; gdb itself stops at 200.
_MANY = 200


def ids(typed: str, word: str | None) -> list[str]:
    """#12, #12.3 ..."""
    return _cut(_ids(), typed, word)


def log(typed: str, word: str | None) -> list[str]:
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


def info_awaits(typed: str, word: str | None) -> list[str]:
    words = typed.split(" ")
    before = [w for w in words[:-1] if w]
    token = words[-1]
    name = before[-1].lstrip("-") if before and before[-1].startswith("-") else ""
    if command_options.OPTIONS.get(name) is not None:
        return _cut(_values(name, token), typed, word)
    dash = "--" if token.startswith("--") else "-"
    return _cut([f"{dash}{option}" for option in command_options.OPTIONS], typed, word)


def _values(option: str, token: str) -> list[str]:
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
        return [str(number) for number in map(memory.thread_number, tids) if number]
    sites = [site for world in worlds for site in query.sites(world)]
    if option == "function":
        return [site.func.name for site in sites]
    if option == "type":
        return [site.func.type.name for site in sites]
    if option == "site":
        return [f"{text.base(site.file)}:{site.line}" for site in sites]
    return []


def _ids() -> list[str]:
    found = [query.select(world, query.Filter(), _MANY) for world in memory.worlds()]
    return [print_id(head.id) for each in found for head in each.heads]


def _cut(candidates: list[str], typed: str, word: str | None) -> list[str]:
    token = typed.split(" ")[-1]
    kept = len(token) - len(word or "")
    fitting = {each for each in candidates if each.startswith(token)}
    return [each[kept:] for each in sorted(fitting)]
