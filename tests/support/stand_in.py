"""A stand-in for the model, with its interface and none of its cost, for tests of all that runs it, in any process."""

from __future__ import annotations

import datetime
import types
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.errors import InputError, unknown_name
from simulation.parameters import ParameterSet, parameter, uniform

START = datetime.date(2024, 6, 1)
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


def fake_load_case(name="baseline", *, overrides=None, days=None, weight=None, start=None, uncertainty=None):
    if name != "baseline":
        raise unknown_name("scenario", name, ["baseline"])
    if days is not None and days > 5000:
        raise InputError(f"{days} days are too many", "days")
    return types.SimpleNamespace(
        name=name,
        title="Baseline",
        question="",
        start=start or START,
        days=days or 30,
        weight=weight or 1,
        parameters=fake_parameters().replace(overrides or {}),
        uncertainty=bool(uncertainty),
        population=None,
    )


class FakeRecorder:
    def __init__(self, case, seed):
        rng = np.random.default_rng(seed)
        days = np.arange(case.days + 1)
        dates = np.datetime64(case.start) + days.astype("timedelta64[D]")
        force = case.parameters.get("deployment.authorised")
        people = (rng.random(len(days)).cumsum() * 1e4 / (1 + force)).round()
        names = ["gang_control_population_share", "gang_influence_population_share", "displaced_people"]
        names += ["deployed_force", "authorised_force_today", "usable_force", "residents_killed"]
        names += ["gang_members_killed", "security_forces_killed"]
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

    def neighbourhoods(self):
        return self._places


class FakeModel:
    def __init__(self, case="baseline", *, run_seed=1, rng=None, neighbourhoods=False, events=False):
        self.case = fake_load_case(case) if isinstance(case, str) else case
        self.recorder = FakeRecorder(self.case, run_seed)

    def run(self, days=None, progress=None):
        if self.case.parameters.get("deployment.authorised") == 666:
            raise RuntimeError("the model broke")
        return self

    def summary(self):
        last = self.recorder.daily().iloc[-1]
        return {"displaced_people": float(last["displaced_people"]), "binding_ceiling_days_beds": 3}

    def events(self):
        return pd.DataFrame({"date": self.recorder.daily()["date"][:1], "what": ["An ambush"]})

    def verdict(self):
        return "Fewer people are displaced."


def haiti_modules():
    """Everything under models.haiti that experiments import: {name: module}."""
    names = ["displaced_people", "residents_killed"]
    names += ["gang_control_population_share", "gang_influence_population_share"]
    outcomes = {n: types.SimpleNamespace(name=n, unit="people", meaning=f"Says {n}") for n in names}
    listed = types.SimpleNamespace(name="baseline", title="Baseline", question="?", start=START, days=30)
    return modules_of(
        {
            "models.haiti.scenario.scenario": {
                "load_case": fake_load_case,
                "scenario_list": lambda: [listed],
                "check_effect": lambda *given: None,
            },
            "models.haiti.parameters": {"default_parameters": fake_parameters},
            "models.haiti.metrics": {"OUTCOMES": outcomes},
            "models.haiti.model": {"HaitiModel": FakeModel},
        }
    )


def write_report(source, out, data=None):
    assert (source / "runs.parquet").exists()
    assert (data / "neighbourhoods.geojson").exists()
    out.write_text("<html>", encoding="utf-8")
    return out


def report_modules():
    return modules_of({"experiments.report.force_funding.sections": {"write_report": write_report}})


def modules_of(contents):
    made = {name: types.ModuleType(name) for name in contents}
    for name, module in made.items():
        module.__dict__.update(contents[name])
    return made
