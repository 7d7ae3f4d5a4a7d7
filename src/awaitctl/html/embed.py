# SPDX-License-Identifier: MIT
"""Writes C of the page of `awaitctl report --html`, from its parts.

    embed.py OUTPUT.c page.html page.css SCRIPT.js...

page.html has {policy}, {style}, {data} and {script} on lines of their own. The
policy allows this style and these scripts, by their hashes, and nothing else: no
request, whatever a name in the data is.
"""

from __future__ import annotations

import base64
import hashlib
import pathlib
import sys
import textwrap


def source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {source(style)}; script-src {source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def array(name: str, text: str) -> str:
    body = textwrap.fill(", ".join(map(str, text.encode())), 78)
    return (
        f"const char {name}[] = {{\n{body}\n}};\n"
        f"const size_t {name}_size = sizeof({name});\n"
    )


def main(output: str, page: str, style: str, *scripts: str) -> None:
    text = pathlib.Path(page).read_text(encoding="utf-8")
    css = pathlib.Path(style).read_text(encoding="utf-8")
    parts = [pathlib.Path(one).read_text(encoding="utf-8") for one in scripts]
    script = "'use strict';\n" + "".join(parts)
    for part in css, script:
        if not part.isascii() or "</" in part:
            sys.exit("embed.py: the page's parts are ASCII, without </")
    text = text.replace("{policy}", policy(css, script))
    text = text.replace("{style}", css).replace("{script}", script)
    before, after = text.split("{data}")
    pathlib.Path(output).write_text(
        '#include "awaitctl/html/page.h"\n\n'
        + array("page_before", before)
        + array("page_after", after),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
