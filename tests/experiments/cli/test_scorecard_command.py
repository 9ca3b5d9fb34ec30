"""`katye scorecard` from the command to its page: the model in little, folders that are there, and wrong input."""

from __future__ import annotations

import shlex

import pandas as pd
import pytest
from support.recorded import study as recorded

from experiments.cli.app import main
from experiments.report.page import marks
from experiments.study.ready_made import scorecard_study
from models.haiti import FAMILY, HaitiModel

BEGIN, END = marks("scorecard")
MARKED = f"# Record\n\nBefore.\n\n{BEGIN}\nyesterday\n{END}\n\nAfter.\n"
SMALL = ("--weight", "2000", "--replicates", "2", "--days", "130", "--workers", "1")


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


def test_runs_last_up_to_the_last_figure_unless_told():
    study = scorecard_study()
    assert study.cases()[0].days == 395
    assert (study.replicates, study.curve_days, study.uncertainty) == (20, 1, False)
    assert study.quickly().cases()[0].days == 395
    assert scorecard_study(uncertainty=True).cases()[0].uncertainty


@pytest.mark.slow
def test_the_command_fills_its_folder_and_page_and_can_be_repeated(katye, tmp_path):
    page = tmp_path / "record.md"
    page.write_text(MARKED, encoding="utf-8")
    status, out, err = katye("scorecard", "baseline", *SMALL, "--page", page, "--out", "first")
    assert status == 0, err
    assert "2 runs of baseline, 130 days from 2024-06-01, against" in out
    html = (tmp_path / "first/report.html").read_text(encoding="utf-8")
    assert html.index('id="finding"') < html.index('id="missed"') < html.index('id="series"')
    assert "not a forecast" in html
    assert "used to set parameters" in html
    assert (tmp_path / "first/figures/scorecard.png").exists()
    table = (tmp_path / "first/scorecard.csv").read_text(encoding="utf-8")
    rows = pd.read_csv(tmp_path / "first/scorecard.csv").set_index(["series", "date"])
    study = scorecard_study(replicates=2, days=130, weight=2000)
    models = [HaitiModel(study.cases()[0], run_seed=study.run_seed(number)).run() for number in range(2)]
    daily = [model.recorder.daily() for model in models]
    quarter = [days[days["day"].between(31, 122)] for days in daily]  # July to September
    taken = sorted(int(days["kidnapped_people_today"].sum()) for days in quarter)
    assert rows.loc[("kidnapped", "2024-09-30"), ["p05", "p95"]].tolist() == taken
    displaced = sorted(
        days.set_index("day").loc[97, "displaced_people"] for days in daily
    )  # in the evening of 5 September
    assert rows.loc[("displaced_from_ouest", "2024-09-05"), ["p05", "p95"]].tolist() == displaced
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Record\n\nBefore.\n")
    assert text.endswith("\n\nAfter.\n")
    assert "yesterday" not in text
    assert (tmp_path / "record.png").read_bytes().startswith(b"\x89PNG")
    written = shlex.split(next(line for line in text.splitlines() if line.startswith("    katye scorecard")))[1:]
    assert katye(*written, "--workers", 1, "--page", page, "--out", "second")[0] == 0
    assert page.read_text(encoding="utf-8") == text
    assert (tmp_path / "second/scorecard.csv").read_text(encoding="utf-8") == table
    status, out, _ = katye("scorecard", "first", "--out", "third")  # of a folder: the same figures, nothing is run
    assert status == 0
    assert (tmp_path / "third/scorecard.csv").read_text(encoding="utf-8") == table
    assert "Report: third/report.html" in out.replace(str(tmp_path) + "/", "")


def test_a_folder_of_any_model_with_a_record_has_a_scorecard(katye, tmp_path):
    recorded.recorded_study(tmp_path / "made")
    before = sorted(path.name for path in (tmp_path / "made").iterdir())
    status, out, err = katye("scorecard", "made", "--out", "card")
    assert status == 0, err
    assert "The band holds 2 of 3 figures." in out
    html = (tmp_path / "card/report.html").read_text(encoding="utf-8")
    assert "Jailed (1 of 1" in html
    told = html.lower().replace("katye, an open simulator", "")
    assert [word for word in ("gang", "capital", "haiti", "displace", "quarter") if word in told] == []
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--model", "epstein"],
            "model 'epstein': it has no published figures to be set against. Models that have some: haiti",
        ),
        (
            ["--days", "3"],
            "none of the 125 published figures lies within 3 days from 2024-06-01. Take --days 25 or more",
        ),
        (["--days", "0"], "--days: 0 is no positive whole number"),
        (["basline"], "unknown scenario 'basline'. Did you mean baseline?"),
        (["--set", "gang.member=3"], "Did you mean gang.members"),
        (["--out", "."], "exists already and is not overwritten"),
        (["--page", "none.md"], "page none.md: cannot be read"),
        (["made", "--days", "9"], "folder: --days belongs to runs that are still to be made"),
        (["made", "--uncertainty"], "folder: --uncertainty belongs to runs that are still to be made"),
        (["empty"], "no results here"),
    ],
)
def test_wrong_input_is_one_message_status_2_and_nothing_written(katye, tmp_path, arguments, said):
    recorded.recorded_study(tmp_path / "made")
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    status, out, err = katye("scorecard", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err
    assert sorted(tmp_path.rglob("*")) == before


def test_the_number_of_figures_that_messages_name_is_that_of_the_file():
    assert len(FAMILY.record()) == 125
