"""A population of one's own: what a file says is who lives in the city, and what cannot be is named by file, row, column."""

import dataclasses
import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest

from experiments.run.single import run_alone
from models.haiti.family import FAMILY
from models.haiti.model import HaitiModel
from models.haiti.people.population_file import read_people
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.runs.results import Results

WEIGHT = 200
HEADER = "home,people,wealth,ties"


@pytest.fixture(scope="module")
def shipped():
    return HaitiModel(load_case(weight=WEIGHT), run_seed=3)


@pytest.fixture(scope="module", params=["csv", "parquet"])
def exported(shipped, request, tmp_path_factory):
    return shipped.households.write(tmp_path_factory.mktemp("people") / f"people.{request.param}")


def build(path, weight=WEIGHT, seed=4, **options):
    return HaitiModel(load_case(population=path, weight=weight), run_seed=seed, **options)


def table(model, rows=400, weight=WEIGHT):
    """A population of `rows` rows that is as large as the map's, spread over some neighbourhoods."""
    ids = np.array(model.city.ids)[np.arange(rows) % 40]
    people = np.full(rows, int(model.city.population.sum()) // rows)
    return pd.DataFrame({"home": ids, "people": people, "wealth": "poor", "ties": ""})


def test_what_was_written_comes_back(shipped, exported):
    file = read_people(exported, shipped.city, WEIGHT)
    columns = shipped.population
    for name in ("home", "people", "wealth", "tie", "threshold"):
        np.testing.assert_array_equal(getattr(file, name), getattr(columns, name), err_msg=name)


def test_a_run_from_a_file_has_the_files_households(shipped, exported):
    model = build(exported)
    np.testing.assert_array_equal(model.city.population, shipped.city.population)
    for name in ("home", "people", "wealth", "tie", "threshold"):
        np.testing.assert_array_equal(getattr(model.population, name), getattr(shipped.population, name), err_msg=name)
    assert abs(model.initial_displaced / shipped.initial_displaced - 1) < 0.01
    model.run(30)
    assert model.population.people.sum() + model.ledger.sum_total("deaths_of_residents") == model.initial_people


def test_a_run_from_a_file_is_the_same_for_the_same_seed(exported):
    first, again, other = (build(exported, seed=seed).run(20).recorder.daily() for seed in (4, 4, 5))
    assert first.equals(again)
    assert not first.equals(other)


def test_the_people_of_the_file_are_the_denominator(shipped, tmp_path):
    frame = table(shipped)
    frame.loc[0, "people"] += 1000
    frame.loc[1, "ties"], frame.loc[2, "ties"], frame.loc[3, "wealth"] = "Sud-Est", "nord", "Better off"
    frame["home"] = frame.home.replace("airport", "Solino")  # a name instead of an id
    frame.to_csv(tmp_path / "mine.csv", index=False)
    model = build(tmp_path / "mine.csv", weight=1000)
    wanted = np.zeros(model.n, int)
    for name, people in zip(frame.home, frame.people, strict=True):
        wanted[model.city.resolve(name)] += people
    np.testing.assert_array_equal(model.city.population, wanted)
    np.testing.assert_allclose(model.city.density_per_km2, wanted / model.city.area_km2)
    assert model.initial_people == frame.people.sum()
    assert (model.households[1].ties, model.households[2].ties, model.households[0].ties) == ("Sud-Est", "Nord", "")
    assert model.households[3].wealth == "better off"
    assert shipped.city.population.sum() == 3_393_171  # the shared map is as it was
    held = model.state.label == 2
    share = (wanted * held * model.city.metropolitan).sum() / (wanted * model.city.metropolitan).sum()
    assert model.recorder.daily().gang_control_population_share[0] == pytest.approx(share)
    daily = model.run(40).recorder.daily()  # almost a hundred neighbourhoods and whole communes are empty
    assert np.isfinite(daily.select_dtypes("number").to_numpy()).all()
    assert daily.new_displacements_today.sum() > 0


def test_thresholds_that_are_not_given_are_drawn(shipped, tmp_path):
    frame = table(shipped)
    frame.to_parquet(tmp_path / "without.parquet")
    drawn = build(tmp_path / "without.parquet", weight=1000).population.threshold
    assert drawn.std() == pytest.approx(0.5, abs=0.1)
    frame["threshold"] = np.where(np.arange(len(frame)) % 2, np.nan, 0.25)
    frame.to_csv(tmp_path / "half.csv", index=False)
    half = build(tmp_path / "half.csv", weight=1000).population.threshold
    np.testing.assert_array_equal(half[::2], 0.25)
    np.testing.assert_array_equal(half[1::2], drawn[1::2])


def test_other_columns_blank_lines_and_whole_floats_do_no_harm(shipped, tmp_path):
    frame = table(shipped)
    lines = frame.assign(people=frame.people.astype(float), note="x").to_csv(index=False).splitlines()
    path = tmp_path / "mine.csv"
    path.write_text("\ufeff" + "\r\n".join([lines[0], lines[1], "", *lines[2:], "", ""]), encoding="utf-8")
    file = read_people(path, shipped.city, 1000)
    np.testing.assert_array_equal(file.people, frame.people)


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("home", "solinno", "unknown neighbourhood 'solinno'. Did you mean solino"),
        ("home", "Corail", "'Corail' is the name of 2 neighbourhoods"),
        ("home", "", "the cell is empty"),
        ("people", "0", "0 people make no household. The least is 1"),
        ("people", "-4", "-4 people make no household"),
        ("people", "4.4", "4.4 people are not whole people. Say 4"),
        ("people", "four", "'four' is no number of people"),
        ("people", "nan", "nan people make no household"),
        ("people", "", "the cell is empty"),
        (
            "people",
            "60000",
            "60000 people are too many. A row stands for 1000 households here and can have 1 to 50,000",
        ),
        ("wealth", "rich", "unknown wealth 'rich'. Known: better off, middle, poor"),
        ("wealth", "midle", "'midle'. Did you mean middle"),
        ("ties", "Artibonite", "Say Bas-Artibonite or Haut-Artibonite"),
        ("ties", "sud-ets", "Did you mean Sud-Est"),
        ("threshold", "low", "'low' is not a number"),
        ("threshold", "9", "9 is out of range. It can be -5 to 5"),
    ],
)
def test_an_impossible_cell_is_named_with_the_nearest_answer(shipped, tmp_path, cell, value, said):
    frame = table(shipped).astype(str).assign(threshold="0.1")
    frame.loc[[50, 60], cell] = value
    path = tmp_path / "mine.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(InputError) as caught:
        build(path, weight=1000)
    assert f"mine.csv, row 52, column '{cell}'" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [("people", 4.5, "4.5 people are not whole"), ("people", 0, "make no household"), ("ties", "Nore", "nord")],
)
def test_a_parquet_files_rows_are_counted_from_one(shipped, tmp_path, cell, value, said):
    frame = table(shipped)
    frame = frame.astype({"people": float}) if cell == "people" else frame
    frame.loc[50, cell] = value
    frame.to_parquet(tmp_path / "mine.parquet")
    with pytest.raises(InputError) as caught:
        build(tmp_path / "mine.parquet", weight=1000)
    assert f"mine.parquet, row 51, column '{cell}'" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mine.csv: the file is empty. The first row must name the columns"),
        (f"{HEADER}\n", "mine.csv: the file has no rows"),
        (f"{HEADER}\n\n\n", "mine.csv: the file has no rows"),
        ("home,persons,wealth,ties\nsolino,4,poor,\n", "there is no column 'people'"),
        ("home,people,people,wealth,ties\nsolino,4,4,poor,\n", "two columns are called 'people'"),
        (f"{HEADER}\nsolino,4,poor,\nsolino,4\n", "mine.csv, row 3: 2 cells where the header has 4"),
        (f"{HEADER}\nsolino,4,poor,,,\n", "mine.csv, row 2: 6 cells where the header has 4"),
        (f"{HEADER}\nsolino,4,poor,\n", "4 people for a city of 3,393,171. The file must hold everybody"),
    ],
)
def test_a_file_that_is_no_population_is_refused(tmp_path, text, said):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build(path, weight=1000)
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "mine.csv").write_bytes(f"{HEADER}\nCit\xe9,4,poor,\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"mine\.csv: the file is not UTF-8 text"):
        build(tmp_path / "mine.csv")
    (tmp_path / "mine.parquet").write_text(HEADER)
    with pytest.raises(InputError, match="not a readable parquet file"):
        build(tmp_path / "mine.parquet")
    with pytest.raises(InputError, match=r"mein\.csv: no such file\. The folder holds mine\.csv"):
        load_case(population=tmp_path / "mein.csv")
    with pytest.raises(InputError, match=r"neither a \.csv nor a \.parquet file\. Save it as mine\.csv"):
        load_case(population=tmp_path / "mine.xlsx")


def test_a_scenario_file_names_a_population_beside_it(shipped, tmp_path, monkeypatch):
    table(shipped).to_csv(tmp_path / "people.csv", index=False)
    scenario = tmp_path / "mine.toml"
    scenario.write_text('population = "people.csv"\nweight = 1000\n', encoding="utf-8")
    case = load_case(scenario)
    assert case.population == tmp_path / "people.csv"
    assert HaitiModel(case, run_seed=1).initial_people == table(shipped).people.sum()
    scenario.write_text('population = "peoples.csv"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.toml, population.*no such file\. The folder holds people\.csv"):
        load_case(scenario)
    scenario.write_text("population = 5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.toml, population: '5' is no path of a file"):
        load_case(scenario)
    monkeypatch.chdir(tmp_path)
    assert load_case(population="people.csv").population == tmp_path / "people.csv"
    assert load_case().population is None


def test_the_card_names_the_file_and_its_digest(shipped, tmp_path):
    path = tmp_path / "mine.csv"
    table(shipped).to_csv(path, index=False)
    case = dataclasses.replace(load_case(population=path, weight=1000), days=2)
    folder, _ = run_alone(FAMILY, case, 1, tmp_path / "run")
    card = Results(folder).card
    assert card["population"] == "mine.csv"
    assert card["data_sha256"]["mine.csv"] == hashlib.sha256(path.read_bytes()).hexdigest()
    folder, _ = run_alone(FAMILY, load_case(days=2, weight=1000), 1, tmp_path / "other")
    assert Results(folder).card["population"] is None


def test_writing_overwrites_nothing_and_leaves_nothing_half_done(shipped, tmp_path, monkeypatch):
    path = shipped.households.write(tmp_path / "people.csv")
    before = path.read_bytes()
    with pytest.raises(InputError, match="it exists already and is not overwritten"):
        shipped.households.write(path)
    assert path.read_bytes() == before
    with pytest.raises(InputError, match=r"neither a \.csv nor a \.parquet file\. Call it people\.csv"):
        shipped.households.write(tmp_path / "people.txt")
    with pytest.raises(InputError, match="cannot be written"):
        shipped.households.write(tmp_path / "nowhere" / "people.csv")
    from models.haiti.people import population_file as population

    def breaks(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(population.os, "replace", breaks)
    with pytest.raises(InputError, match="No space left on device"):
        shipped.households.write(tmp_path / "more.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("home", [["a"]], "column 'home': it holds list"),
        ("wealth", [{"a": 1}], "column 'wealth': it holds struct"),
        ("people", [True], "column 'people': it holds bool"),
        ("people", [dt.date(2024, 6, 1)], "column 'people': it holds date32"),
        ("people", [2**64 - 1], "row 1, column 'people': 18446744073709551615 people are too many"),
        ("ties", [b"\xff"], "column 'ties': it holds binary"),
        ("threshold", ["1e400"], "row 1, column 'threshold': inf is out of range"),
        ("threshold", ["1_0"], "row 1, column 'threshold': '1_0' is not a number"),
        ("threshold", [2**64 - 1], "row 1, column 'threshold': 1.84467e+19 is out of range"),
        ("home", ["x" * 200_000], "row 1, column 'home': unknown neighbourhood 'xxx"),
    ],
)
def test_columns_that_no_population_has_are_told(shipped, tmp_path, column, values, said):
    made = table(shipped)
    arrow = pyarrow.Table.from_pandas(made.assign(threshold=0.0), preserve_index=False)
    place = arrow.column_names.index(column)
    kind = pyarrow.uint64() if values == [2**64 - 1] else None
    arrow = arrow.set_column(place, column, pyarrow.array(values * len(made), kind))
    pyarrow.parquet.write_table(arrow, tmp_path / "people.parquet")
    with pytest.raises(InputError) as error:
        read_people(tmp_path / "people.parquet", shipped.city, 1000)
    assert said in str(error.value)
    assert len(str(error.value)) < 1200


def test_a_file_that_was_cut_off_in_its_last_cell_is_told(shipped, tmp_path):
    text = table(shipped).assign(threshold=0.12345).to_csv(index=False)
    path = tmp_path / "people.csv"
    path.write_text(text)
    read_people(path, shipped.city, 1000)
    for cut in range(text.rstrip().rfind("\n") + 2, len(text)):
        path.write_text(text[:cut])
        with pytest.raises(InputError, match=r"the last row has no end, as if the file was cut off there|cells where"):
            read_people(path, shipped.city, 1000)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(InputError, match="not UTF-8 text"):
        read_people(path, shipped.city, 1000)
    path.write_text("x" * 200_000)
    with pytest.raises(InputError, match="field larger than field limit"):
        read_people(path, shipped.city, 1000)
