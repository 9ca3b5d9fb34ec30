"""The table of the benchmark: what each figure says, its unit and its target, and how figures are laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_MECHANISMS = 10


@dataclass(frozen=True)
class Row:
    """A figure of the table: what it says, its unit, and the bounds of its target (None: none on that side)."""

    text: str
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def target(self) -> str:
        if self.at_least is None:
            return "" if self.at_most is None else f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_most is None else f"{self.at_least:g} to {self.at_most:g}"

    def verdict(self, value: float | None) -> str:
        """'met', 'missed', or '-' for a figure that has no target or was not measured."""
        if value is None or not self.target():
            return "-"
        low, high = self.at_least, self.at_most
        return "met" if (low is None or value >= low) and (high is None or value <= high) else "missed"


SAME = {"at_least": 0.85, "at_most": 1.15}
ROWS = {
    "help_s": Row("katye --help", "s", at_most=0.25),
    "import_s": Row("import the model", "s", at_most=0.8),
    "first_day_s": Row("start of a process to its first day at 1:1, compiled before", "s", at_most=1.3),
    "compile_s": Row("more for the first process of all, which compiles", "s", at_most=20),
    "build_s": Row("build the whole city at 1:1", "s"),
    "seconds_per_year": Row("a simulated year at 1:1 on one core", "s"),
    "seconds_per_730_days": Row("730 days at 1:1 on one core", "s", at_most=2),
    "cpu_seconds_per_730_days": Row("the same in seconds of the processor", "s", at_most=2),
    "against_1_ratio": Row(
        "730 days at 1:1, time of the processor: now / at the commit of --against", "times", at_most=0.55
    ),
    "against_1_s": Row("its seconds", "s"),
    "against_50_ratio": Row("the same with 50 households a row: now / at that commit", "times", at_most=0.45),
    "against_50_s": Row("its seconds with 50 households a row", "s"),
    "peak_memory_mb": Row("peak memory of a run at 1:1", "MB"),
    "memory_above_import_mb": Row("that peak above a process that has only imported everything", "MB", at_most=150),
    "growth_mb": Row(
        "more memory held after each model at 1:1 that was deleted (0, to half a megabyte)", "MB", at_most=0.5
    ),
    "households": Row("households at 1:1"),
    "households_ratio": Row("time at 1:1 / time with a tenth of the households", "times", at_most=4),
    "people_10_ratio": Row("time with ten times the people at 1:1 / real city", "times", at_most=3),
    "large_ratio": Row(
        "time with ten million households and more (city of the same shape) / real city", "times", at_most=15
    ),
    "large_memory_mb": Row("peak memory of both in one process", "MB", at_most=2000),
    "neighbourhoods_2_ratio": Row("time with 2 times the neighbourhoods / real city", "times"),
    "neighbourhoods_4_ratio": Row("time with 4 times the neighbourhoods / real city", "times"),
    "gangs_2_ratio": Row("time with every gang in 2 / real city", "times"),
    "gangs_4_ratio": Row("time with every gang in 4 / real city", "times"),
    "runs_per_s_1": Row("short runs at 1:1, one worker", "runs/s"),
    "runs_per_s_2": Row("short runs at 1:1, two workers once started", "runs/s"),
    "workers_ratio": Row("two workers / one worker", "times", at_least=1.95),
    "store_ratio": Row("time of runs of 100 ms with runner and store / without", "times", at_most=1.03),
    "coarse_minutes": Row(
        "3,000 runs of 550 days, 50 households a row, two workers, kept: scaled up from a part of them",
        "min",
        at_most=15,
    ),
    "analysis_s": Row("read 1,000 runs of a year: effects and weekly bands", "s", at_most=2),
    "engine_ns": Row("household rules: engine", "ns/household-day"),
    "numpy_ns": Row("household rules: NumPy columns", "ns/household-day"),
    "mesa_ns": Row("household rules: Mesa agents", "ns/household-day"),
    "numpy_ratio": Row("time of NumPy columns / engine", "times", at_least=10),
    "mesa_ratio": Row("time of Mesa agents / engine", "times", at_least=200),
    "numpy_moves_ratio": Row("moves with NumPy columns / engine: the same rules", "times", **SAME),
    "mesa_moves_ratio": Row("moves with Mesa agents / engine: the same rules", "times", **SAME),
    "candidates_per_1000": Row("households asked", "per 1,000 household-days"),
    "moves_per_1000": Row("households that moved", "per 1,000 household-days"),
    "accepted_share": Row("asked households that said yes (moved, or could not pay for it)", "share"),
    "installed_mb": Row("site-packages of a fresh environment after pip install", "MB", at_most=600),
    "busy": Row("processes that kept the machine busy before (load average)"),
}


def rows(figures: Mapping[str, float]) -> list[tuple[str, float | str, str, str, str]]:
    """The table: what it says, value, unit, target, verdict."""
    return [
        (row.text, figures.get(name, "not measured"), row.unit, row.target(), row.verdict(figures.get(name)))
        for name, row in ROWS.items()
    ]


def notes(figures: Mapping[str, float]) -> str:
    """What to know when reading the table, and why a figure is missing."""
    lines = ["One thread. Medians; both sides of a ratio took turns. Seconds hold for this machine as it was."]
    if figures.get("busy", 0.0) > 0.5:
        lines.append("The machine was busy before: seconds, and what two workers gain, are worse than they could be.")
    if "compile_s" not in figures:
        lines.append("Compiling, ten times the people and ten million households were not measured: leave out --quick.")
    if "against_1_ratio" not in figures:
        lines.append("No older version was measured: it takes --against COMMIT.")
    if "workers_ratio" not in figures:
        lines.append("Two workers were not measured: this machine has one core.")
    if "installed_mb" not in figures:
        lines.append("The size of an installation was not measured: it takes --install and the network.")
    return "\n".join(lines)


def day_rows(day: Mapping[str, float]) -> list[tuple[str, float, str]]:
    """The costliest mechanisms with milliseconds a day and share of it, then all others, then the whole."""
    parts = sorted(((ms, name) for name, ms in day.items() if name != "day"), reverse=True)[:MOST_MECHANISMS]
    lines = [(name, ms) for ms, name in parts]
    lines += [("everything else", day["day"] - sum(ms for ms, _ in parts)), ("the whole day", day["day"])]
    return [(name, ms, f"{ms / day['day']:.0%}") for name, ms in lines]
