# SPDX-License-Identifier: MIT
"""What gdb's commands take when there are a million awaits; inside gdb, for
gdb.sh. Each is the median of several runs; what reading all slabs takes alone is
given first, and taken off in the last column."""

import time

import gdb  # type: ignore

from awaitgdb import memory

ROUNDS = 9
ASKED = {
    "summary": ("info awaits -limit 1", 20),
    "20 that failed": ("info awaits -state failed", 300),
    "20 pending": ("info awaits -state pending", 300),
    "20 of a function": ("info awaits -function num*", 300),
    "grouped by function": ("info awaits -group function", 300),
    "grouped by site": ("info awaits -group site", 300),
    "grouped by state": ("info awaits -group state", 300),
    "grouped by thread": ("info awaits -group thread", 300),
    "sorted by site": ("info awaits -sort site", None),
    "await mark": ("await mark", None),
    "made since": ("info awaits -new", None),
    "await tree": ("await tree", None),
}


def read():
    world = memory.world()
    for slab in world.slabs():
        world.layout.slots(slab)


def median(work):
    took = []
    for _ in range(ROUNDS):
        memory.forget()
        begin = time.perf_counter()
        work()
        took.append((time.perf_counter() - begin) * 1e3)
    return sorted(took)[ROUNDS // 2]


def main():
    alone = median(read)
    print(f"{'reading all slabs':24} {alone:9.1f}")
    for name, (command, most) in ASKED.items():
        took = median(lambda: gdb.execute(command, to_string=True))
        aim = f"   (aim: at most {most} beyond)" if most else ""
        print(f"{name:24} {took:9.1f} {max(took - alone, 0):9.1f}{aim}")


main()
