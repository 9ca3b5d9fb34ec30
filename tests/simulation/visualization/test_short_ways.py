"""Short ways to a picture: a figure with title, unit, words and caveat, or one line that says what there is instead."""

import base64
import datetime
import io
import re

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from models.epstein import FAMILY as EPSTEIN
from models.haiti import FAMILY as HAITI
from models.haiti import HaitiModel, load_case
from simulation.errors import InputError, UnknownNameError
from simulation.mesa_model import Model
from simulation.port.outcomes import Outcome
from simulation.runs.results import CAVEAT, Results, write_json, write_run, write_table
from simulation.visualization import short_ways
from simulation.visualization.picture import Picture, caveat_html, image_html, new_picture, picture_png, table_html

DAYS = 6


@pytest.fixture(scope="module")
def model():
    return HaitiModel(load_case(weight=2000), run_seed=3, neighbourhoods=True, events=True).run(DAYS)


@pytest.fixture(scope="module")
def torus():
    return EPSTEIN.create(EPSTEIN.load_case("baseline", overrides={"lattice.side": 20}, days=8), run_seed=3).run(8)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    """The run of `model` as `katye run` leaves it."""
    card = {"scenario": "baseline", "seed": 3, "start": model.case.start, "days": DAYS, "model": "haiti"}
    card |= {"title": "Baseline", "outcomes": model.summary()}
    recorder = model.recorder
    return write_run(tmp_path_factory.mktemp("run") / "out", recorder.daily(), recorder.places(), model.events(), card)


def texts(picture):
    """All words in a picture."""
    found = picture.findobj(lambda thing: hasattr(thing, "get_text") and thing.get_text())
    return " ".join(thing.get_text() for thing in found).replace("\n", " ")


def images(shown):
    """The pictures of a piece of HTML, and what is said of them."""
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', shown)
    return [(Image.open(io.BytesIO(base64.b64decode(data))), alt) for data, alt in found]


def test_a_curve_has_title_unit_and_caveat(model):
    picture = model.curve("displaced_people")
    assert isinstance(picture, matplotlib.figure.Figure)
    (axes,) = picture.axes
    assert axes.get_title(loc="left") == "People displaced"
    assert axes.get_ylabel() == "people"
    assert CAVEAT in texts(picture)
    assert "One run of many (baseline, seed 3)." in texts(picture)
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), model.recorder.values["displaced_people"])
    last = f"{float(f'{model.displaced_people():.3g}'):,.0f} on 7 June 2024"
    assert last in picture.alt
    assert CAVEAT in picture.alt


def test_without_a_name_the_first_pictured_column_is_drawn(model):
    assert "residents killed since the start" in model.curve().alt.lower()


def test_days_that_add_up_can_be_drawn_as_their_sum(model):
    drawn = model.curve("residents_killed_total").axes[0].lines[0].get_ydata()
    np.testing.assert_array_equal(drawn, np.cumsum(model.recorder.values["residents_killed_today"]))


def test_several_curves_have_a_legend_and_colours_of_their_own(model):
    axes = model.curve("deployed_force", "ceiling_beds").axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["People deployed", "Ceiling beds"]
    assert len({line.get_color() for line in axes.lines}) == 2


def test_published_figures_of_these_days_are_points(model, monkeypatch):
    observed = pd.DataFrame({"date": pd.to_datetime(["2024-06-03"]), "value": [578_000]})
    observe = staticmethod(lambda start, end: {"displaced_people": observed})
    presentation = type("Shown", (), {"observed": observe, "step": ""})
    family = type(
        "Family", (), {"presentation": presentation, "daily": HAITI.daily, "curve_columns": HAITI.curve_columns}
    )
    monkeypatch.setattr(HaitiModel, "_family", lambda self: family)
    axes = model.curve("displaced_people").axes[0]
    assert axes.lines[1].get_ydata().tolist() == [578_000]
    assert "Published figure" in axes.get_legend().get_texts()[1].get_text()
    assert len(model.curve("deployed_force").axes[0].lines) == 1


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["displaced"], "unknown column 'displaced'. Did you mean displaced_people"),
        (["displaced_people_end"], "unknown column 'displaced_people_end'. Say displaced_people (as it is on its day)"),
        (["residents_killed"], "Say residents_killed_total (the sum since the start) or residents_killed_today"),
        (["binding_ceiling"], "binding_ceiling holds words, which have no curve"),
        (
            ["displaced_people", "gang_influence"],
            "these columns have several units (people and share). Draw them one by one",
        ),
        (["deployed_force"] * 8, "8 curves are too many for one picture"),
    ],
)
def test_a_curve_that_cannot_be_drawn_says_what_can(model, columns, said):
    with pytest.raises(InputError) as caught:
        model.curve(*columns)
    assert said in str(caught.value)


def test_before_the_first_day_there_is_no_curve():
    with pytest.raises(InputError, match=r"no day has been run, so there is no curve yet\. Run it first"):
        HaitiModel(load_case("baseline", weight=5000), run_seed=1).curve()


def test_a_map_shows_a_day_by_number_date_or_text(model):
    for day in (2, np.int64(2), "2024-06-03", datetime.date(2024, 6, 3)):
        picture = model.map(day)
        drawn = picture.axes[0].collections[-1].get_array()
        known = dict(zip(model.city.ids, model.recorder.place_values["influence"][2].tolist()))
        np.testing.assert_allclose(drawn, [known[place] for place in sorted(known)], rtol=1e-6)
        assert "3 June 2024: baseline, seed 3" in texts(picture)
        assert CAVEAT in texts(picture)


def test_today_is_shown_without_a_record_of_places():
    model = HaitiModel(load_case(weight=2000), run_seed=3).run(2)
    assert "3 June 2024" in model.map().alt
    assert model.map(2).alt == model.map().alt
    with pytest.raises(InputError, match=r"days before today were not recorded.*neighbourhoods=True"):
        model.map(1)


def test_labels_have_their_words_and_colours(model):
    picture = model.map(0, "label")
    known = model.recorder.place_values["label"][0].tolist()
    assert f"{known.count('gang')} gang" in picture.alt
    words = [text.get_text() for text in picture.axes[0].get_legend().get_texts()]
    assert words == ["state presence", "contested", "held by a gang"]
    colours = short_ways.label_colours(HAITI.presentation.look())
    assert len(set(colours.values())) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"day": DAYS + 1},
            "baseline, seed 3, map: 7 is no day of this run. It has the days 0 to 6 (2024-06-01 to 2024-06-07)",
        ),
        ({"day": -1}, "-1 is no day of this run"),
        ({"day": "2023-01-01"}, "2023-01-01 is no day of this run"),
        ({"day": "soon"}, "'soon' is no date. Dates are written 2024-06-01"),
        ({"day": 1.5}, "'1.5' is no day"),
        ({"day": True}, "'True' is no day"),
        ({"field": "influense"}, "unknown field 'influense'. Did you mean influence"),
        (
            {"field": "gang_strength_class"},
            "gang_strength_class holds words, which have no scale of colours. Say label or",
        ),
    ],
)
def test_a_map_that_cannot_be_drawn_says_what_can(model, folder, given, said):
    for shown in (model, Results(folder)):
        with pytest.raises(InputError) as caught:
            shown.map(**given)
        assert said in str(caught.value)


def test_a_folder_draws_what_the_model_drew(model, folder):
    run = Results(folder)
    assert run.map(3).alt == model.map(3).alt
    assert run.map().alt == model.map().alt
    assert run.curve("displaced_people").alt == model.curve("displaced_people").alt
    assert run.curve("residents_killed_total").alt == model.curve("residents_killed_total").alt
    assert repr(run) == f"<run baseline, seed 3: 6 days, in {folder}>"
    assert images(run._repr_html_())[0][1] == images(model._repr_html_())[0][1]


def test_a_folder_of_places_that_nobody_knows_has_no_map(folder, model, tmp_path):
    places = model.recorder.places().assign(neighbourhood="nowhere")
    card = {"scenario": "x", "seed": 3, "model": "haiti", "outcomes": model.summary()}
    elsewhere = Results(write_run(tmp_path / "out", model.recorder.daily(), places, model.events(), card))
    with pytest.raises(InputError, match=re.escape("none of its places is on the map of haiti. Draw a curve instead")):
        elsewhere.map()
    (tmp_path / "out" / "neighbourhoods.parquet").unlink()
    with pytest.raises(InputError, match=re.escape("influence of places was not kept. katye run keeps")):
        elsewhere.map()


def test_a_folder_of_many_runs_says_how_they_are_drawn(tmp_path):
    write_json({"design": "factorial", "title": "Force", "finished_runs": 4, "outcomes": []}, tmp_path / "card.json")
    study = Results(tmp_path)
    assert repr(study) == f"<study Force: 4 runs, in {tmp_path}>"
    assert "<table>" not in study._repr_html_()
    runs = pd.DataFrame({"run": [1, 2]})
    write_table(runs, tmp_path / "runs.parquet")
    assert ">2 rows<" in study._repr_html_()
    for draw in (study.curve, study.map):
        with pytest.raises(InputError, match=r"it holds many runs.*StudyResults\.read\(folder\)"):
            draw()


def test_a_model_shows_a_still_picture_with_words_and_its_outcomes(model):
    shown = model._repr_html_()
    ((image, alt),) = images(shown)
    assert image.size[0] > 500
    assert "Map of 138 places, Gang influence" in alt
    assert "script" not in shown
    assert CAVEAT in shown
    assert "Residents killed" in shown
    assert "Gang members killed (a third to a half minors)" in shown
    assert len(shown) < 130_000
    assert repr(model) == "<HaitiModel baseline, seed 3: day 6, 7 June 2024>"


def test_a_model_without_a_map_shows_its_torus_as_it_is_now(torus):
    picture = torus.map()
    marks = {
        name: len(points.get_offsets()) for name, points in zip(("quiet", "active", "cop"), picture.axes[0].collections)
    }
    values = {name: column[-1] for name, column in torus.recorder.values.items()}
    assert marks["quiet"] == values["quiet"]
    assert marks["active"] == values["active"]
    assert marks["cop"] == len(torus.people) - len(torus.citizens)
    assert f"{values['jailed']:,} citizens in jail" in picture.alt
    assert torus.map(8).alt == picture.alt
    for given in ({"day": 3}, {"field": "active"}):
        with pytest.raises(
            InputError, match=re.escape("where people were is known of the last day alone. Leave out day and field")
        ):
            torus.map(**given)
    with pytest.raises(InputError, match=re.escape("9 is no day of this run. It has the days 0 to 8")):
        torus.map(9)
    ((_, alt),) = images(torus._repr_html_())
    assert alt == picture.alt
    curve = torus.curve()
    first, last = (torus.recorder.values["active"][place] for place in (0, -1))
    assert f"Actives (citizens): {first} at step 0, {last} at step 8" in curve.alt
    assert curve.axes[0].get_xlabel() == "step"
    assert curve.axes[0].lines[0].get_xdata().tolist() == list(range(9))


def test_a_family_without_places_says_that_its_days_can_be_drawn(torus, tmp_path):
    card = {"scenario": "baseline", "seed": 3, "model": "epstein", "outcomes": torus.summary()}
    run = write_run(tmp_path / "run", torus.recorder.daily(), torus.recorder.places(), torus.events(), card)
    with pytest.raises(InputError, match=r'the model epstein has no map. Its days can be drawn: curve\("active"\)'):
        Results(run).map()
    ((_, alt),) = images(Results(run)._repr_html_())
    assert "at step 8" in alt


def test_a_model_on_its_way_has_one_line_too():
    assert repr(object.__new__(HaitiModel)) == "<HaitiModel>"
    assert issubclass(HaitiModel, Model)


def test_pictures_are_small_and_equal_ones_give_equal_bytes(model):
    one, other = (picture_png(model.map()) for _ in range(2))
    assert one == other
    assert len(one) < 70_000
    assert len(picture_png(model.curve("displaced_people"))) < 30_000


def test_a_picture_is_changed_and_written_as_any_figure(model, tmp_path):
    picture = model.curve("displaced_people")
    picture.axes[0].set_title("Mine", loc="left")
    picture.savefig(tmp_path / "mine.png")
    picture.savefig(tmp_path / "mine.svg")
    assert (tmp_path / "mine.png").stat().st_size > 5000
    assert repr(picture) == f"<picture: {picture.alt}>"


def test_words_of_strangers_stay_words():
    assert isinstance(new_picture(), Picture)
    assert "<b>" not in image_html(b"", '"><b>')
    assert "<b>" not in table_html([("<b>", "<b>")], ("<b>",))
    assert "<b>" not in caveat_html("<b>")


@pytest.mark.parametrize(
    ("value", "format", "said"),
    [(0.4123, "share", "41\u00a0%"), (1_234_567, "count", "1,230,000"), (3.1e8, "usd", "$310M"), (0.12345, "number", "0.123"),
     (float("nan"), "count", "none"), ("cash", "count", "cash")],
)  # fmt: skip
def test_values_are_written_as_people_write_them(value, format, said):
    assert short_ways.write_value(value, format) == said


def test_a_day_is_not_played_but_drawn(model):
    with pytest.raises(InputError, match=r"play: it plays all days and takes none\. Draw one: map\(9999\)"):
        model.play(9999)


def test_a_column_of_unknown_unit_is_told_in_four_figures():
    words = short_ways.in_words(Outcome("hosted_share", "", ""), ["2024-06-01", "2024-06-02"], [0.123456, 1234.56])
    assert words == "Hosted share: 0.1235 on 1 June 2024, 1,235 on 2 June 2024, between 0.1235 and 1,235."


def test_short_runs_have_days_on_their_axis(model):
    picture = model.curve("displaced_people")
    picture.draw_without_rendering()
    labels = [label.get_text() for label in picture.axes[0].get_xticklabels()]
    assert labels[0] == "1 Jun 2024"
    assert len(set(labels)) == len(labels)


def test_an_unknown_name_is_an_unknown_name_error(model):
    with pytest.raises(UnknownNameError):
        model.curve("x")
