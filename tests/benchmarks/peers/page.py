"""The page of the peers, docs/benchmark.md: its table from what was measured, and how to add a row."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.history import processor
from benchmarks.peers.case import Case

EXAMPLE = Path(__file__).parent / "rows" / "numpy_columns.py"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")

TEXT = """# Beside the peers

<!-- Written by `make benchmark-peers`; change tests/benchmarks/peers/page.py, not this file. -->

How long one rule of households takes in Katye, and in other libraries for agent-based models. The rule is a short form of
flight and return: small enough to be written in each of them in some twenty lines, and of a kind that can be checked
without luck. How Katye does it says [The engine](engine.md); what the whole model costs, with all its rules, stands below
the table and there.

## The rule

A household is asked once a day, by where it was in the morning.

- At home it flees with chance `maximum · x / (1 + x)`, where `x = (dose / (half_dose · exp(threshold))) ^ slope`. The
  dose is what its neighbourhood sees of violence that day, the threshold its own.
- Away it goes home with chance `return_rate` where it has been calm for long enough, and else never.

Households are those of the city ({households} of them, {away:.0%} away on the first morning), doses those of {days} days
of a run of the baseline, chances those of the model's parameters. Destinations, fear, families and fees, which the model
has, are left out.

**Checked.** A household has two states, so the number of moves it can be expected to make, and their variance, are
computed exactly (`tests/benchmarks/peers/case.py`). A peer whose moves are more than {farthest} standard errors off is
refused, and no page is written. The last column says how far off each was.

## What was measured

{date}, {cores}, {processor}, Python {python}{load}.

Each peer ran {rounds} times in turns with the others, in processes of its own with one thread, which keep the memory that
they once had. Times are medians, in nanoseconds of the processor for a household and a day, without building.

| peer | with | households | ns | against Katye | moves (expected) | standard errors off |
|---|---|---|---|---|---|---|
{table}

Katye asks only who might move, so its time follows the moves, not the households: in a more violent city its lead is
smaller. All others ask everybody every day. Where a household is an object, a part of them was measured: their time
grows with their number, so that a household and day costs the same.

{left_out}

**The whole city.** Katye with every household ({city_households}) and every rule of the model, gangs, police, mission,
money and record too: {city:.1f} s of the processor for 730 days, on one core.

## What this does not say

- These are times of one rule on one machine. A library may be chosen for other reasons: how it reads, what it draws, who
  knows it.
- Each peer is written as its own documentation advises, by people who know Katye best. If you know one of them better,
  mend its file.
- All share one environment, so each has the versions that suit all: mesa-frames, for one, wants NumPy 1.26.

## Add a row

A peer is one file in `tests/benchmarks/peers/rows/`. It has three names and a class:

```python
{example}```

What a `case` holds says `tests/benchmarks/peers/case.py`. Name the package under `peers` in `setup.cfg`, and call

    make benchmark-peers

It makes an environment of its own below `build/`, with Python 3.12 (`PEERS_PYTHON=...` names another one), measures and
writes this page. A peer whose library is not installed is left out, and the page says so.
"""


def page(
    case: Case,
    peers: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, str],
    city: Mapping[str, float],
    load: float | None,
    rounds: int,
    farthest: float,
) -> str:
    """The page as Markdown. `peers` as `compare` gives them; `load`: the machine's load average before."""
    katye = next(peer["ns"] for peer in peers if peer["name"] == "katye_engine")
    today = datetime.date.today()
    cores = os.cpu_count() or 1
    busy = "" if load is None or load < 0.5 else f"; other programs kept the machine busy (load average {load:.1f})"
    return TEXT.format(
        example=EXAMPLE.read_text(encoding="utf-8"),
        households=f"{case.home.size:,}",
        away=case.away.mean(),
        days=case.days,
        farthest=farthest,
        date=f"{today.day} {today:%B %Y}",
        cores=f"{NUMBERS[cores] if cores < len(NUMBERS) else cores} core{'s' * (cores != 1)}",
        processor=processor(),
        python=platform.python_version(),
        load=busy,
        rounds=NUMBERS[rounds],
        table="\n".join(_line(peer, katye) for peer in peers),
        left_out=_left_out(left_out),
        city_households=f"{city['households']:,.0f}",
        city=city["seconds"],
    )


def _line(peer: Mapping[str, Any], katye: float) -> str:
    versions = ", ".join(f"{package} {version}" for package, version in peer["versions"].items())
    cells = (
        peer["title"],
        versions,
        f"{peer['households']:,}",
        f"{peer['ns']:.3g}" if peer["ns"] < 100 else f"{peer['ns']:.0f}",
        f"{peer['ns'] / katye:,.0f} times" if peer["ns"] > katye else "1",
        f"{peer['moves']:,.0f} ({peer['expected']:,.0f})",
        f"{peer['off']:+.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _left_out(left_out: Mapping[str, str]) -> str:
    """A sentence about every peer that could not be measured."""
    if not left_out:
        return "No peer was left out."
    lines = [f"{name.replace('_', ' ')} (`{why}`)" for name, why in sorted(left_out.items())]
    return f"Left out, as they could not be installed here: {'; '.join(lines)}."
