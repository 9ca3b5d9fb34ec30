"""Comparisons of the model itself: the same bytes by any number of workers, a copy that differs by nothing, and the command."""

from __future__ import annotations

import html
import json
import re
import shutil

import pandas as pd
import pytest

from experiments.analysis.compared import compared_study
from experiments.cli.app import main
from experiments.report.writing import write_study_report
from experiments.run import sweep
from experiments.run.task import ROOT
from experiments.study.ready_made import comparison_study
from models.haiti import FAMILY
from simulation.replay.page import CARRIER

pytestmark = pytest.mark.slow

SCENARIOS = ROOT / "models/haiti/scenarios"


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["compare", *map(str, arguments)])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """POL0, a copy of it, and a forced deployment: two replicates of twenty days, by one worker and by two."""
    place = tmp_path_factory.mktemp("real")
    twin, forced = place / "twin.toml", place / "forced.toml"
    shutil.copy(SCENARIOS / "POL0.toml", twin)
    forced.write_text('[parameters]\n"deployment.forced" = true\n"deployment.authorised" = 5550\n')
    study = comparison_study(["POL0", twin, forced], replicates=2, days=20, weight=1000)
    return [sweep.run_sweep(study, workers=n, out=place / f"by{n}", report=write_study_report) for n in (1, 2)]


def test_one_and_two_workers_give_the_same_bytes(real):
    tables = ("runs.csv", "differences.csv", "decomposition.csv", "chances.csv", "prices.csv")
    for name in (*tables, "runs.parquet", "curves.parquet", "places.parquet"):
        one, two = ((folder / name).read_bytes() for folder in real)
        assert one == two, name


def test_a_copy_under_another_name_differs_by_exactly_nothing(real):
    table = pd.read_csv(real[0] / "differences.csv").set_index("side").loc["twin"]
    assert set(table.outcome) >= {item.name for item in FAMILY.headlines if item.direction}
    assert (table[["difference", "low", "high", "error_difference", "median_difference"]] == 0).all(axis=None)
    parts = pd.read_csv(real[0] / "decomposition.csv").set_index("side").loc["twin"]
    assert (parts[["mean", "low", "high"]] == 0).all(axis=None)


def test_the_parts_of_the_model_add_up_to_its_deaths(real):
    parts = pd.read_csv(real[0] / "decomposition.csv").set_index(["side", "part"])["mean"]["forced"]
    killed = compared_study(real[0]).difference("residents_killed_total", "forced")["difference"]
    assert parts.change == pytest.approx(killed)
    assert parts.drop("change").sum() == pytest.approx(killed)
    assert killed != 0


def test_the_forced_deployment_is_seen_and_the_card_repeats_the_comparison(real):
    found = compared_study(real[0])
    assert found.difference("deployed_force_mean", "forced")["low"] > 3000
    card = json.loads((real[0] / "card.json").read_text())
    assert card["command"].startswith("katye compare POL0 ")
    assert card["command"].endswith("--replicates 2 --days 20 --weight 1000 --seed 1")
    assert found.reference == "POL0"


def test_the_report_plays_the_first_two_sides_pair_by_pair(real):
    inner = html.unescape(re.search(r"srcdoc='([^']*)'", (real[0] / "report.html").read_text(encoding="utf-8"))[1])
    shown = json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", inner, re.DOTALL)[1])
    assert [len(arm["runs"]) for arm in shown["arms"]] == [2, 2]
    assert shown["arms"][0]["runs"] == shown["arms"][1]["runs"], "the twin is POL0 under another name"
    assert shown["branch"] is None
    assert len(pd.read_parquet(real[0] / "recordings.parquet")) == 4, (
        "the third side is not shown, so it is not recorded"
    )


def test_the_command_prints_a_table_and_the_warning(katye):
    small = ("--replicates", 2, "--days", 3, "--weight", 2000, "--workers", 1)
    status, out, _ = katye("POL0", "no-mission", *small)
    assert status == 0
    assert "no-mission less POL0" in out
    assert "Residents killed" in out
    assert "not a forecast" in out
    assert out.rstrip().endswith("runs/compare-POL0-no-mission/report.html")
