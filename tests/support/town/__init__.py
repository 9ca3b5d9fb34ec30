"""A model that costs nothing and can be fitted: people leave a town, some are hurt, and a formula says how many.

What is known of it: `leaving.rate` and `leaving.pull` act as their product alone, `harm.rate` can be told, `harm.idle` moves
nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.parameters import ParameterSet, loguniform, parameter, uniform
from simulation.port.case import Scenarios
from simulation.port.family import ModelFamily
from simulation.port.outcomes import Outcome
from simulation.port.record import Observation

MODEL = "support.town:FAMILY"
START = datetime.date(2000, 1, 1)
FOLDER = Path(__file__).parent
TRUTH = {"leaving.rate": 0.02, "leaving.pull": 0.5, "harm.rate": 3.0}


@dataclass(frozen=True)
class Leaving:
    rate: float = parameter(0.01, "1/day", "people who leave", bounds=(0, 1), prior=loguniform(0.002, 0.05))
    pull: float = parameter(0.5, "share", "of them with somewhere to go", bounds=(0, 1), prior=uniform(0.2, 0.8))


@dataclass(frozen=True)
class Harm:
    rate: float = parameter(2.0, "people/day", "people hurt", bounds=(0, 100), prior=uniform(1, 9))
    idle: float = parameter(1.0, "-", "moves next to nothing", bounds=(0, 10), prior=uniform(0, 10))


class Town:
    """The formula, and a little luck."""

    def __init__(self, case, run_seed, places=False, events=False):
        self.case = case.drawn(run_seed) if case.uncertainty else case
        self.run_seed, self.day = run_seed, 0
        self.recorder = None

    def run(self, days=None, progress=None):
        self.day = days or self.case.days
        self.recorder = Days(self)
        return self

    def summary(self):
        return {"away_people_end": float(self.recorder.values["away_people"][-1])}

    def events(self):
        return pd.DataFrame({"day": [], "text": []})

    def verdict(self):
        return "Some left."


class Days:
    """What a recorder offers, all days at once."""

    place_name = "place"

    def __init__(self, town):
        self.fields = {}
        rules, days = town.case.parameters, np.arange(town.day + 1)
        rng = np.random.default_rng([town.run_seed, 7])
        rate = rules.leaving.rate * rules.leaving.pull
        luck = np.exp(0.03 * rng.standard_normal())
        self.days, self.start = days.tolist(), town.case.start
        hurt = rng.poisson(rules.harm.rate * (1.0 + 1e-6 * rules.harm.idle), len(days)).astype(float)
        hurt[0] = 0.0
        away = 10_000.0 * (1.0 - np.exp(-rate * days)) * luck
        self.values = {"away_people": away, "hurt_today": hurt, "away_share": away / 20_000.0}

    def dates(self):
        return np.datetime64(self.start) + np.array(self.days).astype("timedelta64[D]")

    def daily(self):
        return pd.DataFrame({"day": self.days, "date": self.dates(), **self.values})

    def places(self):
        return pd.DataFrame()


def register():
    return ParameterSet({"leaving": Leaving(), "harm": Harm()})


def day(number):
    return START + datetime.timedelta(days=number)


def figure(series, first, last, value, sd, column, **more):
    about = {"title": series, "unit": "people", "columns": (column,), "published_sd": sd, "source": "A"}
    about |= {"released": day(last + 5), "area": "town", **more}
    return Observation(series=series, start=day(first), end=day(last), published=value, **about)


def figures():
    """What would be published at the truth, but for luck."""
    away = [10_000 * (1 - np.exp(-0.01 * (n + 1))) for n in (19, 49, 79)]
    found = [figure("away", n, n, value, 0.05 * value, "away_people") for n, value in zip((19, 49, 79), away)]
    for first, last in ((0, 29), (30, 59), (60, 89)):
        found.append(figure("hurt", first, last, 90.0, 3.0, "hurt_today", reading="sum"))
    return [*found, figure("away_share", 59, 59, 0.226, 0.02, "away_share", unit="share")]


SCENARIOS = Scenarios(FOLDER, register)
DAILY = {
    "away_people": Outcome("away_people", "people", "people who have left"),
    "hurt_today": Outcome("hurt_today", "people", "people hurt that day", summed=True),
    "away_share": Outcome("away_share", "share", "part of all who have left", format="share"),
}
OUTCOMES = {"away_people_end": Outcome("away_people_end", "people", "people who have left", headline=True)}
FAMILY = ModelFamily(
    name="town",
    title="A town",
    load_case=SCENARIOS.load,
    scenarios=SCENARIOS.listed,
    parameters=register,
    create=Town,
    outcomes=OUTCOMES,
    daily=DAILY,
    curves=("away_people",),
    compared=("away_people",),
    usual=("away_people_end",),
    record=figures,
)
PLAN = """
scenario = "baseline"
start = 2000-01-01
days = 95
waves = 2
points = 40
seeds = 2
[quick]
points = 12
seeds = 1
waves = 1
[[free]]
parameters = ["leaving.rate"]
why = "people who are away"
[[free]]
parameters = ["leaving.pull"]
why = "people who are away"
[[free]]
parameters = ["harm.rate"]
why = "people hurt"
[[free]]
parameters = ["harm.idle"]
why = "to see that it is not learnt"
[targets.away]
[targets.hurt]
[targets.away_share]
"""
