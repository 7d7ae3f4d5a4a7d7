# SPDX-License-Identifier: MIT
"""Random numbers for tests: the same in each run.

    chance = Chance()  # prints "# SEED=1"

SEED=N in the environment chooses others, SEED=random by chance: the line that is
printed says with what to call the test again.
"""

from __future__ import annotations

import os
import random
import sys


class Chance(random.Random):
    def __init__(self, usual: int = 1) -> None:
        seed = os.environ.get("SEED", str(usual))
        if seed == "random":
            seed = str(random.SystemRandom().randrange(1_000_000))
        if not seed.isdecimal():
            sys.exit(f"SEED is a number or random, not {seed}")
        print(f"# SEED={seed}", flush=True)
        super().__init__(int(seed))
