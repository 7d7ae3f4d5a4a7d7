# SPDX-License-Identifier: MIT
"""extract.py PAGE HEADING: the first program below that heading of a page."""

import re
import sys
from pathlib import Path


def extract(page: str, heading: str) -> str:
    _, _, below = page.partition(f"\n## {heading}\n")
    found = re.search(r"^```c\n(.*?)^```$", below, re.M | re.S)
    if not found:
        raise SystemExit(f"no program below {heading}")
    return found[1]


if __name__ == "__main__":
    print(extract(Path(sys.argv[1]).read_text(), sys.argv[2]), end="")
