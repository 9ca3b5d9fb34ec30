"""Designs: what points a study file gives, always the same ones, and what a wrong design is told."""

from __future__ import annotations

import datetime
import sys

import numpy as np
import pytest
from support.stand_in import LOADED, MODEL

from experiments.study.designs import even_points, unit_points
from experiments.study.study import load_study, read_content
from simulation.errors import InputError
from simulation.parameters import whole_number
from simulation.port.posterior import read_posterior

SAMPLED = """
design = "latin-hypercube"
samples = 16
replicates = 2
[vary]
deployment.authorised = { low = 0, high = 9000 }
funding.level = "prior"
funding.source = ["level", "pledges"]
[arms.gated]
[arms.forced]
deployment.forced = true
"""
TABLE = """
design = "table"
[[points]]
deployment.authorised = 400
funding.level = 0.33
[[points]]
deployment.authorised = 400
funding.level = 1.0
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        (tmp_path / "made.toml").write_text(f'model = "{MODEL}"\n' + text, encoding="utf-8")
        return load_study(tmp_path / "made.toml")

    return load


def test_a_latin_hypercube_has_one_point_in_every_slice(load):
    study = load(SAMPLED)
    cells = study.cells()
    assert [cell.point for cell in cells] == [*range(16), *range(16)]
    assert [cell.arm for cell in cells[::16]] == ["gated", "forced"]
    assert [cell.levels for cell in cells[:16]] == [cell.levels for cell in cells[16:]]
    forces = sorted(cell.levels["deployment.authorised"] for cell in cells[:16])
    assert all(9000 / 16 * k - 1 <= force <= 9000 / 16 * (k + 1) + 1 for k, force in enumerate(forces))
    assert all(isinstance(force, int) for force in forces)
    levels = [cell.levels["funding.level"] for cell in cells[:16]]
    assert all(0.2 <= level <= 1.2 for level in levels)  # the declared prior
    sources = [cell.levels["funding.source"] for cell in cells[:16]]
    assert sources.count("level") == 8


def test_points_come_from_the_seed_alone(load):
    points = [cell.levels for cell in load(SAMPLED).cells()]
    assert [cell.levels for cell in load(SAMPLED).cells()] == points
    assert [cell.levels for cell in load("seed = 2\n" + SAMPLED).cells()] != points
    assert [cell.levels for cell in load(SAMPLED.replace("replicates = 2", "replicates = 9")).cells()] == points


@pytest.mark.parametrize(("design", "points"), [("sobol", 16 * 5), ("morris", 16 * 4)])
def test_designs_of_sensitivity_have_the_points_that_salib_analyses(load, design, points):
    study = load(SAMPLED.replace("latin-hypercube", design))
    assert len(study.cells()) == 2 * points
    unit = unit_points(design, 3, 16, study.seed)
    assert unit.shape == (points, 3)
    forces = [cell.levels["deployment.authorised"] for cell in study.cells()[:points]]
    even = even_points(design, unit, 16, study.seed)
    assert forces == [whole_number(u, 0, 9000) for u in even[:, 0]]
    if design == "morris":  # one coordinate changes from a point of a trajectory to the next
        steps = (np.diff(unit.reshape(16, 4, 3), axis=1) != 0).sum(axis=2)
        assert (steps == 1).all()


@pytest.mark.parametrize("how", ["rows", "csv"])
def test_a_table_gives_its_rows(load, tmp_path, how):
    text = TABLE
    if how == "csv":
        rows = "deployment.authorised,funding.level\n400,0.33\n400,1.0\n"
        (tmp_path / "mine.csv").write_text(rows, encoding="utf-8")
        text = 'design = "table"\npoints = "mine.csv"\n'
    levels = [cell.levels for cell in load(text).cells()]
    assert levels == [{"deployment.authorised": 400, "funding.level": level} for level in (0.33, 1.0)]


def test_a_scenario_varies_like_a_parameter(load):
    LOADED.clear()
    study = load(
        '[vary]\nscenario = ["baseline", "other.toml"]\n[arms.plain]\n[arms.third]\ndeployment.forced = true\n'
    )
    assert LOADED[:4] == ["baseline", "other.toml", "baseline", "other.toml"]
    first, second = study.cells()[:2]
    assert (first.levels, first.overrides) == ({"scenario": "baseline"}, {})
    assert study.run_command(second, 0).startswith("katye run other.toml ")


def test_a_scenario_file_is_found_from_any_folder(load, tmp_path, monkeypatch):
    (tmp_path / "beside.toml").write_text("")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/here.toml").write_text("")
    monkeypatch.chdir(tmp_path / "work")
    text = 'scenario = "beside.toml"\n[vary]\n{}[arms.a]\n{}[quick]\ndays = 2\nvary.scenario = ["here.toml"]\n'
    study = load(text.format("", 'scenario = "here.toml"\n'))
    assert study.scenarios() == [str(tmp_path / "beside.toml"), str(tmp_path / "work/here.toml")]
    assert study.quick["vary"] == {"scenario": (str(tmp_path / "work/here.toml"),)}
    study = load(text.format('scenario = ["beside.toml", "baseline"]\n', ""))
    assert study.vary == {"scenario": (str(tmp_path / "beside.toml"), "baseline")}
    assert read_content(study.content(), study.name, "again").vary == study.vary
    load('[vary]\nscenario = ["other/baseline.toml"]\n')
    with pytest.raises(InputError, match=r"both stand as baseline in the tables\. Give the file another name"):
        load('[vary]\nscenario = ["other/baseline.toml", "baseline"]\n')


def test_an_arm_may_be_a_scenario(load):
    LOADED.clear()
    load('[arms.plain]\n[arms.third]\nscenario = "third.toml"\n')
    assert LOADED[:2] == ["baseline", "third.toml"]


@pytest.mark.parametrize("text", [SAMPLED, TABLE, "start = 2024-07-01\n[vary]\nfunding.level = [0.3, 1]\n"])
def test_a_study_is_the_same_read_back_from_what_it_writes(load, text):
    study = load(text)
    again = read_content(study.content(), study.name, "again")
    assert again == study
    assert again.cells() == study.cells()
    assert study.start in (None, datetime.date(2024, 7, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("latin-hypercube", "latin-hypercub", "Did you mean latin-hypercube?"),
        ("samples = 16", "", "needs a number of samples. For example samples = 64"),
        ("samples = 16", "samples = 0", "samples: 0 is no positive whole number"),
        ('"latin-hypercube"\nsamples = 16', '"sobol"\nsamples = 20', "20 is no power of two. A Sobol sample takes 16 or 32"),
        ('"latin-hypercube"\nsamples = 16', '"morris"\nsamples = 1', "1 trajectory says nothing"),
        ("high = 9000", "high = 90000", "0 to 90000 leaves the range of deployment.authorised. It takes 0 to 20000"),
        ("low = 0, high = 9000", "low = 9, high = 9", "low = 9 is not below high = 9"),
        ("low = 0, high = 9000", "low = 0.5, high = 9", "0.5 is no whole number, and deployment.authorised takes no others"),
        ("low = 0, high = 9000", "low = nan, high = 9", "'nan' is no finite number"),
        ('["level", "pledges"]', '["level", "pledges", "level"]', "each only once, and has level twice"),
        ("{ low = 0, high = 9000 }", '"prior"', "no prior is declared for deployment.authorised. Give { low"),
        ('["level", "pledges"]', '"prior"', "funding.source is no number, so it has no range. Give a list"),
        ('["level", "pledges"]', '["level", "pledgs"]', "Did you mean pledges"),
        ('["level", "pledges"]', '"level"', "is no list of levels"),
        ('funding.source = ["level", "pledges"]', 'scenario = "prior"', "levels of scenario are a list of names"),
    ],
)  # fmt: skip
def test_wrong_samples_are_told_what_and_where(load, old, new, message):
    assert old in SAMPLED
    with pytest.raises(InputError) as error:
        load(SAMPLED.replace(old, new, 1))
    assert message in str(error.value)
    assert "study " in str(error.value)
    assert "made" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('design = "table"', "a table design needs its points. Give rows as [[points]]"),
        ('design = "table"\npoints = []', "the table has no row"),
        ('design = "table"\npoints = [3]', "'3' is no row of names and values"),
        ('points = [{ funding.level = 1 }]', 'points belong to a table design. Add design = "table"'),
        (TABLE + "[vary]\nfunding.source = ['level']", "the points of a table say what varies"),
        (TABLE.replace("funding.level = 1.0", ""), "points, row 2: funding.level is missing"),
        (TABLE.replace("funding.level = 1.0", "funding.levl = 1.0"), "row 2: unknown column 'funding.levl'"),
        (TABLE.replace("funding.level", "funding.levl"), "Did you mean funding.level or"),
        (TABLE.replace("funding.level = 1.0", "funding.level = 9.0"), "9.0 is outside the range"),
        (TABLE.replace("1.0", "0.33"), "points, row 2: it is the same as row 1, and its runs would be too. For more"),
        ('design = "table"\n[[points]]\n', "points, row 1: nothing is set"),
        ('design = "table"\npoints = "none.csv"', "no such file"),
    ],
)  # fmt: skip
def test_wrong_tables_are_told_what_and_where(load, text, message):
    with pytest.raises(InputError) as error:
        load(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("deployment.authorised;funding.level\n400;0,5\n", "row 1: its columns are not separated by commas"),
        ("deployment.authorised\tfunding.level\n400\t0.5\n", "row 1: its columns are not separated by commas"),
        ("funding.level,deployment.forced,funding.level\n1,true,2\n", "row 1: the column funding.level stands twice"),
        ("funding.level,\n1,\n", "row 1: column 2 has no name. Name it, or delete"),
        ("funding.level,deployment.forced\n1,\n", "row 2, column 'deployment.forced': the cell is empty"),
        ("funding.level\n1\n2\n1\n", "points, row 4: it is the same as row 2"),
        ("funding.level\n", "the table has no row"),
    ],
)
def test_wrong_csv_files_are_told_what_and_where(load, tmp_path, rows, message):
    (tmp_path / "mine.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load('design = "table"\npoints = "mine.csv"\n')
    assert message in str(error.value)


def test_without_salib_a_sobol_study_says_what_to_install(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    with pytest.raises(InputError, match=r"SALib is not installed.*katye\[sensitivity\]"):
        load(SAMPLED.replace("latin-hypercube", "sobol"))


POSTERIOR = """
uncertainty = "posterior"
design = "latin-hypercube"
samples = 64
[vary]
gang.act_rate = "posterior"
gang.members = { low = 6000, high = 9000 }
"""


def made(tmp_path, text):
    (tmp_path / "made.toml").write_text(text, encoding="utf-8")
    return load_study(tmp_path / "made.toml")


def test_a_posterior_is_sampled_as_often_as_its_draws_weigh(tmp_path):
    study = made(tmp_path, POSTERIOR)
    posterior = read_posterior(study.cases()[0].posterior)
    own = posterior.values[:, posterior.names.index("gang.act_rate")]
    found = np.array([cell.levels["gang.act_rate"] for cell in study.cells()])
    assert set(found) <= set(own)
    assert len(set(found)) > 10
    for value in np.quantile(own, [0.2, 0.5, 0.8]):
        assert np.mean(found <= value) == pytest.approx(posterior.weights[own <= value].sum(), abs=1 / 64)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('uncertainty = "posterior"', "", 'the study draws from no posterior. Add uncertainty = "posterior"'),
        ("gang.act_rate", "gang.cohesion", "unknown parameter of the posterior 'gang.cohesion'"),
        (
            '"latin-hypercube"\nsamples = 64',
            '"factorial"',
            "A range, a prior or a posterior belongs to a sampled design",
        ),
    ],
)
def test_a_posterior_that_cannot_be_sampled_is_told(tmp_path, old, new, message):
    with pytest.raises(InputError) as error:
        made(tmp_path, POSTERIOR.replace(old, new, 1))
    assert message in str(error.value)
