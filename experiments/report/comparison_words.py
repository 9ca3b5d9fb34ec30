"""A comparison in words: its main table and sentences, for the screen and for its page alike."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.analysis import paired
from experiments.analysis.comparison import PARTS
from experiments.analysis.outcomes import TINY, Main, shown_outcomes, write, write_difference
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Header and rows of a table, all text."""
LUCK = "Intervals cover luck only; parameters and mechanisms are uncertain too, and more so."
DRAWN = (
    "Intervals cover luck and, in {}, parameters drawn from their priors with it; mechanisms and all other parameters are "
    "uncertain too."
)


@dataclass(frozen=True)
class Comparison:
    """What a comparison's folder holds, its tables made from the runs in it."""

    card: Mapping[str, Any]
    runs: pandas.DataFrame
    daily: pandas.DataFrame
    tables: Mapping[str, pandas.DataFrame]
    failures: Sequence[Mapping[str, Any]]
    outcomes: Sequence[Main]

    @classmethod
    def read(cls, folder: Path) -> Comparison:
        """From the folder of a comparison with one finished run or more; InputError if there is none."""
        from experiments.run.comparison import tables

        results = Results(folder)
        runs, daily = results.runs(), results.table("daily")
        failed = folder / "failures.json"
        failures = json.loads(failed.read_text(encoding="utf-8")) if failed.exists() else []
        made = tables(runs, daily, results.card["comparison"])
        return cls(results.card, runs, daily, made, failures, shown_outcomes(runs))

    @property
    def names(self) -> list[str]:
        return self.card["comparison"]

    @property
    def reference(self) -> str:
        return self.names[0]

    @property
    def others(self) -> list[str]:
        """The scenarios that can be told from the reference: those with two pairs or more."""
        table = self.tables["differences"]
        return list(dict.fromkeys(table.scenario)) if len(table) else []

    def difference(self, outcome: str, scenario: str) -> dict[str, Any]:
        """One row of the differences."""
        table = self.tables["differences"]
        return table[(table.outcome == outcome) & (table.scenario == scenario)].iloc[0].to_dict()

    def summary_rows(self) -> Rows:
        """Outcomes down; the reference's mean and its standard error, then each scenario's difference with its interval."""
        header = (
            "outcome",
            f"{self.reference}, mean ± error",
            *(f"{name} less {self.reference}" for name in self.others),
        )
        rows = []
        for outcome in self.outcomes:
            own = self.runs[self.runs.scenario == self.reference][outcome.name].to_numpy(float)
            if own.size:
                error = write_difference(paired.standard_error(own), outcome.kind, sign=False)
                first = f"{write(float(own.mean()), outcome.kind)} ± {error}"
            else:
                first = "no run"
            cells = [self.gap(self.difference(outcome.name, name), outcome.kind) for name in self.others]
            rows.append((outcome.title, first, *cells))
        return header, rows

    def gap(self, row: Mapping[str, Any], kind: str) -> str:
        return f"{write_estimate(row['difference'], row['low'], row['high'], kind)}{mark(row)}"

    # Sentences

    def notes(self) -> list[str]:
        """How to read the table: pairs, marks, and what many intervals at once mean."""
        table, planned = self.tables["differences"], self.card["replicates"]
        lines = [self._pairs(name, planned) for name in self.names[1:]]
        lines = [line for line in lines if line]
        if not self.others:
            return [*lines, "Fewer than two pairs have finished: nothing can be said about differences."]
        count = len(table)
        chance_hits = count * (1 - paired.LEVEL)
        return [
            *lines,
            f"Differences: mean over pairs with shared luck [95 % interval, Student's t]. * the interval leaves out 0; ** it "
            f"does so too when all {count} intervals are taken at once (Holm, 5 %). Were nothing different, about "
            f"{chance_hits:.1f} of {count} would still have *.",
            self._cover(),
            "Deaths in gangs are deaths of people, a third to a half of them minors: more or fewer of them is never success.",
        ]

    def _cover(self) -> str:
        """What is in the intervals."""
        drawn = [name for name in self.names if "uncertainty" in self.card["changes"][name]]
        return DRAWN.format(", ".join(drawn)) if drawn else LUCK

    def _pairs(self, name: str, planned: int) -> str:
        rows = [set(self.runs[self.runs.scenario == side].replicate) for side in (self.reference, name)]
        left = planned - len(rows[0] & rows[1])
        if not left:
            return ""
        failed = {item["replicate"] for item in self.failures if item["scenario"] in (self.reference, name)}
        why = [
            f"a run failed in {len(failed)}" if failed else "",
            f"{left - len(failed)} unfinished" * (left > len(failed)),
        ]
        return f"{name}: {left} of {planned} pairs are left out ({', '.join(filter(None, why))})."

    def decomposition_sentences(self) -> list[str]:
        """For every scenario where fewer (or more) residents killed come from, in three parts."""
        lines = []
        for name in self.others:
            parts = self.parts(name)
            change = parts["change"]["mean"]
            words = [f"{write_difference(parts[part]['mean'], 'people')} from {text}" for part, text in PARTS.items()]
            if abs(change) < TINY:  # products of the factors: their difference may be a rounding error
                same = all(abs(parts[part]["mean"]) < TINY for part in PARTS)
                split = "" if same else f", with {', '.join(words)}"
                lines.append(f"{name}: as many residents killed as in {self.reference}{split}.")
                continue
            more = "more" if change > 0 else "fewer"
            amount = write_difference(abs(change), "people", sign=False)
            interval = write_interval(parts["change"]["low"], parts["change"]["high"], "people")
            start = f"{name}: {amount} {more} residents killed than in {self.reference} {interval}"
            lines.append(f"{start}; of it {', '.join(words)}.")
        return lines

    def parts(self, scenario: str) -> dict[str, dict[str, float]]:
        """The rows of the decomposition of one scenario, by part."""
        table = self.tables["decomposition"]
        return table[table.scenario == scenario].set_index("part").to_dict("index")

    def protection_sentences(self) -> list[str]:
        """Control never alone: what protection cost, and how many residents operations killed beside it."""
        lines = []
        for row in self.tables["protection"].to_dict("records"):
            years = write_estimate(row["person_years"], row["person_years_low"], row["person_years_high"], "people")
            start = f"{row['scenario']}: {years} person-years outside gang control against {self.reference}; "
            if math.isnan(row["cost_per_person_year"]):
                lines.append(start + "no protection gained, so it has no price.")
            elif math.isinf(row["cost_per_person_year_high"]):
                lines.append(start + "the gain may be nothing, so no price can be told.")
            else:
                harm = f"{self.harm(row)} residents killed in operations per 1,000 person-days."
                lines.append(f"{start}{self.price(row)} each; {harm}")
        return lines

    @staticmethod
    def price(row: Mapping[str, float]) -> str:
        """US$ for a person outside gang control for a year, or that nothing was gained, or nothing that can be told."""
        return _ratio(row, "cost_per_person_year", lambda value: f"US$\u00a0{write(value, 'usd')}")

    @staticmethod
    def harm(row: Mapping[str, float]) -> str:
        """Residents killed in operations per 1,000 person-days outside gang control, or the same words."""
        return _ratio(row, "killed_per_1000_days", lambda value: f"{value:.2g}")


def mark(row: Mapping[str, Any]) -> str:
    """* where the interval leaves out 0, ** where it also does with all intervals of the comparison at once."""
    if not paired.excludes_zero(row["low"], row["high"]):
        return ""
    return " **" if row["p_holm"] < 1 - paired.LEVEL else " *"


def write_estimate(value: float, low: float, high: float, kind: str) -> str:
    beside = max((abs(number) for number in (value, low, high) if math.isfinite(number)), default=0.0)
    return f"{write_difference(value, kind, beside=beside)} {write_interval(low, high, kind, beside)}"


def write_interval(low: float, high: float, kind: str, beside: float = 0.0) -> str:
    if math.isinf(low) and math.isinf(high):
        return "[too few pairs]"
    beside = max(beside, abs(low), abs(high))
    return f"[{write_difference(low, kind, beside=beside)}, {write_difference(high, kind, beside=beside)}]"


def _ratio(row: Mapping[str, float], name: str, written: Callable[[float], str]) -> str:
    value, low, high = (row[column] for column in (name, f"{name}_low", f"{name}_high"))
    if math.isnan(value):
        return "no protection gained"
    if math.isinf(high):
        return "the gain may be nothing"
    return f"{written(value)} [{written(low)}, {written(high)}]"
