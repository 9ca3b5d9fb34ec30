"""Studies from TOML: what a good one means, and what a wrong one is told."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from support.stand_in import MODEL

from experiments.study.study import Cell, load_study, study_names
from simulation.errors import InputError, UnknownNameError

GOOD = """
title = "A small study"
scenario = "baseline"
days = 20
weight = 10
replicates = 3
seed = 7
[vary]
deployment.authorised = [400, 2500]
"funding.level" = [0.33, 1.0]
[fixed]
funding.source = "level"
[arms.gated]
[arms.forced]
deployment.forced = true
[quick]
days = 5
replicates = 1
vary.funding.level = [1.0]
[replay]
arm = "forced"
deployment.authorised = 2500
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "small.toml"
        path.write_text(f'model = "{MODEL}"\n' + text, encoding="utf-8")
        return path

    return write


def test_cells_are_arms_times_levels(write):
    study = load_study(write(GOOD))
    cells = study.cells()
    assert len(cells) == 8
    levels = {"deployment.authorised": 400, "funding.level": 0.33}
    assert cells[0] == Cell("gated", levels, {"funding.source": "level", **levels})
    assert cells[-1].overrides["deployment.forced"] is True
    case = study.case(cells[-1])
    assert (case.days, case.weight, case.parameters.deployment.authorised) == (20, 10, 2500)
    assert study.name == "small"
    replay = study.replay_cell()
    assert (replay.arm, replay.levels) == ("forced", {"deployment.authorised": 2500, "funding.level": 0.33})


def test_quick_is_the_same_study_smaller(write):
    quick = load_study(write(GOOD)).quickly()
    assert (quick.days, quick.weight, quick.replicates) == (5, 10, 1)
    assert quick.vary == {"deployment.authorised": (400, 2500), "funding.level": (1.0,)}
    assert quick.replay_cell().levels["funding.level"] == 1.0


def test_a_study_without_a_small_size_says_so(write):
    with pytest.raises(InputError, match=r"study small: it has no small size\. Add a \[quick\] table, or give --days"):
        load_study(write(GOOD.partition("[quick]")[0])).quickly()


@pytest.mark.parametrize("start", ["2024-07-01", '"2024-07-01"', '"2024-07"'])
def test_the_first_day_may_be_written_as_people_do(write, start):
    study = load_study(write(f"start = {start}\n{GOOD}"))
    assert type(study.start) is datetime.date
    assert study.start == datetime.date(2024, 7, 1)


def test_after_shared_days_a_varied_parameter_may_have_had_a_fixed_value(write, monkeypatch):
    monkeypatch.setattr("experiments.study.study._check_shared_start", lambda study, where: None)
    text = GOOD.replace("[fixed]", "[fixed]\nfunding.level = 1.0").replace("days = 20", "days = 20\nshared_start = 4")
    assert load_study(write(text)).shared_case().parameters.funding.level == 1.0


def test_seeds_come_from_the_seed_and_replicate_only(write):
    study = load_study(write(GOOD))
    seeds = [study.run_seed(k) for k in range(200)]
    assert len(set(seeds)) == 200
    assert all(0 < seed < 2**32 for seed in seeds)
    other = dataclasses.replace(study, vary={"funding.level": (0.5,)}, arms={"main": {}}, replicates=9)
    assert [other.run_seed(k) for k in range(200)] == seeds
    assert dataclasses.replace(study, seed=8).run_seed(0) != seeds[0]


def test_run_command_repeats_a_run(write):
    study = load_study(write(GOOD))
    expected = f"katye run baseline --days 20 --seed {study.run_seed(2)} --weight 10 --model {MODEL} --set funding.source=level"
    expected += " --set deployment.forced=true --set deployment.authorised=2500 --set funding.level=1.0"
    assert study.run_command(study.cells()[-1], 2) == expected


def test_studies_are_frozen_and_resized_by_copy(write):
    study = load_study(write(GOOD))
    assert study.resized(days=3, weight=None).days == 3
    assert study.days == 20
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.days = 3
    with pytest.raises(InputError, match="replicates: 0 is no positive"):
        study.resized(replicates=0)


def test_the_study_that_comes_with_the_program(write):
    assert "force-funding" in study_names()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("replicates = 3", "replicats = 3", "unknown key 'replicats'. Did you mean replicates"),
        (
            'scenario = "baseline"',
            'scenario = "basline"',
            "unknown scenario 'basline'. Did you mean baseline",
        ),
        ("deployment.authorised = [400", "deployment.autorised = [400", "Did you mean deployment.authorised"),
        ("deployment.forced = true", "deployment.forcd = true", "Did you mean deployment.forced"),
        ('funding.source = "level"', 'funding.sorce = "level"', "Did you mean funding.source"),
        ('funding.source = "level"', 'funding.source = "levle"', "Did you mean level"),
        ("seed = 7", 'design = "factoral"', "Did you mean factorial"),
        ("seed = 7", 'outcomes = ["displaced_peple_end"]', "Did you mean displaced_people_end"),
        ("[400, 2500]", "[400, 99999]", "99999 is outside the range of deployment.authorised"),
        ("[400, 2500]", "[400, 400]", "each only once"),
        ("[400, 2500]", "[]", "one level or more"),
        ("[400, 2500]", "400", "'400' is no list of levels. It takes a list of levels, { low = ..., high"),
        ("seed = 7", "samples = 8", "a factorial design takes no samples. A sampled design is latin-hypercube"),
        ("[400, 2500]", "{ low = 1, high = 2 }", "a factorial design needs a list of levels"),
        ("[400, 2500]", "{ low = 1, hihg = 2 }", "unknown key 'hihg'. Did you mean high?"),
        ("[400, 2500]", "{ low = 1 }", "high is missing. A range is { low"),
        ("[400, 2500]", "{}", "[vary] deployment.authorised: low is missing"),
        ("[400, 2500]", '["400"]', "'400' for deployment.authorised is no number. It takes 0 to 20000 people"),
        ("[400, 2500]", "[[400]]", "'[400]' for deployment.authorised is no number"),
        ("[400, 2500]", "[nan]", "vary.deployment.authorised: 'nan' is no finite number"),
        ("[400, 2500]", '[1]\n"deployment.authorised" = [2]', "[vary]: deployment.authorised is given twice"),
        ("[400, 2500]", "[1]\nscenario = [{ a = 1 }]", "levels of scenario are a list of names"),
        ("deployment.forced = true", 'scenario = ["baseline"]', "[arms.forced] scenario: '['baseline']' is no name"),
        ("deployment.forced = true", "funding.level = 1.0", "[arms.forced]: funding.level is varied, so an arm cannot"),
        ("deployment.forced = true", "deployment.forced = {}", "'{}' for deployment.forced is neither true nor false"),
        ("[arms.gated]", '[arms." "]', "[arms]: an arm needs a name"),
        ("[fixed]", "[fixed]\nfunding.level = 1.0", "[fixed]: funding.level is varied, so it is not fixed"),
        ("seed = 7", "outcomes = [{ a = 1 }]", "outcomes: '{'a': 1}' is no name of an outcome"),
        (
            "seed = 7",
            'outcomes = ["residents_killed_total", "residents_killed_total"]',
            "residents_killed_total is given twice",
        ),
        ("seed = 7", 'start = "June"', "start: 'June' is no date. Dates are written 2024-06-01"),
        ("days = 20", 'days = "20"', "days: '20' is no positive whole number"),
        ("[400, 2500]", '["baseline"]\nscenario = ["basline"]', "Did you mean baseline"),
        ("[400, 2500]", '"prior"', "a factorial design needs a list of levels"),
        ("days = 20", "days = 0", "days: 0 is no positive whole number"),
        ("days = 20", "days = 2.5", "days: 2.5 is no positive whole number"),
        ("days = 20", "days = true", "no positive whole number"),
        ("replicates = 1", "replicates = -1", "[quick], replicates: -1 is no positive"),
        ("replicates = 1", "replicats = 1", "[quick]: unknown key 'replicats'"),
        ("vary.funding", "vary.funing", "[quick] vary: unknown parameter 'funing.level'. Did you mean funding.level"),
        ("seed = 7", "seed = -7", "no whole number from 0 up"),
        ("seed = 7", "start = 3", "'3' is no date like 2024-06-01"),
        ("seed = 7", "uncertainty = 1", "'1' is no true or false"),
        ("[arms.gated]", "arms.gated = 3", "is no table"),
        ('arm = "forced"', 'arm = "forcd"', "no cell of the design has arm = forcd"),
        ('arm = "forced"', "funding.source = 3", "[replay]: unknown key 'funding.source'"),
        ('arm = "forced"', "funding.level = 0.5", "no cell of the design has funding.level = 0.5"),
        ("[vary]", "[vary", "is no TOML"),
    ],
)
def test_wrong_studies_are_told_what_and_where(write, old, new, message):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if new == "arms.gated = 3":
        text = GOOD.replace("[arms.gated]\n", "").replace("[arms.forced]\n", "[arms]\ngated = 3\n[arms.forced]\n")
    with pytest.raises(InputError) as error:
        load_study(write(text))
    assert message in str(error.value)
    assert "small" in str(error.value)


def test_a_file_is_found_without_its_ending_or_with_a_loud_one(write, tmp_path, monkeypatch):
    monkeypatch.chdir(write(GOOD).parent)
    with pytest.raises(UnknownNameError, match=r"unknown study 'small'\. Did you mean small\.toml\?"):
        load_study("small")
    (tmp_path / "small.toml").rename(tmp_path / "small.TOML")
    assert load_study("small.TOML").name == "small"


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown study 'force-fundin'"):
        load_study("force-fundin")
    with pytest.raises(InputError, match="cannot be read"):
        load_study(tmp_path / "none.toml")
    with pytest.raises(UnknownNameError):
        load_study("../studies/force-funding")


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("start = 2024-06-01T12:00:00", "start: '2024-06-01 12:00:00' has a time of day"),
        ("start = 20240601", "start: '20240601' is no date"),
        ("replicates = 9000000000", "small: it has 18,000,000,000 runs. At most 10,000,000"),
        ("model = ':x'", "study small, model ':x': cannot be imported"),
        ("scenario = 'none.toml'", "study small, none.toml: no such file"),
        ("fixed.a = " + "[" * 3000 + "]" * 3000, "small.toml: tables or lists stand in one another without end"),
    ],
)
def test_what_no_run_could_make_of_a_study_is_told(tmp_path, first, message):
    path = tmp_path / "small.toml"
    path.write_text(f"{first}\ndays = 20\nweight = 1000\n[vary]\ndeployment.authorised = [400, 1000]\n")
    with pytest.raises(InputError) as error:
        load_study(path)
    assert message in str(error.value)


def test_a_table_of_points_that_is_no_table_is_told(write, tmp_path):
    path = write('design = "table"\npoints = "mine.csv"\n')
    for content in (b"x" * 200_000, b"a\x00,b\n1,2\n", "a,b\n1,2\n".encode("utf-16"), b"gang.arms\n" + b"1" * 5000):
        (tmp_path / "mine.csv").write_bytes(content)
        with pytest.raises(InputError) as error:
            load_study(path)
        assert len(str(error.value)) < 1200
