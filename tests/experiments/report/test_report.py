"""The report of a made-up study: whole, offline, careful in its words, and true to the tables it is given."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import synthetic_study as synthetic
from support.invented.recording import recorded_city

from experiments.report.force_funding import figures, finding
from experiments.report.study import study_page, write_report
from experiments.report.study_tables import StudyTables, read_study_tables
from models.haiti.presentation import read_geography, read_observed
from simulation.errors import InputError, UnknownNameError
from simulation.replay.recorded import write_recorded
from simulation.visualization.maps import Geography

pytestmark = pytest.mark.slow

SECTIONS = ["finding", "reading", "people", "territory", "deaths", "time", "deployment", "maps", "replay"]
SECTIONS += ["cells", "methods", "assumptions", "caveats", "provenance", "effects"]


def study(**options) -> StudyTables:
    tables = synthetic.synthetic_tables(**options)
    shapes = synthetic.square_shapes()
    return StudyTables(
        runs=tables["runs"],
        curves=tables["curves"],
        places=tables["places"],
        observed={
            "displaced_people": pd.DataFrame({"date": ["2024-07-01"], "value": [600_000]}),
            "gang_influence_population_share": pd.DataFrame({"date": ["2024-07-09"], "low": [0.8], "high": [1.0]}),
        },
        card={
            "study": "force-funding",
            "seed": 7,
            "versions": {"katye": "0.1.0"},
            "commit": "abc-modified",
        },
        assumptions=pd.DataFrame(
            [
                {
                    "name": "flight.D50",
                    "value": 35.0,
                    "unit": "",
                    "low": 8,
                    "high": 120,
                    "status": "assumed",
                    "source": "&",
                }
            ]
        ),
        geography=Geography(shapes, (-72.5, -72.15, 18.46, 18.7), captions={"Delmas": (-72.3, 18.55)}),
    )


def written(tables: StudyTables, folder: Path) -> Path:
    """The folder of a study with these tables, on the map of the model."""
    (folder / "replay").mkdir(parents=True, exist_ok=True)
    arms = {arm: {} for arm in dict.fromkeys(tables.runs["arm"])}
    forces, levels = (sorted(set(tables.runs[name].tolist())) for name in ("authorised_force", "funding_level"))
    card = {"study": "force-funding", "title": "Force and money", "question": "?", "scenario": "baseline"}
    card |= {"design": "factorial", "samples": None, "points": None, "arms": arms, "sections": ["force-funding"]}
    card |= {"vary": {"deployment.authorised": forces, "funding.level": levels}, "start": "2024-06-01", "days": 120}
    card |= {"outcomes": ["displaced_people_end"], "weight": 1, "replicates": 3, "uncertainty": False}
    (folder / "card.json").write_text(json.dumps(card | dict(tables.card), default=str), encoding="utf-8")
    runs = tables.runs.assign(run=range(len(tables.runs)), scenario="baseline", seed=tables.runs["replicate"], point=0)
    runs = runs.assign(**{"deployment.authorised": runs["authorised_force"], "funding.level": runs["funding_level"]})
    runs.to_parquet(folder / "runs.parquet")
    for name in ("curves", "places", "assumptions"):
        if getattr(tables, name) is not None:
            getattr(tables, name).to_parquet(folder / f"{name}.parquet")
    if tables.curves is not None:
        write_recorded(recorded_city("One run: <b>title</b>"), folder / "replay")
    return folder


def report_html(tables: StudyTables) -> str:
    """The report of a study with these tables."""
    with tempfile.TemporaryDirectory() as folder:
        return study_page(written(tables, Path(folder) / "study")).html()


def bare(**options) -> StudyTables:
    """A study whose report draws one figure only: quick, for tests of words."""
    runs = study(**options).runs
    return StudyTables(runs[["arm", "authorised_force", "funding_level", "replicate", "displaced_people_end"]])


@pytest.fixture(scope="module")
def page() -> str:
    return report_html(study())


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_there_and_in_the_contents(page, section):
    assert f'id="{section}"' in page
    assert f'href="#{section}"' in page


def test_the_run_that_was_kept_is_played(page):
    frame = re.search(r"<iframe class=\"replay\" title=\"One run, day by day\" [^>]*srcdoc='([^']*)'", page)[1]
    inner = html.unescape(frame)
    assert "One run: \\u003cb\\u003etitle" in inner
    assert "katye replay" in inner


def test_nothing_is_loaded_from_elsewhere(page):
    page = re.sub(r"srcdoc='[^']*'", "", page)  # the player has tests of its own, in a browser
    loads = re.findall(r'(?:src|href|xlink:href)\s*=\s*"([^"]*)"', page)
    assert {load.split(":")[0] if not load.startswith("#") else "#" for load in loads} <= {"#", "data"}
    assert "@import" not in page
    assert not re.search(r"url\(\s*['\"]?(?!#|data:)", page)
    assert not re.search(r"\b(fetch|XMLHttpRequest|importScripts|WebSocket)\b", page)


def test_every_picture_has_an_alternative_text(page):
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) >= 10
    for picture in pictures:
        assert len(re.search(r'alt="([^"]*)"', picture).group(1)) > 40


def test_words_are_careful(page):
    assert page.count("not a forecast") >= 3
    assert "minors" in page
    for word in ("neutralis", "neutraliz", "eliminat", "kill ratio"):
        assert word not in page.lower()


def test_what_comes_from_tables_is_escaped(page):
    assert "<b>title</b>" not in page
    assert "abc-modified" in page


def test_finding_follows_the_data():
    strong, none, worse = (finding.finding(study(effect=e, replicates=6)) for e in (0.35, 0.0, -0.35))
    assert "The number of people displaced at the end fell from" in strong[0]
    assert "The number of people displaced at the end did not change" in none[0]
    assert "The number of people displaced at the end rose from" in worse[0]


def test_a_direction_needs_agreement_of_paired_runs():
    runs = study(replicates=6).runs.copy()
    runs["displaced_people_end"] = 500_000.0
    high = (runs["authorised_force"] == 9000) & (runs["funding_level"] == 1.0) & (runs["arm"] == "gated")
    runs.loc[high, "displaced_people_end"] += runs.loc[high, "replicate"].map(lambda k: 9e4 if k < 4 else -1e4)
    assert "the direction is not clear" in finding.finding(StudyTables(runs))[0]


def test_few_pairs_are_called_too_few():
    assert "none of this can be told from chance" in finding.finding(study(replicates=3))[0]
    assert "told from chance" not in finding.finding(study(replicates=6))[0]


def test_contrast_pairs_the_same_replicates():
    runs = study(replicates=3).runs
    incomplete = runs[~((runs["authorised_force"] == 9000) & (runs["replicate"] == 2))]
    found = finding.contrast(incomplete, "residents_killed_total", (0, 1.0), (9000, 1.0), "gated")
    assert len(found.differences) == 2
    assert found.after - found.before == pytest.approx(found.differences.mean())


def test_money_answer_names_the_ceiling():
    text = finding.money_paragraph(study().runs)
    assert "In the model, yes" in text
    assert "cash" in text
    assert "contributors" in text


@pytest.mark.usefixtures("words_only")
def test_one_replicate_says_that_chance_is_unknown():
    page = report_html(study(replicates=1))
    assert "one run a cell" in page
    assert "none of this can be told from chance" in page
    assert not re.search(r"\bnan\b", re.sub(r"base64,[^\"]*|<script.*?</script>", "", page, flags=re.S).lower())


def test_one_cell():
    assert "compares nothing" in report_html(study(forces=(2500,), levels=(1.0,), arms=("gated",), replicates=2))


@pytest.mark.parametrize("arm", ["forced", "main"])
def test_one_arm_of_any_name(arm):
    tables = study(forces=(0, 2500), levels=(1.0,), arms=(arm,), replicates=2)
    page = report_html(StudyTables(tables.runs, places=tables.places, geography=tables.geography))
    assert "raising the authorised force from 0 to 2,500" in page
    assert "Gated and forced" not in page


@pytest.mark.usefixtures("words_only")
def test_runs_alone_are_enough():
    page = report_html(StudyTables(study().runs))
    assert "There is nothing to play here" in page
    assert "<code>katye replay " in page


def test_extrapolation_is_named_only_where_it_happens():
    assert "is extrapolation" not in report_html(bare(forces=(0, 400)))
    assert "is extrapolation" in report_html(bare(forces=(0, 2500)))


def test_unfinished_and_coarse_studies_say_so():
    tables = bare(replicates=1, forces=(0, 400))
    card = {"quick": True, "weight": 10, "planned_runs": 9, "finished_runs": 8}
    page = report_html(StudyTables(tables.runs, card=card))
    assert "quick size" in page
    assert "stands for 10 households" in page
    assert "8 of 9 planned runs" in page


def test_written_from_a_folder_and_whole(tmp_path):
    tables = study(replicates=2, forces=(0, 2500), levels=(1.0,), days=60)
    folder = written(
        dataclasses.replace(tables, card={"title": "A title of its own", "commit": None}), tmp_path / "study"
    )
    out = write_report(folder, tmp_path / "deep" / "report.html")
    assert "A title of its own" in out.read_text(encoding="utf-8")
    assert sorted(path.name for path in out.parent.iterdir()) == ["figures", "report.html"]


def test_equal_tables_give_equal_bytes_and_replace_the_old_report(tmp_path):
    out = tmp_path / "report.html"
    first = write_report(written(bare(), tmp_path / "a"), out).read_bytes()
    assert write_report(tmp_path / "a", out).read_bytes() == first
    assert write_report(written(bare(effect=0.1), tmp_path / "b"), out).read_bytes() != first


def test_errors_say_what_and_where(tmp_path):
    with pytest.raises(InputError, match=r"no runs\.parquet"):
        read_study_tables(tmp_path)
    with pytest.raises(UnknownNameError, match="replicate"):
        StudyTables(study(replicates=1).runs.drop(columns="replicate"))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(written(bare(replicates=1), tmp_path / "c"), tmp_path / "file" / "report.html")


def test_contrasting_cells_exist_and_differ():
    runs = study(forces=(0, 400, 1000, 2500, 5550, 9000), levels=(0.33, 0.67, 1.0, 1.3), replicates=1).runs
    cells = figures.contrasting_cells(runs)
    assert cells == [(0, 1.0), (2500, 1.0), (9000, 0.33), (9000, 1.3)]


def test_unknown_outcome_and_map_are_named():
    tables = study(replicates=1)
    with pytest.raises(UnknownNameError, match="residents_killed_total"):
        figures.figure_heat_pair(tables.runs, "resident_killed")
    with pytest.raises(UnknownNameError, match="influence"):
        figures.figure_maps(tables.places, tables.geography, [(0, 1.0)], "influenc")


def test_heat_maps_of_both_arms_share_one_scale():
    figure = figures.figure_heat_pair(study().runs, "gang_control_population_share_end")
    scales = {axes.images[0].get_clim() for axes in figure.axes if axes.images}
    assert len([axes for axes in figure.axes if axes.images]) == 2
    assert len(scales) == 1


def test_model_data_gives_map_and_published_figures():
    geography = read_geography()
    assert len(geography.shapes) > 100
    assert set(geography.names) == set(geography.shapes)
    observed = read_observed("2024-06-01", "2025-12-31")
    assert {"deployed_force", "displaced_people", "gang_influence_population_share"} == set(observed)
    for table in observed.values():
        assert table["date"].between("2024-06-01", "2025-12-31").all()
        assert np.isfinite(table.drop(columns="date").to_numpy(dtype=float)).all()


@pytest.mark.usefixtures("words_only")
def test_levels_of_money_stand_beside_dollars_a_year():
    """Level 1 is $0.3B a year at 1,000 people and $1.9B at 9,000."""
    tables = study()
    runs = tables.runs
    need = runs["authorised_force"] * 2e5 + 1e8 * (runs["authorised_force"] > 0)
    page = report_html(dataclasses.replace(tables, runs=runs.assign(funding_usd_per_year=runs["funding_level"] * need)))
    cells = re.search(r'<section id="cells".*?</section>', page, re.S).group(0)
    assert "100\u00a0% ($0.3B a year)" in cells
    assert "100\u00a0% ($1.9B a year)" in cells
    assert "33\u00a0% ($0.1B a year)" in cells
    assert "B a year" not in report_html(tables).replace("$400M of the $600M a year", "")
    assert figures.level_words(runs.assign(funding_usd_per_year=runs["funding_level"] * need), 1.0) == (
        "100\u00a0% ($0.3–1.9B a year)"
    )


@pytest.mark.usefixtures("words_only")
def test_the_finding_says_where_the_effect_of_money_depends_on_force():
    tables = study(replicates=8)
    runs = tables.runs.copy()
    noise = np.random.default_rng(6).normal(0, 900, len(runs))
    push = 90_000 * ((runs["authorised_force"] == 9000) & (runs["funding_level"] == 1.0))
    page = report_html(dataclasses.replace(tables, runs=runs.assign(displaced_people_end=6e5 + push + noise)))
    said = re.search(r'<section class="finding".*?</section>', page, re.S).group(0)
    assert "The effect of funding.level = 1 instead of 0.33 on People displaced at the end is" in said
    assert "at deployment.authorised = 0 and +9" in said


def test_a_run_that_is_paid_by_pledges_stands_at_what_came_in(tmp_path):
    tables = study()
    runs = tables.runs.assign(funding_coverage=0.5 + 0.1 * tables.runs["replicate"])
    runs["funding_level"] = runs["funding_level"].where(
        runs["funding_level"] < 1
    )  # what was level 1 is paid by pledges
    folder = written(dataclasses.replace(tables, runs=tables.runs), tmp_path / "study")
    runs = runs.assign(
        run=range(len(runs)), point=runs.groupby(["authorised_force", "funding_level"], dropna=False).ngroup()
    )
    runs.to_parquet(folder / "runs.parquet")
    curves = tables.curves.assign(
        funding_level=tables.curves["funding_level"].where(tables.curves["funding_level"] < 1)
    )
    curves.to_parquet(folder / "curves.parquet")
    found = read_study_tables(folder)
    assert sorted(found.runs["funding_level"].round(9).unique()) == [0.33, 0.6]
    assert found.runs["funding_level"].notna().all()
    assert sorted(found.curves["funding_level"].round(9).unique()) == [0.33, 0.6]
