"""What every rule does: a scenario with one rule switched off, against the same scenario with all, under the same luck.

A rule's weight is how far its absence moves the main outcomes, in standard deviations of the reference over luck. That
says what the model hangs on; whether the rule is right is another question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis import paired
from experiments.run.sweep import available_workers, counted
from experiments.study.study import Study
from simulation.errors import InputError, unknown_name
from simulation.runs.runner import forget, run_tasks

if TYPE_CHECKING:
    import pandas

    from models.haiti.scenario.scenario import Case

FEWEST = 3  # seeds; of fewer a spread says nothing
WEIGHED = ("displaced_people", "residents_killed", "gang_control_population_share")
"""Outcomes that decide a rule's weight; deaths in gangs are reported beside them."""
REPORTED = (*WEIGHED, "gang_members_killed")


@dataclass(frozen=True)
class Task:
    """One run. rule: the rule that is off, "" for the reference."""

    case: Case
    rule: str
    replicate: int
    seed: int


@dataclass(frozen=True)
class Ablation:
    """What came of all runs. runs: a row a run (rule, replicate, outcomes); failures: error and rule of runs that failed."""

    study: Study
    case: Case
    runs: pandas.DataFrame
    failures: tuple[str, ...] = ()


def switch_study(scenario: str = "baseline", *, seeds: int = 20, days: int = 365, weight: int = 50) -> Study:
    """The reference as a study; InputError for an unknown scenario or too few seeds."""
    if seeds < FEWEST:
        raise InputError(f"{seeds} seeds are too few to see a spread", "--seeds", f"Take {FEWEST} or more")
    title = "What every rule does"
    return Study("switches", title, "", str(scenario), {}, replicates=seeds, days=days, weight=weight)


def plan(study: Study, rules: Sequence[str] = ()) -> list[Task]:
    """Reference and rules, a seed of all before the next, so that what has finished early is pairs.

    rules: names of rules; all that can be switched off and that the scenario has not switched off, unless given.
    """
    from models.haiti.day import SWITCHES

    case = study.case(study.cells()[0])
    for rule in rules:
        if rule not in SWITCHES:
            raise unknown_name("rule", rule, SWITCHES, "--rule")
        if rule in case.off:
            raise InputError(f"{case.name} has switched off {rule} already", "--rule")
    names = [rule for rule in rules or SWITCHES if rule not in case.off]
    cases = {"": case} | {rule: replace(case, off=(*case.off, rule)) for rule in names}
    return [
        Task(one, rule, number, study.run_seed(number))
        for number in range(study.replicates)
        for rule, one in cases.items()
    ]


def run_ablation(
    study: Study,
    rules: Sequence[str] = (),
    workers: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Ablation:
    """All runs, as far as they end well; KeyboardInterrupt after Ctrl-C."""
    import pandas

    tasks = plan(study, rules)
    workers = available_workers() if workers is None else workers
    finished = run_tasks(simulate, tasks, workers, counted(progress, len(tasks)))
    if finished.interrupted:
        raise KeyboardInterrupt
    failures = tuple(f"{item.error} without {tasks[item.index].rule or 'nothing'}" for item in finished.failures)
    return Ablation(study, tasks[0].case, pandas.DataFrame(finished.values), failures)


def simulate(task: Task) -> dict[str, Any]:
    """One run, in whatever process this is: its outcomes."""
    from models.haiti.model import HaitiModel

    model = HaitiModel(task.case, run_seed=task.seed).run()
    row = {"rule": task.rule, "replicate": task.replicate, "seed": task.seed, **model.summary()}
    forget(model)
    return row


def switch_table(runs: pandas.DataFrame) -> pandas.DataFrame:
    """A row a rule and outcome: what is different without the rule (mean, 95 % interval over luck), and in sd.

    sd: difference over the standard deviation of the reference over luck; NaN where the reference does not vary.
    """
    import pandas

    reference = runs[runs["rule"] == ""].set_index("replicate")
    rows = []
    for rule, group in runs[runs["rule"] != ""].groupby("rule", sort=False):
        without = group.set_index("replicate")
        both = without.index.intersection(reference.index)
        if both.size < FEWEST:
            continue
        for outcome in REPORTED:
            ours, theirs = (table.loc[both, outcome].to_numpy(float) for table in (without, reference))
            spread = float(np.std(theirs, ddof=1))
            row = paired.difference(ours, theirs)
            row |= {"rule": rule, "outcome": outcome, "sd": row["difference"] / spread if spread > 0 else np.nan}
            rows.append(row)
    return pandas.DataFrame(rows)


def weights(table: pandas.DataFrame) -> pandas.Series:
    """The weight of each rule, heaviest first: the largest |sd| over `WEIGHED`."""
    weighed = table[table["outcome"].isin(WEIGHED)]
    return weighed.assign(sd=weighed["sd"].abs()).groupby("rule")["sd"].max().sort_values(ascending=False)
