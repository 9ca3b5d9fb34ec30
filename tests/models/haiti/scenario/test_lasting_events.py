"""Events that last, however they overlap: each day is as an oracle says that asks of every event whether it holds then."""

import collections
import datetime
import itertools
import types

import numpy as np
import pytest
from support.same_run import reloaded

from models.haiti.mechanisms.politics.calendar import Calendar
from models.haiti.model import HaitiModel
from models.haiti.scenario.events import KINDS, check_order, read_events
from models.haiti.scenario.scenario import load_case
from models.haiti.world.city import load_city
from models.haiti.world.terrain import Terrain
from simulation.errors import InputError

START = datetime.date(2024, 6, 1)
DAYS = 14
ROADS = (["airport", "cazeau"], ["cazeau", "airport"], ["Martissant", "Bolosse"])
LASTING = ("airport_closure", "corridor_closure", "donor_shock", "veto", "offensive", "parameters")
PARAMETERS = load_case().parameters


class Roads(Terrain):
    """The roads of a run without their travel times."""

    def __init__(self, city):
        self.city, self.places, self.closures = city, city.places.copy(), {}

    def refresh(self):
        pass


class Spells:
    """How many dated offensives are under way."""

    def __init__(self):
        self.dated = 0

    def hold(self, offensive):
        self.dated += 1 if offensive else -1


class StandIn:
    """All of a model that lasting events touch, and nothing else."""

    def __init__(self, case, city, terrain):
        self.case, self.city, self.terrain = case, city, terrain
        self.parameters, self.mechanisms, self.day = PARAMETERS, [], 0
        self.mandate, self.political_will = types.SimpleNamespace(vetoes=0), types.SimpleNamespace(shocks=[])
        self.offensives = Spells()
        self.calendar = Calendar(self)


@pytest.fixture(scope="module")
def roads():
    return Roads(load_city())


def drawn(rng, days=DAYS):
    """Tables of up to eight lasting events, many of them alike; some from the first day, some to the last and beyond."""
    tables = []
    for _ in range(rng.integers(1, 9)):
        what, day, length = rng.choice(LASTING), int(rng.integers(0, days + 1)), int(rng.integers(1, days))
        begins = START + datetime.timedelta(days=day)
        table = {"what": str(what)} | ({"day": day} if rng.random() < 0.5 else {"date": begins})
        ending = {"days": length}, {"until": begins + datetime.timedelta(days=length)}, {}
        table |= ending[rng.integers(3)]
        if what == "corridor_closure":
            table["between"] = ROADS[rng.integers(len(ROADS))]
        elif what == "donor_shock":
            table |= {"donor": str(rng.choice(["all", "United States"])), "cash": float(rng.choice([0.0, 0.5, 1.5]))}
        elif what == "parameters":
            changes = {"gang.terror": float(rng.random()), "roads.fighting_days": int(rng.integers(2, 9))}
            chosen = str(rng.choice(list(changes)))
            table["set"] = {chosen: changes[chosen]} if rng.random() < 0.8 else changes
        tables.append(table)
    return tables


def allowed(tables, days=DAYS):
    """The events of those tables that do not set one parameter at the same time, which is refused."""
    kept = []
    for table in tables:
        try:
            events = read_events([*kept, table], lambda number, key: f"events[{number}]")
            check_order(events, START, START + datetime.timedelta(days=days), "here")
        except InputError:
            continue
        kept.append(table)
    return kept


def expected(tables, day):
    """Closed roads, closed airport, vetoes, offensives, shocks and parameters on a day, asked of every event by itself."""
    today = START + datetime.timedelta(days=day)
    closed, count, shocks, held = set(), collections.Counter(), [], {}
    for table in sorted(tables, key=begin):
        first = begin(table)
        after = table.get("until") or (first + datetime.timedelta(days=table["days"]) if "days" in table else None)
        if not first <= today or (after is not None and today >= after):
            continue
        count[table["what"]] += 1
        if table["what"] == "corridor_closure":
            closed.add(frozenset(name.lower() for name in table["between"]))
        elif table["what"] == "donor_shock":
            shocks.append((table["donor"], table["cash"]))
        elif table["what"] == "parameters":
            held |= table["set"]
    held = {name: held.get(name, PARAMETERS.get(name)) for name in ("gang.terror", "roads.fighting_days")}
    return closed, count["airport_closure"] > 0, count["veto"], count["offensive"], sorted(shocks), held


def begin(table):
    return table["date"] if "date" in table else START + datetime.timedelta(days=table["day"])


def found(model):
    places, parameters = model.terrain.places, model.parameters
    slots = np.flatnonzero(places.closed)
    ends = np.searchsorted(places.starts, slots, "right") - 1, places.neighbours[slots]
    closed = {frozenset((places.ids[a], places.ids[b])) for a, b in zip(*ends)}
    assert len(slots) == 2 * len(closed)
    assert all(places.graph.edges[tuple(road)]["closed"] for road in closed)
    shocks = sorted((donor, cash) for _, donor, cash, _ in model.political_will.shocks)
    held = {name: parameters.get(name) for name in ("gang.terror", "roads.fighting_days")}
    return closed, model.calendar.airport_closures > 0, model.mandate.vetoes, model.offensives.dated, shocks, held


def test_the_kinds_that_last_are_those_that_are_tried_here():
    assert {name for name, kind in KINDS.items() if kind.end} == set(LASTING)


@pytest.mark.slow
def test_thousands_of_calendars_are_each_day_as_the_oracle_says(roads):
    for seed in range(2500):
        tables = allowed(drawn(np.random.default_rng(seed)))
        roads.closures = {}
        for a, b in (("airport", "cazeau"), ("martissant", "bolosse")):
            roads.places.open(a, b)
        case = types.SimpleNamespace(start=START, off=(), events=read_events(tables, lambda number, key: f"{number}"))
        model = StandIn(case, roads.city, roads)
        model.calendar.found_day()
        for day in range(DAYS + 1):
            if day:
                model.day = day
                model.calendar.step()
            assert found(model) == expected(tables, day), (seed, day, tables)


@pytest.mark.slow
def test_real_runs_saved_opened_and_branched_on_the_way_are_as_the_oracle_says(tmp_path):
    for seed in range(24):
        rng = np.random.default_rng(10_000 + seed)
        tables = allowed(drawn(rng))
        model = HaitiModel(load_case(weight=5000, days=DAYS, events=tables), run_seed=seed)
        moved = int(rng.integers(0, DAYS))
        for day in range(DAYS + 1):
            if day:
                model.run(1)
            assert found(model) == expected(tables, day), (seed, day, tables)
            assert not (expected(tables, day)[1] and model.airport_open())  # gangs may hold it besides
            if day == moved:
                model = model.branch() if seed % 2 else reloaded(model, tmp_path)


def closed_days(*events, days=8):
    between = {"what": "corridor_closure", "between": ["airport", "cazeau"]}
    model = HaitiModel(load_case(weight=5000, days=days, events=[between | event for event in events]), run_seed=1)
    edge, closed = model.terrain.places.graph.edges["airport", "cazeau"], []
    for day in range(days + 1):
        if day:
            model.run(1)
        if edge.get("closed"):
            closed.append(day)
    return closed


def test_the_first_and_the_last_day_of_a_run_count_as_any_other():
    assert closed_days({"date": "2024-06-01", "until": "2024-06-02"}) == closed_days({"day": 0, "days": 1}) == [0]
    assert closed_days({"date": "2024-06-01", "until": "2024-06-03"}) == closed_days({"day": 0, "days": 2}) == [0, 1]
    assert closed_days({"date": "2024-06-02", "until": "2024-06-04"}) == closed_days({"day": 1, "days": 2}) == [1, 2]
    assert closed_days({"date": "2024-06-09"}) == closed_days({"day": 8, "days": 3}) == [8]


def test_a_road_stays_closed_while_any_closure_holds():
    for first, second in itertools.permutations([{"day": 1, "days": 3}, {"day": 2, "days": 4}]):
        assert closed_days(first, second) == [1, 2, 3, 4, 5]
    assert closed_days({"day": 1, "days": 6}, {"day": 3, "days": 1}) == [1, 2, 3, 4, 5, 6]
    assert closed_days({"day": 2, "days": 2}, {"day": 2, "days": 2}) == [2, 3]
    assert closed_days({"day": 2}, {"day": 3, "days": 2}) == [2, 3, 4, 5, 6, 7, 8]


def test_a_change_within_a_lasting_change_goes_back_to_that_one():
    events = {"day": 1, "set": {"gang.terror": 0.01}}, {"day": 3, "days": 2, "set": {"gang.terror": 0.02}}
    model, seen = HaitiModel(load_case(weight=5000, events=events), run_seed=1), []
    for _ in range(6):
        seen.append(model.run(1).parameters.gang.terror)
    assert seen == [0.01, 0.01, 0.02, 0.02, 0.01, 0.01]


@pytest.mark.parametrize("before", [False, True])
def test_a_veto_of_the_day_holds_whatever_the_order_of_the_lines(before):
    events = [
        {"what": "adoption", "day": 2, "option": "un_peacekeeping", "probability": 1, "lag": 0},
        {"what": "veto", "day": 2, "days": 1},
    ]
    model = HaitiModel(load_case(weight=5000, events=events[::-1] if before else events), run_seed=1).run(3)
    assert model.mandate.option == "mss"


def test_the_table_of_the_first_day_shows_what_is_dated_then():
    events = [
        {"what": "airport_closure", "day": 0, "days": 2},
        {"what": "adoption", "day": 0, "option": "un_peacekeeping", "ceiling": 6000, "probability": 1, "lag": 0},
    ]
    model = HaitiModel(load_case(weight=5000, events=events), events=True, run_seed=1).run(3)
    daily = model.recorder.daily()
    assert daily.airport_state[:3].tolist() == ["closed", "closed", "open"]
    assert daily.air_exits_share[:2].tolist() == [0, 0]
    assert daily.council_option[0] == daily.council_option[1] == "un_peacekeeping"
    assert daily.mandate_strength[0] == 6000
    assert set(model.events().day[model.events().kind == "mandate"]) == {0}


def test_a_road_that_the_map_has_closed_is_not_opened_by_the_end_of_a_closure(roads):
    roads.places.close("airport", "cazeau")
    roads.closures = {}
    roads.close("cazeau", "airport")
    roads.open("airport", "cazeau")
    assert roads.places.graph.edges["airport", "cazeau"]["closed"]
    roads.open("airport", "cazeau")
    roads.open("airport", "cazeau")
    assert not roads.places.closed.any()
    with pytest.raises(InputError, match="no edge joins"):
        roads.close("airport", "titanyen")
