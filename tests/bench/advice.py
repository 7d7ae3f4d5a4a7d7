# SPDX-License-Identifier: MIT
"""What recording.py measured, for people, and what follows for programs that
make so many awaits a second; that part is computed, and says so."""

from __future__ import annotations

from dataclasses import dataclass

RATES = (100_000, 1_000_000, 10_000_000)


@dataclass
class Run:
    """A run that may be too fast for the buffers. Each a second, but kept, the
    part of the events emitted, and daemons_ns, of an event in the trace."""

    kept: float
    lives: float
    events: float
    mb: float
    daemons_ns: float


@dataclass
class Mode:
    name: str
    ns: dict[str, float]  # of a life
    plain: float  # the same untraced
    emitted: int  # events of a life
    size: float | None  # of an event, in bytes
    fast: Run | None
    paced: dict[int, Run]  # by lives a second
    partial: bool  # not to keep all

    @property
    def more(self) -> float:
        """Nanoseconds that recording adds to a life."""
        return self.ns["median"] - self.plain


def percent(part: float) -> str:
    """Never 100 % of what is not all."""
    return "all" if part == 1 else f"{min(part * 100, 99.9):.1f} %"


def at_pace(mode: Mode, pace: int) -> str:
    """What was kept, and the pace if the program did not come up to it."""
    run = mode.paced[pace]
    slower = f" of {run.lives / 1e6:.2f} M" if run.lives < 0.95 * pace else ""
    return percent(run.kept) + slower


def show_measured(modes: list[Mode]) -> None:
    paces = list(next((m.paced for m in modes if m.paced), {}))
    print(
        f"\n{'create, wait, hit, drop':<25}{'ns':>7}{'p10':>7}{'p90':>7}{'events':>7}"
        f"{'ns/ev.':>7}{'B/ev.':>6}{'daemons':>8}"
        "   kept: full speed" + "".join(f"{f'{p:,} lives/s':>20}" for p in paces)
    )
    for mode in modes:
        line = f"  {mode.name:<23}" + "".join(
            f"{mode.ns[part]:7.0f}" for part in ("median", "p10", "p90")
        )
        if mode.fast and mode.size is not None:
            line += f"{mode.emitted:7}{mode.more / mode.emitted:7.0f}{mode.size:6.0f}"
            if not mode.partial:
                line += (
                    f"{mode.fast.daemons_ns:8.0f}   {percent(mode.fast.kept):>6}"
                    f" {mode.fast.events / 1e6:5.2f} M/s"
                    + "".join(f"{at_pace(mode, pace):>20}" for pace in paces)
                )
        print(line)
    print(
        "  ns: of a processor; ns/ev.: what an event adds; B/ev.: bytes in the trace;\n"
        "  daemons: ns of LTTng's daemons for each event in the trace, at full speed;\n"
        "  M/s: million events a second that came into the trace, at full speed;\n"
        "  of N M: what the program came up to, in million lives a second"
    )


def verdict(mode: Mode, rate: int) -> str:
    """What is kept at that rate: as it was measured, if the program came up to
    it; else ~ what one processor for LTTng's daemons is enough for, and not more
    than was kept at a lower rate."""
    assert mode.fast
    if mode.partial:
        return "a part"
    run = mode.paced.get(rate)
    if run and run.lives >= 0.95 * rate:
        return percent(run.kept)
    able = 1e9 / mode.fast.daemons_ns / (rate * mode.emitted)
    if "blocking" in mode.name:
        return "all" if able >= 1 else f"all, {1 / able:.1f}x slower"
    runs = [mode.fast, *mode.paced.values()]
    kept = min((run.kept for run in runs if run.lives <= rate), default=1.0)
    return f"~ {percent(min(able, kept))}"


def show_computed(modes: list[Mode]) -> None:
    print(
        "\nFrom these figures, by computation: awaits a second, each a create, wait,\n"
        "hit and drop; percent of a core that the program and LTTng's daemons take,\n"
        "MB of trace a second, and what is kept: measured, or (~) what one core is\n"
        "enough for that the daemons have, and a disk that takes it\n"
    )
    print(f"{'':<25}" + "".join(f"{f'{r:,}':>39}" for r in RATES))
    print(f"{'':<25}" + f"{'prog.':>8}{'daem.':>7}{'MB/s':>7}{'kept':>17}" * len(RATES))
    for mode in modes:
        line = f"  {mode.name:<23}"
        for rate in RATES:
            line += f"{mode.more * rate / 1e7:7.0f}%"
            if mode.fast and mode.size is not None:
                events = rate * mode.emitted
                if mode.partial:
                    events = 0 if "snapshot" in mode.name else events / 1024
                daemons = f"{mode.fast.daemons_ns * events / 1e7:.0f}%"
                line += (
                    f"{'' if mode.partial else daemons:>7}"
                    f"{mode.size * events / 1e6:7.1f}{verdict(mode, rate):>17}"
                )
            else:
                line += f"{'':>31}"
        print(line.rstrip())


def show(modes: list[Mode]) -> None:
    show_measured(modes)
    show_computed(modes)
