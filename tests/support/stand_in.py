"""A stand-in for the model, with its interface and none of its cost, for tests of all that runs it, in any process."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.errors import InputError, unknown_name
from simulation.parameters import ParameterSet, parameter, uniform
from simulation.port.case import Case
from simulation.port.family import ModelFamily, ScenarioInfo
from simulation.port.naming import running
from simulation.port.outcomes import Outcome

START = datetime.date(2024, 6, 1)
MODEL = "support.stand_in:FAMILY"
"""How studies and commands name it."""
MECHANISMS = ("flight", "trust")
PLACES = ["bel_air", "carrefour", "delmas"]


@dataclass(frozen=True)
class Deployment:
    authorised: int = parameter(2500, "people", "People the mandate allows", bounds=(0, 20_000))
    forced: bool = parameter(False, "-", "All who are authorised are there at once", status="policy")


@dataclass(frozen=True)
class Funding:
    level: float = parameter(
        0.67, "share", "Receipts a year / need", bounds=(0, 2), prior=uniform(0.2, 1.2), source="A report"
    )
    source: str = parameter("pledges", "-", "Where the money comes from", choices=("pledges", "level"))


def fake_parameters():
    return ParameterSet({"deployment": Deployment(), "funding": Funding()})


LOADED = []
"""Names of scenarios in the order in which they were asked for."""


def fake_load_case(
    name="baseline", *, overrides=None, days=None, weight=None, start=None, uncertainty=None, off=(), population=None
):
    LOADED.append(name)
    if str(name).endswith(".toml"):  # a file, whatever is in it
        name = Path(name).stem
    elif name != "baseline":
        raise unknown_name("scenario", name, ["baseline"])
    for mechanism in off:
        if mechanism not in MECHANISMS:
            raise unknown_name("mechanism", mechanism, MECHANISMS, "off")
    if days is not None and days > 5000:
        raise InputError(f"{days} days are too many", "days")
    return Case(
        name=name,
        title="Baseline",
        question="",
        start=start or START,
        days=days or 30,
        weight=weight or 1,
        parameters=fake_parameters().replace(overrides or {}),
        uncertainty=bool(uncertainty),
        off=tuple(off),
        chosen=frozenset(overrides or ()),
        population=population and Path(population),
    )


class FakeRecorder:
    def __init__(self, case, seed):
        rng = np.random.default_rng(seed)
        days = np.arange(case.days + 1)
        dates = np.datetime64(case.start) + days.astype("timedelta64[D]")
        force = case.parameters.get("deployment.authorised")
        people = (rng.random(len(days)).cumsum() * 1e4 / (1 + force)).round()
        names = ["gang_control_population_share", "gang_influence_population_share", "displaced_people"]
        names += ["deployed_force", "mandate_strength", "usable_force", "residents_killed_today"]
        names += ["gang_members_killed_today", "security_forces_killed_today"]
        columns = {name: people + number for number, name in enumerate(names)}
        self._daily = pd.DataFrame({"day": days, "date": dates, **columns, "binding_ceiling": "beds"})
        self.days, self.place_ids = days.tolist(), PLACES
        self.values = {**columns, "binding_ceiling": ["beds"] * len(days)}
        size = len(PLACES)
        self._places = pd.DataFrame(
            {
                "day": np.repeat(days, size),
                "date": np.repeat(dates, size),
                "neighbourhood": np.tile(PLACES, len(days)),
                "influence": rng.random(len(days) * size),
                "label": "gang",
            }
        )
        self.place_values = {
            field: self._places[field].to_numpy().reshape(len(days), size) for field in ("influence", "label")
        }

    def dates(self):
        return self._daily["date"].to_numpy()

    def daily(self):
        return self._daily

    place_name = "neighbourhood"

    @property
    def fields(self):
        return self.place_values

    def places(self):
        return self._places


class FakeModel:
    def __init__(self, case, run_seed=1):
        self.case, self.run_seed, self.day = case, run_seed, case.days
        self.recorder = FakeRecorder(self.case, run_seed)

    def run(self, days=None, progress=None):
        if self.case.parameters.get("deployment.authorised") == 666:
            raise RuntimeError("the model broke")
        return self

    def summary(self):
        last = self.recorder.daily().iloc[-1]
        return {"displaced_people_end": float(last["displaced_people"]), "binding_ceiling_days_beds": 3}

    def events(self):
        return pd.DataFrame({"date": self.recorder.daily()["date"][:1], "what": ["An ambush"]})

    def verdict(self):
        return "Fewer people are displaced."


def create(case, run_seed, *, places=False, events=False):
    return FakeModel(case, run_seed)


def design_columns(case):
    return {
        "authorised_force": case.parameters.get("deployment.authorised"),
        "funding_level": case.parameters.get("funding.level"),
    }


NAMES = (
    "displaced_people_end", "residents_killed_total", "gang_control_population_share_end",
    "gang_influence_population_share_end",
)  # fmt: skip
DAILY = (
    "gang_control_population_share", "gang_influence_population_share", "displaced_people", "deployed_force",
    "mandate_strength", "usable_force", "binding_ceiling", "residents_killed_today", "gang_members_killed_today",
    "security_forces_killed_today",
)  # fmt: skip
FAMILY = ModelFamily(
    name="stand-in",
    title="A stand-in",
    load_case=fake_load_case,
    scenarios=lambda: [ScenarioInfo("baseline", "Baseline", "?", START, 30)],
    parameters=fake_parameters,
    create=create,
    outcomes={name: Outcome(name, "people", f"Says {name}", headline=True) for name in NAMES},
    daily={name: Outcome(name, "people", f"Says {name} that day", summed=name.endswith("_today")) for name in DAILY},
    fields={name: Outcome(name, "-", f"Says {name}") for name in ("influence", "label")},
    curves=tuple(map(running, DAILY)),
    place_fields=("influence", "label"),
    usual=NAMES[:1],
    design_columns=design_columns,
    input_files=lambda case: [Path(__file__)],
    mechanisms=MECHANISMS,
)


def _idle(case, names):
    return [name for name in names if name == "funding.level" and case.parameters.get("deployment.authorised") == 0]


SHARING = dataclasses.replace(FAMILY, name="sharing", idle=_idle)
"""The same, and it knows that money changes nothing for a mission of nobody."""
SHARING_MODEL = "support.stand_in:SHARING"
