"""What each mechanism does: a scenario with one switched off, against the same scenario with all, under the same luck.

A mechanism's weight is how far its absence moves the outcomes that a model headlines, in standard deviations of the
reference over luck. That says what the model hangs on; whether the mechanism is right is another question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis import paired
from experiments.analysis.study_results import StudyResults
from experiments.study.ready_made import FEWEST_SEEDS
from experiments.study.study import NOTHING, OFF
from simulation.errors import InputError

if TYPE_CHECKING:
    import pandas

    from simulation.port.outcomes import Outcome


@dataclass(frozen=True)
class Ablation:
    """Runs of an ablation study; `weighed`: outcomes that decide a weight, `reported`: those and others beside them."""

    study: StudyResults
    weighed: tuple[Outcome, ...]
    reported: tuple[Outcome, ...]

    @classmethod
    def read(cls, folder: str | Path) -> Ablation:
        """InputError if the folder holds no study that switches mechanisms off."""
        study = StudyResults.read(folder)
        if OFF not in study.factors:
            hint = "Make one with: katye ablation"
            raise InputError("it switches no mechanism off", f"study in {folder}", hint)
        family = study.family
        weighed = tuple(family.outcomes[name] for name in family.usual if name in study.outcome_names)
        beside = tuple(family.outcomes[name] for name in family.reported_beside if name in study.outcome_names)
        return cls(study, weighed, (*weighed, *beside))

    @property
    def reference(self) -> pandas.DataFrame:
        """Runs with every mechanism."""
        return self.study.runs[self.study.runs[OFF] == NOTHING]

    def table(self) -> pandas.DataFrame:
        """`ablation_table` of all runs."""
        return ablation_table(self.study.runs, [item.name for item in self.reported])

    def own(self) -> pandas.DataFrame:
        """A row a mechanism that is about some outcome: that which its absence moves most surely, `own_table`."""
        about, runs = self.study.family.about, self.study.runs
        return own_table(
            runs, {name: [one for one in about.get(name, ()) if one in runs] for name in runs[OFF].unique()}
        )

    def weights(self, table: pandas.DataFrame) -> pandas.Series:
        """`weights` by the outcomes that decide them."""
        return weights(table, [item.name for item in self.weighed])


def ablation_table(runs: pandas.DataFrame, outcomes: Sequence[str]) -> pandas.DataFrame:
    """A row a mechanism and outcome: what is different without it (mean, 95 % interval over luck), and in sd.

    sd: difference over the standard deviation of the reference over luck; NaN where the reference does not vary.
    """
    import pandas

    reference = runs[runs[OFF] == NOTHING].set_index("replicate")
    rows = []
    for mechanism, group in runs[runs[OFF] != NOTHING].groupby(OFF, sort=False):
        without = group.set_index("replicate")
        both = without.index.intersection(reference.index)
        if both.size < FEWEST_SEEDS:
            continue
        for outcome in outcomes:
            ours, theirs = (table.loc[both, outcome].to_numpy(float) for table in (without, reference))
            spread = float(np.std(theirs, ddof=1))
            row = paired.difference(ours, theirs)
            row |= {"mechanism": mechanism, "outcome": outcome}
            rows.append(row | {"sd": row["difference"] / spread if spread > 0 else np.nan})
    return pandas.DataFrame(rows)


def own_table(runs: pandas.DataFrame, about: Mapping[str, Sequence[str]]) -> pandas.DataFrame:
    """A row a mechanism with outcomes of its own: the surest of their differences, with p_holm over all of these.

    about: {mechanism: outcomes}. Columns as in `ablation_table`; p_holm below .05 is beyond luck.
    """
    import pandas

    rows = []
    for mechanism, outcomes in about.items():
        own = runs[(runs[OFF] == mechanism) | (runs[OFF] == NOTHING)]
        table = ablation_table(own, list(outcomes)) if outcomes and mechanism != NOTHING else pandas.DataFrame()
        table = table.dropna(subset=["p"]) if len(table) else table
        if len(table):
            table["p_holm"] = paired.holm(table["p"])
            rows.append(table.sort_values("p_holm", kind="stable").iloc[0])
    return pandas.DataFrame(rows).reset_index(drop=True)


def weights(table: pandas.DataFrame, weighed: Sequence[str]) -> pandas.Series:
    """The weight of each mechanism, heaviest first: the largest |sd| over these outcomes."""
    own = table[table["outcome"].isin(weighed)]
    return own.assign(sd=own["sd"].abs()).groupby("mechanism")["sd"].max().sort_values(ascending=False)
