"""The starting point: published figures come back exactly, dates matter, broken files are named."""

import csv
import datetime
import shutil

import numpy as np
import pytest

from models.haiti.model import HaitiModel
from models.haiti.people.columns import Households
from models.haiti.scenario.scenario import load_case
from models.haiti.start import founding
from models.haiti.start.starting_point import CONTROL_CLASSES, FIRST_DATE, load_start
from models.haiti.world.city import DATA, load_city
from simulation import rosters
from simulation.errors import InputError

GANG = CONTROL_CLASSES.index("gang")


@pytest.fixture(scope="module")
def city():
    return load_city()


@pytest.fixture(scope="module")
def start(city):
    return load_start(city)


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def share(city, chosen):
    capital = city.population * city.metropolitan
    return capital[chosen].sum() / capital.sum()


def test_displaced_people_in_june_2024_are_those_of_round_seven(start):
    assert sum(start.displaced_in_ouest.values()) == 211_076
    assert start.displaced_total_from_ouest == 555_255
    assert start.displaced_in_provinces == 366_998
    assert sum(start.displaced_by_department.values()) == 555_255 - 211_076
    assert start.displaced_in_ouest["Port-au-Prince"] == 110_278
    assert start.displaced_in_ouest["other"] == 5_843


def test_displaced_people_grow_between_rounds_and_stay_after_the_last(city):
    rounds = {(2023, 12, 1): 179_995, (2024, 4, 1): 343_771, (2024, 10, 1): 671_743, (2026, 1, 1): 1_040_145}
    for day, people in rounds.items():
        assert load_start(city, datetime.date(*day)).displaced_total_from_ouest == people
    halfway = load_start(city, datetime.date(2024, 8, 1))
    assert halfway.displaced_total_from_ouest == pytest.approx((555_255 + 671_743) / 2, abs=1_000)
    hosted = sum(halfway.displaced_in_ouest.values()) + sum(halfway.displaced_by_department.values())
    assert hosted == halfway.displaced_total_from_ouest


def test_the_displaced_are_in_places_that_exist(city, start):
    assert set(start.displaced_in_ouest) == {*city.communes.tolist(), "other"}
    assert set(start.displaced_by_department) <= {one.id for one in city.external}
    assert "ouest_rest" not in start.displaced_by_department
    assert min(start.displaced_by_department.values()) > 0


def test_control_reaches_the_published_band(city, start):
    assert 0.80 <= share(city, start.control_class > 0) <= 0.85
    assert 0.60 <= share(city, start.control_class == GANG) <= 0.70


def test_a_place_has_a_holder_unless_the_state_holds_it(start):
    assert ((start.holder == -1) == (start.control_class == 0)).all()
    assert start.holder.max() < len(start.gangs)


def test_before_its_event_a_place_is_one_class_less_gang_held(city, start):
    early = load_start(city, FIRST_DATE)
    assert (early.control_class <= start.control_class).all()
    bon_repos, ganthier, martissant = map(city.resolve, ("bon_repos", "ganthier", "martissant"))
    assert early.control_class[bon_repos] == start.control_class[bon_repos] - 1
    assert early.control_class[ganthier] == 0
    assert early.holder[ganthier] == -1
    assert early.control_class[martissant] == start.control_class[martissant] == GANG
    # On the day itself the event has happened.
    that_day = load_start(city, datetime.date(2024, 2, 29))
    assert that_day.control_class[bon_repos] == GANG


def test_a_coalition_is_no_gang(start):
    names = [gang.name for gang in start.gangs]
    assert not [name for name in names if "G9" in name or name.startswith("ALL")]
    assert len(set(names)) == len(names) == 19
    assert all(gang.homes for gang in start.gangs)
    assert {gang.strength_low for gang in start.gangs} == {None, 200, 300, 2280}


def test_money_adds_up_to_the_published_totals(start):
    autumn = datetime.date(2024, 10, 15)
    arrived = [one for one in start.receipts if one.by_date <= autumn]
    assert sum(one.amount_usd for one in arrived) == pytest.approx(400e6)
    assert sum(one.amount_usd for one in arrived if one.channel == "trust_fund") == pytest.approx(85e6)
    fund = [one for one in start.pledges if one.channel == "trust_fund"]
    assert sum(one.amount_usd for one in fund) == pytest.approx(110.3e6)
    assert [one.date for one in start.pledges] == sorted(one.date for one in start.pledges)
    assert sum(one.overlap for one in start.pledges) == 2


def test_the_mission_grows_with_the_date(city):
    seen = {"2024-05-19": 0, "2024-06-01": 50, "2024-07-16": 400, "2025-01-01": 430, "2026-01-01": 991}
    for day, people in seen.items():
        assert load_start(city, datetime.date.fromisoformat(day)).mission_strength == people


def test_offers_police_and_vehicles(start):
    offers = {one.country: one.personnel for one in start.contributors}
    assert offers["Kenya"] == 1000
    assert offers["Chad"] is None
    assert {one.metric: one.officers for one in start.police_strength}["available_for_active_duty"] == 9000
    assert [(one.number, one.date.isoformat()[:7]) for one in start.vehicles] == [
        (10, "2024-07"),
        (24, "2024-08"),
    ]


@pytest.mark.parametrize("day", ["2023-11-30", "2027-01-01"])
def test_a_date_without_data_is_refused(city, day):
    with pytest.raises(InputError, match=f"no starting point for {day}.*2023-12-01 to 2026-12-31"):
        load_start(city, datetime.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "said"),
    [
        (
            "initial_control.csv",
            "bel_air,Belair gang",
            "bel_air,Belaire gang",
            "holder",
            "Did you mean Belair gang",
        ),
        ("initial_control.csv", "bel_air,", "belair,", "neighbourhood", "Did you mean bel_air"),
        (
            "initial_control.csv",
            "bel_air,Belair gang",
            "bel_air,",
            "holder, control_class",
            "holder and class disagree",
        ),
        ("gangs.csv", "canaan;bon_repos", "canaan;bonrepos", "homes", "Did you mean bon_repos"),
        ("displacement_stock.csv", ",110278,", ",110k,", "people", "'110k' is not a whole number"),
        ("displacement_stock.csv", "department,Sud-Est", "department,Sudest", "area", "Did you mean Sud-Est"),
        ("contributors.csv", "2023-07-29", "July 2023", "pledge_date", "'July 2023' is not a date"),
        ("pledges.csv", "France,trust_fund", "France,trustfund", "channel", "Did you mean trust_fund"),
    ],
)
def test_a_broken_cell_is_named(city, folder, name, old, new, column, said):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    row = text[: text.index(old)].count("\n") + 1
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_start(city, folder=folder)
    assert f"{name}, row {row}, column '{column}'" in str(caught.value)
    assert said in str(caught.value)


def test_a_neighbourhood_without_a_row_is_named(city, folder):
    path = folder / "initial_control.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("solino,")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no row for solino"):
        load_start(city, folder=folder)


def test_every_cited_source_is_listed_and_every_listed_source_is_cited():
    cited, listed = set(), set()
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            keys = {row.get("source", "") for row in csv.DictReader(file)} - {""}
        (listed if path.name == "sources.csv" else cited).update(keys)
    assert cited == listed


def test_dated_events_name_neighbourhoods_that_exist(city):
    with (DATA / "control_events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert set(row["neighbourhoods"].split(";")) <= set(city.ids)
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


def test_two_starts_share_nothing_that_can_be_changed(city, start):
    other = load_start(city)
    other.control_class[:] = 0
    assert np.count_nonzero(start.control_class) > 0


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("weight", [50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000])
def test_coarse_weights_found_as_many_displaced_people_as_were_counted(weight, seed):
    model = HaitiModel(load_case(weight=weight), run_seed=seed)
    counted = model.start.displaced_total_from_ouest
    assert model.displaced_people() == pytest.approx(counted, rel=0.005)
    assert model.population.people.sum() == model.city.population.sum()
    assert (model.state.away <= model.city.population).all()
    assert model.state.away.sum() == model.population.people[model.population.moves > 0].sum()


def test_a_table_that_changes_is_read_again(folder):
    city, path = load_city(folder), folder / "gangs.csv"
    source = load_start(city).gangs[0].source
    path.write_text(path.read_text(encoding="utf-8").replace(source, "elsewhere"), encoding="utf-8")
    assert load_start(city).gangs[0].source == "elsewhere" != source


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_who_leaves_is_the_same_block_by_block(monkeypatch, block):
    """Home by home in the order of the lot, while the middle of the household lies within what the place wants."""
    luck = np.random.default_rng(block)
    households = Households(luck.permutation(np.repeat(np.arange(6), 30)), luck.integers(1, 12, 180), 6, 8, 1)
    order, wanted = luck.permutation(180), luck.random(6) * 150
    monkeypatch.setattr(rosters, "BLOCK", block)
    monkeypatch.setattr(founding, "FAR", 1.0)
    leave = []
    for home in range(6):
        before = 0
        for row in order[households.home[order] == home]:
            if before + households.people[row] / 2 <= wanted[home]:
                leave.append(row)
            before += households.people[row]
    assert founding._leavers(households, order.astype(np.int32), wanted).tolist() == leave
    assert 0 < len(leave) < 180
