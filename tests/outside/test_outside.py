"""From a folder outside the package: a model, a metric, a mechanism, a class of gangs, a map, a scenario and a study."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from experiments.run.task import ROOT
from simulation.runs.results import Results

CURFEW = '''"""A curfew that weakens gangs, and what it is measured by."""

from dataclasses import dataclass

from models.haiti.agents.gang import Gang
from models.haiti.mechanisms.people.flight import Flight
from models.haiti.metrics import Metric
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform


@dataclass(frozen=True)
class CurfewParameters:
    strength: float = parameter(0.5, "share", "Part of gang influence lost a day", bounds=(0, 1), prior=uniform(0, 1))


class Curfew(Mechanism):
    name = "curfew"
    writes = ("influence",)
    groups = {"curfew": CurfewParameters}
    neutral = "Nobody is told to stay at home."
    objection = "People under curfew cannot earn a living."

    def step(self):
        self.model.state.influence *= 1 - self.model.parameters.curfew.strength


class NoFlight(Flight):
    def step(self):
        pass


class Quiet(Gang):
    pass


DAYS = Metric("curfew_days", "days", "1 that day", lambda model: 1, (("curfew_days", "total"),))
BROKEN = Metric("broken", "people", "asks for what is not there", lambda model: model.nothing)
'''
SCENARIO = """
title = "A curfew"
days = 6
weight = 2000
[parameters]
"curfew.strength" = 0.9
[bring]
metrics = ["curfew.py:DAYS"]
agents = { gang = "curfew.py:Quiet" }
[[bring.mechanisms]]
add = "curfew.py:Curfew"
after = "control"
"""
STUDY = """
scenario = "curfew.toml"
replicates = 2
outcomes = ["curfew_days", "displaced_people_end"]
[vary]
curfew.strength = [0.1, 0.9]
off = ["none", "curfew"]
"""


@pytest.fixture
def place(tmp_path):
    """A folder of somebody's own."""
    for name, text in (("curfew.py", CURFEW), ("curfew.toml", SCENARIO), ("study.toml", STUDY)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def katye(place, *arguments):
    """The command in a process of its own, in that folder: (status, output, errors)."""
    command = [sys.executable, "-m", "katye", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_a_run_with_a_mechanism_a_metric_and_a_gang_of_ones_own(place):
    status, _, err = katye(place, "run", "curfew.toml", "--out", "run", "--save", "kept.katye")
    assert status == 0, err
    card = Results(place / "run").card
    assert card["outcomes"]["curfew_days"] == 7
    assert card["brought"]["mechanisms"] == [{"add": f"{place / 'curfew.py'}:Curfew", "after": "control"}]
    assert any(name.endswith("curfew.py") for name in card["data_sha256"])
    without = katye(place, "run", "curfew.toml", "--off", "curfew", "--out", "off")
    assert without[0] == 0, without[2]
    held = [Results(place / name).card["outcomes"]["gang_influence_end"] for name in ("run", "off")]
    assert held[0] < held[1] / 2
    status, _, err = katye(place, "run", "--from", "kept.katye", "--days", 2)
    assert (status, err.count("\n")) == (2, 1)
    assert "is opened with nothing" in err
    status, _, err = katye(place, "run", "--from", "kept.katye", "--days", 2, "--bring", "curfew.toml", "--out", "on")
    assert status == 0, err
    assert Results(place / "on").card["outcomes"]["curfew_days"] == 9


@pytest.mark.slow
def test_a_study_of_it_runs_on_two_workers_and_is_refused_once_the_file_has_changed(place):
    status, out, err = katye(place, "sweep", "study.toml", "--workers", 2, "--out", "study")
    assert status == 0, out + err
    runs = pd.read_parquet(place / "study/runs.parquet")
    assert len(runs) == 8
    influence = runs.groupby(["off", "curfew.strength"])["gang_influence_end"].mean()
    assert influence["none", 0.9] < influence["none", 0.1] < influence["curfew", 0.1]
    assert influence["curfew", 0.1] == influence["curfew", 0.9]
    assert "Curfew days" in (place / "study/report.html").read_text(encoding="utf-8")
    with open(place / "curfew.py", "a", encoding="utf-8") as file:
        file.write("\nCHANGED = True\n")
    status, _, err = katye(place, "resume", "study", "--replicates", 3)
    assert (status, err.count("\n")) == (2, 1)
    assert "since it began this has changed: " in err
    assert "curfew.py" in err


@pytest.mark.slow
def test_a_mechanism_in_place_of_another_and_a_comparison_with_it(place):
    text = '[bring]\nmechanisms = [{ replace = "flight", by = "curfew.py:NoFlight" }]\n'
    (place / "still.toml").write_text(text, encoding="utf-8")
    sizes = ("--days", 5, "--weight", 2000, "--replicates", 2, "--workers", 1)
    status, _, err = katye(place, "compare", "baseline", "still.toml", *sizes, "--out", "both")
    assert status == 0, err
    runs = pd.read_parquet(place / "both/runs.parquet").groupby("scenario")["new_displacements_total"].sum()
    assert runs["still"] < runs["baseline"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("curfew.py:DAYS", "curfew.py:BROKEN", "broken cannot be measured (AttributeError: 'HaitiModel' object has no"),
        ("curfew.py:DAYS", "curfew.py:Curfew", "it is the class Curfew, and a Metric or RunMetric"),
        ("curfew.py:DAYS", "curfew.py:DAY", "unknown name 'DAY'. Did you mean DAYS"),
        ("curfew.py:DAYS", "models.haiti.metrics.daily.people:METRICS", "the name displaced_people is taken"),
        (
            "curfew.py:Curfew",
            "curfew.py:DAYS",
            "it is a Metric, and a class that extends simulation.mechanism.Mechanism",
        ),
        ("curfew.py:Curfew", "no.such.module:Rule", "cannot be imported (ModuleNotFoundError: No module named 'no')"),
        ('after = "control"', 'after = "contrl"', "unknown mechanism 'contrl'. Did you mean control"),
        ("gang = ", "household = ", "unknown role 'household'. Known: gang"),
        ("curfew.py:Quiet", "curfew.py:Curfew", "and a class that extends models.haiti.agents.gang.Gang is wanted"),
        ('"curfew.strength"', '"curfew.strenght"', "Did you mean curfew.strength"),
    ],
)
def test_what_does_not_fit_is_one_line_and_status_2(place, old, new, message):
    path = place / "curfew.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    status, _, err = katye(place, "run", "curfew.toml", "--days", 2)
    assert (status, err.count("\n")) == (2, 1), err
    assert message in err
    assert not (place / "runs").exists()


@pytest.mark.slow
def test_another_map_and_data_folder(place):
    shutil.copytree(ROOT / "models/haiti/data", place / "city")
    table = pd.read_csv(place / "city/neighbourhoods.csv")
    table["population"] = table["population"] * 2
    table.to_csv(place / "city/neighbourhoods.csv", index=False)
    (place / "double.toml").write_text('days = 2\nweight = 2000\n[bring]\ndata = "city"\n', encoding="utf-8")
    for name, scenario in (("one", "baseline"), ("two", "double.toml")):
        status, _, err = katye(place, "run", scenario, "--days", 2, "--weight", 2000, "--out", name)
        assert status == 0, err
    people = [Results(place / name).daily()["people_alive"].iloc[0] for name in ("one", "two")]
    assert people[1] == pytest.approx(2 * people[0], rel=0.001)
    assert any("neighbourhoods.csv" in name for name in Results(place / "two").card["data_sha256"])


@pytest.mark.slow
def test_a_model_of_ones_own_by_its_module(place):
    text = (Path(ROOT) / "tests/support/stand_in.py").read_text(encoding="utf-8")
    (place / "own_model.py").write_text(text.replace('name="stand-in"', 'name="own"'), encoding="utf-8")
    study = 'model = "own_model:FAMILY"\ndays = 7\nreplicates = 2\n[vary]\ndeployment.authorised = [400, 2500]\n'
    (place / "own.toml").write_text(study, encoding="utf-8")
    command = [sys.executable, "-m", "katye", "sweep", "own.toml", "--workers", "2", "--out", "own"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(place)])}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert len(pd.read_parquet(place / "own/runs.parquet")) == 4, done.stderr
    assert json.loads((place / "own/card.json").read_text())["model"] == "own_model:FAMILY"


def test_a_run_of_a_study_that_brings_something_is_repeated_with_it(place):
    """The command and the Python call say what the study brings, and columns of one's own are told like all others."""
    from experiments.run.lookup import python_call
    from experiments.run.sweep import plan
    from experiments.study.study import load_study
    from simulation.errors import InputError
    from simulation.port.plugins import brought_in

    many = 'MANY = Metric("many", "people", "as many as there are places", lambda model: model.state.violence)\n'
    (place / "curfew.py").write_text(CURFEW + many, encoding="utf-8")
    file = place / "mine.toml"
    file.write_text(
        'days = 2\nweight = 5000\nreplicates = 1\n[bring]\nmetrics = ["curfew.py:DAYS"]\n', encoding="utf-8"
    )
    study = load_study(file)
    (task,) = plan(study, place / "out")
    assert f"--bring {file} " in study.run_command(task.cell, 0, str(file)) + " "
    told = {}
    exec(python_call(study, task, str(file)), told)
    assert told["model"].summary()["curfew_days"] == 3
    assert told["family"].outcomes["curfew_days"].formula == "1"
    file.write_text(file.read_text().replace("DAYS", "MANY"), encoding="utf-8")
    brought = brought_in(file)
    case = told["family"].load_case("baseline", bring=brought, days=1, weight=5000)
    with pytest.raises(InputError, match="many is no single number but 138 of them"):
        told["family"].bringing(brought).create(case, 1).run()
