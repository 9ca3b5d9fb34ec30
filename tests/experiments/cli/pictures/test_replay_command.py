"""The command `katye replay`: pages of scenarios, studies and runs, and every refusal in one line."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from support.stand_in import MODEL

from experiments.cli.app import main
from experiments.run.sweep import run_sweep
from models.haiti import HaitiModel, load_case
from simulation.port.family import find_family
from simulation.replay.blocks import decode
from simulation.replay.page import CARRIER

SMALL = ("--days", 8, "--weight", 2000, "--workers", 1)
TITLE = "</script><b>What if & <!-- money"
STUDY = """
title = "Money"
question = "?"
days = 8
shared_start = 4
weight = 2000
replicates = 2

[vary]
deployment.authorised = [1000, 2500]

[arms.pledges]

[arms.nothing]
funding.source = "level"
funding.level = 0.0

[titles.arms]
nothing = "No more money"
"""


@pytest.fixture
def katye(tmp_path, player, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "money.toml").write_text(STUDY)
    return run_sweep(folder / "money.toml", workers=1, out=folder / "money")


def payload_of(path):
    page = path.read_text(encoding="utf-8")
    return json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", page, re.DOTALL)[1])


def lines_of(payload):
    return [[decode(run["series"]["displaced_people"])[:, 0] for run in arm["runs"]] for arm in payload["arms"]]


@pytest.mark.slow
def test_two_scenarios_become_a_page(katye, tmp_path):
    status, out, err = katye(
        "replay", "baseline", "no-mission", "--pairs", 2, *SMALL, "--title", TITLE, "-o", "page.html"
    )
    assert status == 0, err
    assert "2 pairs of runs" in out
    assert "nobody can tell a difference from luck" in out
    assert "replay: 2 of 4 runs" in err
    page, found = (tmp_path / "page.html").read_text(encoding="utf-8"), payload_of(tmp_path / "page.html")
    assert page.count("</script>") == 2
    assert found["title"]["fr"] == TITLE
    assert len(found["arms"]) == 2
    assert [len(arm["runs"]) for arm in found["arms"]] == [2, 2]
    assert found["frames"] == 9
    assert found["source"]["command"].startswith("katye replay baseline no-mission --pairs 2 --days 8 --weight 2000")
    assert found["source"]["assumption"]
    assert found["texts"]["ht"]["ui.mark"] == "SIMILASYON"
    assert {run["luck"] for run in found["arms"][0]["runs"]} == {run["luck"] for run in found["arms"][1]["runs"]}


@pytest.mark.slow
def test_the_runs_are_those_of_their_seeds_in_any_process(katye, tmp_path):
    for workers, name in ((1, "one.html"), (2, "two.html")):
        size = ("--days", 8, "--weight", 2000, "--workers", workers)
        assert katye("replay", "baseline", "--pairs", 2, "--seed", 5, *size, "-o", name)[0] == 0
    one, two = (payload_of(tmp_path / name) for name in ("one.html", "two.html"))
    assert one == two
    run = one["arms"][0]["runs"][1]
    model = HaitiModel(load_case("baseline", days=8, weight=2000), run_seed=int(run["luck"])).run()
    expected = np.rint(np.array(model.recorder.values["displaced_people"]) / 500) * 500
    np.testing.assert_array_equal(lines_of(one)[0][1], expected)


def test_a_study_is_repeated_from_its_seeds(katye, study, tmp_path):
    cells = ("--a", "pledges, deployment.authorised=1000", "--b", "2")
    status, out, err = katye("replay", study, *cells, "--workers", 1, "-o", "study.html")
    assert status == 0, err
    assert "2 pairs" in out
    found = payload_of(tmp_path / "study.html")
    assert found["frames"] == 9
    assert [arm["title"]["en"] for arm in found["arms"]] == ["pledges", "No more money"], "what both have is not said"
    assert found["branch"] is None or found["branch"] > 4, "they share their first days"
    one, other = lines_of(found)
    for a, b in zip(one, other):
        np.testing.assert_array_equal(a[:5], b[:5])
    assert katye("replay", study, "--a", 3, "--pairs", 1, "--workers", 1, "-o", "study.html")[0] == 0
    found = payload_of(tmp_path / "study.html")
    assert len(found["arms"]) == 1
    assert found["title"]["en"] == "Money"


@pytest.mark.slow
def test_folders_of_runs_become_a_page(katye, tmp_path):
    for name in ("baseline", "no-mission"):
        assert katye("run", name, "--days", 8, "--weight", 2000, "--seed", 3, "--out", name)[0] == 0
        assert (tmp_path / name / "recording.json").stat().st_size < 60_000
    status, out, err = katye("replay", "baseline", "no-mission")
    assert status == 0, err
    assert "1 pair of runs" in out
    found = payload_of(tmp_path / "replay.html")
    assert [arm["title"]["en"] for arm in found["arms"]] == [
        load_case("baseline").title,
        load_case("no-mission").title,
    ]
    assert katye("replay", "baseline", "-o", "one.html")[0] == 0
    for change, told in (("start", "2023-01-01"), ("frames", 8)):
        content = json.loads((tmp_path / "no-mission" / "recording.json").read_text())
        (tmp_path / "no-mission" / "recording.json").write_text(json.dumps(content | {change: told}))
        status, _, err = katye("replay", "baseline", "no-mission", "-o", "other.html")
        assert (status, err.count("\n")) == (2, 1)
        (tmp_path / "no-mission" / "recording.json").write_text(json.dumps(content))
    assert katye("run", "no-mission", "--days", 8, "--weight", 2000, "--seed", 4, "--out", "lucky")[0] == 0
    refused(katye, ("baseline", "lucky", "-o", "other.html"), "seed is 4, and 3")
    content["places"][0] = "elsewhere"
    (tmp_path / "lucky" / "recording.json").write_text(json.dumps(content))
    refused(katye, ("lucky", "-o", "other.html"), "other places than the map")
    assert not (tmp_path / "other.html").exists()


def test_a_run_that_goes_on_is_recorded_from_there(katye, tmp_path):
    assert katye("run", "--days", 5, "--weight", 2000, "--save", "kept.katye", "--out", "first")[0] == 0
    assert katye("run", "--from", "kept.katye", "--days", 4, "--out", "further")[0] == 0
    assert katye("replay", "further")[0] == 0
    found = payload_of(tmp_path / "replay.html")
    assert (found["start"], found["frames"]) == ("2024-06-06", 5)


def refused(katye, arguments, told, *, status=2):
    found, out, err = katye("replay", *arguments)
    assert found == status, err
    assert told in err
    lines = err.splitlines()
    assert lines[-1].startswith("error: ")
    assert all(line.startswith("replay: ") for line in lines[:-1]), "progress, and one line"
    assert "Page:" not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("baseline", "no-mission", "half-funding"), "3 sides do not fit"),
        (("baselin",), "Did you mean baseline"),
        (("baseline", "baselin"), "Did you mean baseline"),
        (("nowhere",), "'nowhere' is neither a scenario nor the folder of a run or of a study. katye scenarios lists"),
        (("baseline", "baseline"), "given twice"),
        (("baseline", "--pairs", 0), "--pairs"),
        (("baseline", "--days", -1), "--days"),
        (("baseline", "--seed", -1), "--seed"),
        (("baseline", "--set", "nothing.here=1"), "nothing.here"),
        (("baseline", "--a", "1"), "--a belongs to the folder of a study, and baseline is none"),
        (("baseline", "--model", "nowhere"), "unknown model"),
        (("baseline", "--model", MODEL), "no replay to be shown"),
        (("baseline", "-o", "none/page.html"), "its folder does not exist"),
        (("baseline", "-o", "mine.txt"), "is there and is no replay"),
        (("baseline", "-o", "."), "is a folder"),
        (("baseline", "empty"), "a folder and a scenario"),
        (("empty",), "no recording"),
        (("empty", "--pairs", 3), "--pairs belongs to several runs"),
        (("empty", "--days", 3), "--days belongs to runs that are still to be made"),
    ],
)
def test_wrong_input_is_one_line_and_leaves_no_page(katye, tmp_path, arguments, told):
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    refused(katye, arguments, told)
    assert not (tmp_path / "replay.html").exists()
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "the study has 4 cells"),
        (("--a", "9"), "There are: 0 (pledges, deployment.authorised = 1000)"),
        (("--a", "nothing"), "is said of 2 cells"),
        (("--a", "cats"), "There are:"),
        (("--b", "1"), "no left side"),
        (("--days", 3), "--days belongs to runs that are still to be made"),
    ],
)
def test_cells_that_are_not_there(katye, study, arguments, told):
    refused(katye, (study, *arguments), told)


def test_two_studies_do_not_stand_side_by_side(katye, study):
    refused(katye, (study, study), "a study stands alone")


def test_scenarios_of_other_dates_are_told(katye, tmp_path):
    (tmp_path / "later.toml").write_text('title = "Later"\nquestion = "?"\nstart = 2024-09-01\ndays = 8\n')
    refused(katye, ("baseline", "later.toml", *SMALL, "--pairs", 1), "start is 2024-09-01")


def test_a_run_that_comes_to_something_else_than_is_kept_is_told(katye, study, monkeypatch):
    from experiments.report import replay

    kept = replay.load_runs(study)
    kept.loc[:, "displaced_people_end"] += 1
    monkeypatch.setattr(replay, "load_runs", lambda folder: kept)
    refused(katye, (study, "--a", "0", "--pairs", 1, "--workers", 1), "comes to another displaced_people_end")


def test_runs_that_fail_take_their_pair_out(katye, tmp_path, monkeypatch):
    from models.haiti.replay.recipe import REPLAY
    from simulation.replay.recording import Recording

    seeds = []

    def look(self, model):
        if not seeds or model.run_seed == seeds[0]:
            seeds.append(model.run_seed)
            raise ValueError("no luck")
        return plain(self, model)

    plain = Recording.look
    monkeypatch.setattr(Recording, "look", look)
    assert REPLAY
    status, out, err = katye("replay", "baseline", "no-mission", "--pairs", 2, *SMALL)
    assert status == 0, err
    assert "1 pair of runs" in out
    assert err.count("left out, as a run of the pair failed: seed") == 2
    monkeypatch.setattr(Recording, "look", lambda self, model: 1 / 0)
    status, _, err = katye("replay", "baseline", "--pairs", 1, *SMALL, "-o", "none.html")
    assert status == 2
    assert "no run ended well" in err
    assert not (tmp_path / "none.html").exists()


def test_a_recording_from_a_stranger_imports_nothing(katye, tmp_path):
    """Neither its model nor what was brought to it is looked for but by name."""
    assert katye("run", "--days", 3, "--weight", 2000, "--out", "one")[0] == 0
    content = json.loads((tmp_path / "one" / "recording.json").read_text())
    (tmp_path / "evil.py").write_text("raise SystemExit('it was imported')\n")
    for change, told in (
        ({"model": "evil:FAMILY"}, "names its model by a module"),
        ({"model": "epstein"}, "it records displaced_people"),
        ({"brought": {"data": "nowhere"}}, "no such folder"),
        ({"brought": {"data": 3}}, "folder"),
    ):
        (tmp_path / "one" / "recording.json").write_text(json.dumps(content | change))
        refused(katye, ("one", "-o", "none.html"), told)
    brought = {"metrics": [f"{tmp_path}/evil.py:X"]}
    (tmp_path / "one" / "recording.json").write_text(json.dumps(content | {"brought": brought}))
    assert katye("replay", "one")[0] == 0
    refused(katye, ("one", "--model", "epstein", "-o", "none.html"), "a run of the model haiti, and not of epstein")


def test_numbers_that_no_page_takes_cost_no_run(katye, tmp_path, monkeypatch):
    monkeypatch.setattr("simulation.replay.blocks.LARGEST", 3)
    assert katye("run", "--days", 2, "--weight", 2000, "--out", "one")[0] == 0
    assert (tmp_path / "one" / "daily.parquet").exists()
    refused(katye, ("one",), "no recording")


def test_a_page_that_cannot_be_written_leaves_the_old_one(katye, tmp_path, monkeypatch):
    assert katye("run", "--days", 3, "--weight", 2000, "--out", "one")[0] == 0
    assert katye("replay", "one")[0] == 0
    before = (tmp_path / "replay.html").read_bytes()

    def full(path, write, mark=""):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("simulation.files.atomic.write_atomically", full)
    refused(katye, ("one",), "replay.html")
    assert (tmp_path / "replay.html").read_bytes() == before


def test_another_model_has_a_replay_too(katye, tmp_path):
    status, out, err = katye(
        "replay", "baseline", "few-cops", "--model", "epstein", "--pairs", 2, "--days", 6, "--workers", 1
    )
    assert status == 0, err
    assert "2 pairs" in out
    found = payload_of(tmp_path / "replay.html")
    assert found["source"]["model"] == "epstein"
    assert found["title"]["en"] == find_family("epstein").load_case("few-cops").question
    assert len(found["map"]["places"]) == 64
