"""The report of any study: it names what was planted, says nothing where nothing was, and loads nothing from elsewhere."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pandas as pd
import pytest
from support.general_study import general_study

from experiments.analysis.main_effects import Factor, effects, factors_of
from experiments.analysis.rank_correlation import spreads
from experiments.analysis.sensitivity import DUMMY
from experiments.report.common import spread_words
from experiments.report.study import read_study_page, study_page, write_report
from experiments.report.study_words import effect_sentence, spread_sentence
from experiments.report.writing import write_study_report
from experiments.study.designs import Range
from models.haiti import FAMILY
from simulation.errors import InputError
from simulation.visualization import style

TWO = {"phase.sequencing": (0.0, 1.0), "command.hold": (False, True)}
UNTOLD = "no effect of anything varied here can be told from chance"


def text(page, section):
    """What a reader reads in a section of a page."""
    part = re.search(rf'<section[^>]*id="{section}".*?</section>', page, re.S).group(0)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", part)))


def page_of(folder):
    return write_report(folder, folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "study"
    return page_of(general_study(folder, TWO, lambda levels: 0.1 * levels["command.hold"]))


def test_the_finding_names_the_factor_and_the_direction(page):
    said = text(page, "finding")
    assert re.search(
        r"People displaced at the end rose by \d\d,\d00 .* with command.hold = true instead of false", said
    )
    assert "No effect of phase.sequencing can be told from chance" in said
    assert f"Residents killed: {UNTOLD}" in said
    assert "hint" not in said


def test_nothing_is_loaded_from_elsewhere_and_pictures_have_a_text(page):
    loads = re.findall(r'(?:src|href|xlink:href)\s*=\s*"([^"]*)"', page)
    assert {load.split(":")[0] if not load.startswith("#") else "#" for load in loads} <= {"#", "data"}
    assert "@import" not in page
    assert not re.search(r"url\(\s*['\"]?(?!#|data:)", page)
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) == 5  # effects on three outcomes, both factors together, curves
    assert all(len(re.search(r'alt="([^"]*)"', picture).group(1)) > 40 for picture in pictures)


def test_the_page_is_careful_and_can_be_cited(page):
    assert page.count("not a forecast") >= 3
    assert "Deaths of gang members include children, and no outcome rewards them" in page
    assert "Sexual violence and torture, both widespread, are not simulated" in text(page, "caveats")
    assert "A report &amp; more" in page
    methods = text(page, "methods")
    for words in (
        "4 design points with 8 replicates each: 32 runs",
        "10 days",
        "Katye 0.1.0",
        "commit abc",
        "same random seed",
    ):
        assert words in methods
    for section in re.findall(r'href="#([a-z]+)"', page):
        assert f'id="{section}"' in page


def test_where_nothing_is_planted_nothing_is_said(tmp_path):
    said = text(study_page(general_study(tmp_path / "s", TWO)).html(), "finding")
    assert said.count(UNTOLD) == 3
    assert "rose" not in said
    assert "fell" not in said


def test_scenarios_are_told_by_their_names(tmp_path):
    vary = {"scenario": ("POL0", "POL1", "no-cash", "airport-closed", "corruption")}
    change = {"no-cash": -0.2, "corruption": 0.1}
    folder = general_study(tmp_path / "s", vary, lambda levels: change.get(levels["scenario"], 0))
    page = page_of(folder)
    said = text(page, "finding")
    assert re.search(
        r"displaced at the end fell by [^;]* with no-cash instead of POL0; rose by .* corruption instead", said
    )
    assert "POL1" not in said
    assert "airport-closed" not in said
    assert "no effect of the scenarios" in said
    assert 'id="figure-curves_displaced_people"' in page  # a panel a scenario
    assert 'id="figure-pair"' not in page


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_two_replicates_are_a_hint_and_one_is_nothing(tmp_path):
    change = lambda levels: 0.5 * levels["phase.sequencing"]  # noqa: E731
    two = study_page(general_study(tmp_path / "two", TWO, change, replicates=2)).html()
    assert "as a hint only" in text(two, "finding")
    one = study_page(general_study(tmp_path / "one", TWO, change, replicates=1)).html()
    assert "no difference can be told from chance" in text(one, "finding")
    assert "rose" not in text(one, "finding")
    assert "Student" in text(two, "methods")
    assert "Student" not in text(one, "methods")
    assert "With one replicate no effect has an interval" in text(one, "methods")


@pytest.mark.parametrize("design", ["latin-hypercube", "table"])
def test_points_are_told_by_quantiles_and_ranks(tmp_path, design):
    if design == "table":
        vary = {"gang.terror": tuple(k / 30 for k in range(30)), "gang.arms": tuple((7 * k) % 30 for k in range(30))}
        options = {}
    else:
        vary, options = {"gang.terror": Range(0, 1), "gang.arms": Range(0, 30)}, {"samples": 40}
    change = lambda levels: -0.5 * levels["gang.terror"]  # noqa: E731
    folder = general_study(tmp_path / "s", vary, change, design=design, replicates=2, **options)
    card = json.loads((folder / "card.json").read_text())
    if design == "table":
        rows = [dict(zip(vary, levels)) for levels in zip(*vary.values())]
        (folder / "card.json").write_text(json.dumps(card | {"vary": None, "points": rows}))
    page = page_of(folder)
    said = text(page, "finding")
    assert re.search(
        r"People displaced at the end: median over \d0 points .* It goes most with gang.terror \(−[01].\d\d\), by", said
    )
    assert "gang.arms" not in said
    assert "katye discover FOLDER" in text(page, "points")
    assert 'id="effects"' not in page


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_arms_of_a_sample_are_told_apart(tmp_path):
    vary = {"made.x": Range(0, 1)}
    folder = general_study(
        tmp_path / "s", vary, design="latin-hypercube", samples=9, replicates=1, arms=("open", "shut")
    )
    page = page_of(folder)
    said = text(page, "finding")
    assert "Residents killed, open: median over 9 points" in said
    assert ", the lowest " in said
    assert "nine in ten" not in said + text(page, "points")
    assert "Residents killed, shut: median over 9 points" in said


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_points_of_a_screening_do_not_count_as_independent(tmp_path):
    pytest.importorskip("SALib")
    vary = {f"made.p{k}": Range(0, 1) for k in range(12)}
    change = lambda levels: 0.4 * levels["made.p3"]  # noqa: E731
    folder = general_study(tmp_path / "s", vary, change, design="morris", samples=10, replicates=2)
    (folder / "sensitivity.png").write_bytes(style.figure_png(style.new_figure(1, 1)))
    page = study_page(folder).html()
    assert re.findall(r"made\.p\d+ \(", text(page, "finding")) == ["made.p3 ("]
    assert "katye sensitivity FOLDER" in text(page, "points")
    assert 'id="figure-sensitivity"' in page


def test_the_points_of_a_trajectory_count_as_one_and_only_if_they_are_there(tmp_path):
    vary = {f"made.p{k}": Range(0, 1) for k in range(5)}
    change = lambda levels: 0.4 * levels["made.p3"]  # noqa: E731
    how = {"design": "sobol", "samples": 32, "replicates": 2}
    skip = {("main", point, k) for point in range(3 * 7, 32 * 7) for k in range(2)}  # three rows have run
    whole, part = (
        read_study_page(general_study(tmp_path / name, vary, change, **how, skip=left))
        for name, left in (("whole", ()), ("part", skip))
    )
    assert any(item.correlations["beyond"].any() for item in whole.spreads)
    assert not any(item.correlations["beyond"].any() for item in part.spreads)


def test_a_parameter_that_stands_for_another_is_told():
    rng = np.random.default_rng(1)
    one = rng.random(60)
    runs = pd.DataFrame({"arm": "main", "point": range(60), "a.x": one, "a.y": 1 - one + rng.normal(0, 0.1, 60)})
    runs = runs.assign(**{"a.z": rng.random(60), "displaced_people_end": 1e5 * one})
    factors = [Factor(name, (0, 1)) for name in ("a.x", "a.y", "a.z")]
    (found,) = spreads(runs, factors, [FAMILY.outcomes["displaced_people_end"]])
    assert list(found.correlations["together"])[:2] == ["", "a.x"]
    (same,) = spreads(runs.assign(displaced_people_end=1e5), factors, [FAMILY.outcomes["displaced_people_end"]])
    assert same.correlations.empty
    assert re.search(
        r"a.x \(\+1.00\), a.y \(−0.\d\d; in these points it goes with a.x by −0.\d\d\), by", spread_sentence(found)
    )


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_one_seed_for_all_points_is_told(tmp_path):
    vary = {"made.x": Range(0, 1)}
    for replicates in (1, 2):
        folder = general_study(
            tmp_path / f"s{replicates}", vary, design="latin-hypercube", samples=9, replicates=replicates
        )
        assert ("all points share one seed" in text(page_of(folder), "finding")) is (replicates == 1)


def test_an_index_is_written_with_its_figures():
    outcome = FAMILY.outcomes["legitimacy_end"]
    rows = [
        {
            "run": 2 * r + a,
            "arm": "main",
            "replicate": r,
            "a": a,
            "legitimacy_end": 0.4 + r / 100 + a * (0.03 + r / 1000),
        }
        for r in range(6)
        for a in (0, 1)
    ]
    runs = pd.DataFrame(rows)
    factors = factors_of({"vary": {"a": [0, 1]}}, runs)
    said = effect_sentence(outcome, effects(runs, factors, "legitimacy_end"), factors)
    assert said.startswith(
        "Legitimacy at the end rose by 0.0325 (95 % interval +0.0305 to +0.0345) with a = 1 instead of 0"
    )


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_plain_names_of_a_study_stand_in_its_report(tmp_path):
    folder = general_study(tmp_path / "s", TWO, lambda levels: 0.1 * levels["command.hold"])
    card = json.loads((folder / "card.json").read_text())
    levels = {"command.hold": {"true": "stay in cleared places", "false": "move on"}}
    titles = {"command.hold": "After a clearing", "levels": levels}
    (folder / "card.json").write_text(json.dumps(card | {"titles": titles, "asks": "command.hold"}))
    page = page_of(folder)
    assert "with After a clearing: stay in cleared places instead of move on" in text(page, "finding")
    assert "After a clearing (move on, stay in cleared places)" in text(page, "reading")
    assert "by level of After a clearing" in page  # curves are grouped by the factor that the study asks about
    assert "command.hold" in text(page, "methods")


@pytest.mark.slow
def test_pictures_are_files_too(tmp_path):
    folder = general_study(tmp_path / "s", TWO)
    page_of(folder)
    names = {path.name for path in (folder / "figures").iterdir()}
    assert {"effects_displaced_people_end.svg", "effects_displaced_people_end.png", "pair.svg", "curves.png"} <= names
    assert (folder / "figures/pair.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.slow
def test_dated_events_are_marked_and_told(tmp_path):
    folder = general_study(tmp_path / "s", TWO)
    card = json.loads((folder / "card.json").read_text())
    told = {
        "title": "B",
        "question": "",
        "changes": {},
        "dated": [["2024-06-20", "airport closed"], ["2030-01-01", "later"]],
    }
    (folder / "card.json").write_text(json.dumps(card | {"scenarios": {"baseline": told}}))
    said = text(page_of(folder), "time")
    assert "Dotted lines: 1 2024-06-20: airport closed." in said
    assert "later" not in said


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_twenty_assumptions_stand_first_and_the_rest_opens(tmp_path):
    folder = general_study(tmp_path / "s", TWO)
    about = {"value": "0.5", "unit": "share", "low": 0.1, "high": 0.9, "status": "assumed", "source": "x"}
    names = [*FAMILY.presentation.first_assumptions, *(f"other.p{k}" for k in range(9)), "phase.sequencing"]
    rows = [{"name": name, **about} | ({"value": "varied"} if "phase" in name else {}) for name in names]
    pd.DataFrame(rows).to_parquet(folder / "assumptions.parquet")
    page = page_of(folder)
    first, _, rest = page[page.index('id="assumptions"') :].partition("<details>")
    assert first.count('<td class="name">') == 20
    assert first.index("phase.sequencing") < first.index("gang.terror")  # what varies comes first
    assert rest.count('<td class="name">') == len(names) - 20


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_what_katye_sensitivity_found_takes_the_place_of_rank_correlations(tmp_path):
    vary = {"made.x": Range(0, 1), "made.y": Range(0, 1)}
    change = lambda levels: levels["made.x"]  # noqa: E731
    folder = general_study(tmp_path / "s", vary, change, design="latin-hypercube", samples=12, replicates=2)
    assert "It goes most with made.x" in text(page_of(folder), "finding")
    assert 'id="figure-points_0"' in page_of(folder)
    rows = [
        ("main", "displaced_people_end", "made.x", -400_000.0, 410_000.0, 9_000.0, 10.0, True),
        ("main", "displaced_people_end", "made.y", 3_000.0, 8_000.0, 900.0, 10.0, False),
        ("main", "displaced_people_end", DUMMY, 0.0, 7_000.0, 900.0, 10.0, False),
        ("main", "unknown_outcome", "made.x", 1.0, 1.0, 0.1, 0.1, True),
    ]
    columns = ["of", "outcome", "parameter", "mu", "mu_star", "mu_star_conf", "sigma", "survives"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "sensitivity.csv", index=False)
    page = page_of(folder)
    assert "1 of 2 parameters stands above luck. The largest effects of a whole range: made.x (410,000, down)." in text(
        page, "finding"
    )
    assert "rank" not in text(page, "finding")
    assert "rank" not in text(page, "reading").lower()
    assert "figure-points" not in page


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_days_that_runs_share_are_told(tmp_path):
    folder = general_study(tmp_path / "s", TWO)
    card = json.loads((folder / "card.json").read_text())
    assert "share their first" not in text(page_of(folder), "methods")
    (folder / "card.json").write_text(json.dumps(card | {"shared_start": 4}))
    page = page_of(folder)
    for section in ("methods", "reading"):
        assert "All runs of a replicate share their first 4 days" in text(page, section)
        assert "a difference of means over the run is 60 % of that over the days since" in text(page, section)


@pytest.mark.slow
@pytest.mark.usefixtures("words_only")
def test_parameters_drawn_from_priors_are_not_called_luck_alone(tmp_path):
    folder = general_study(tmp_path / "s", TWO)
    card = json.loads((folder / "card.json").read_text())
    assert page_of(folder).count("cover luck only") == 2
    (folder / "card.json").write_text(json.dumps(card | {"uncertainty": True}))
    page = page_of(folder)
    assert "cover luck only" not in page
    for section in ("methods", "reading"):
        assert "cover luck and the parameters drawn with it" in text(page, section)


def test_a_sampled_study_gets_its_report_with_its_results(tmp_path):
    folder = general_study(tmp_path / "s", {"made.x": Range(0, 1)}, design="latin-hypercube", samples=5, replicates=1)
    write_study_report(folder)
    assert not (folder / "report-error.txt").exists()
    assert "Over the points" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_one_cell_and_an_outcome_without_values(tmp_path):
    folder = general_study(tmp_path / "s", {"made.x": (1,)}, replicates=2)
    assert "it compares nothing" in text(page_of(folder), "finding")
    folder = general_study(tmp_path / "t", TWO)
    runs = pd.read_parquet(folder / "runs.parquet").assign(residents_killed_total=float("nan"))
    runs.to_parquet(folder / "runs.parquet")
    assert "Residents killed: too few runs have it" in text(page_of(folder), "finding")


def test_a_report_that_cannot_be_written_says_so(tmp_path):
    folder = general_study(tmp_path / "s", {"made.x": (1, 2)}, replicates=2)
    with pytest.raises(InputError, match="cannot be written"):
        write_report(folder, folder / "card.json" / "report.html")


def test_outcomes_have_titles_that_say_what_they_are():
    assert FAMILY.outcomes["held_survival_90"].title == "Cleared places not gang-held again after 90 days"
    assert FAMILY.outcomes["trapped_people_days"].title == "Trapped people days"
    outcome = FAMILY.outcomes["gang_influence_population_share_last_90_days"]
    title = "Residents before displacement in gang-held or contested areas, mean of the last 90 days"
    assert (outcome.title, outcome.format) == (title, "share")


def test_pages_say_where_parameters_were_drawn_from():
    assert spread_words({"uncertainty": False, "posterior": None}) == "The spread shown is chance only."
    assert "drawn from their priors" in spread_words({"uncertainty": True, "posterior": None})
    assert "drawn from the posterior fit.parquet" in spread_words({"uncertainty": True, "posterior": "fit.parquet"})
