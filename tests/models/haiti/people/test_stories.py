"""Stories: every sentence is backed by an entry, lives add up from the first day to the last, and nothing is told unasked."""

import re

import numpy as np
import pytest

from models.haiti.kernels import GONE, HOME
from models.haiti.model import HaitiModel
from models.haiti.people.columns import STATUS_WORDS
from models.haiti.people.lives import MOVES, held
from models.haiti.people.story import MANY, REST
from models.haiti.people.telling import Teller
from models.haiti.scenario.scenario import load_case
from simulation.clock import write_date
from simulation.errors import InputError, UnknownNameError
from simulation.port.wording import CONDITIONAL, wording
from simulation.runs.results import CAVEAT

LIVELY = {"displaced.return_days": 5, "displaced.return_rate": 0.02, "displaced.onward": 0.02, "gang.act_rate": 0.5}


def lively(weight=100, days=120, **options):
    return HaitiModel(load_case(overrides=LIVELY, weight=weight), run_seed=7, events=True, **options).run(days)


@pytest.fixture(scope="module")
def model():
    return lively()


def kind_of(model, entry):
    return model.diary.kinds[entry["kind"]]


def told(model, kind):
    """Rows with an entry of this kind."""
    entries = model.diary.entries()
    return np.unique(entries["member"][entries["kind"] == model.diary.kinds.index(kind)]).tolist()


def test_the_diary_agrees_with_the_ledger(model):
    entries, ledger = model.diary.entries(), model.ledger
    totals = {
        kind: int(entries["people"][entries["kind"] == number].sum()) for number, kind in enumerate(model.diary.kinds)
    }
    for kind, count in {
        "fled": "new_displacements",
        "fled again": "onward_displacements",
        "moved on": "onward_moves",
        "returned": "returns",
        "died": "deaths_of_residents",
    }.items():
        assert totals[kind] == ledger.sum_total(count) > 0, kind
    destroyed = np.flatnonzero(model.population.destroyed).tolist()
    assert told(model, "home destroyed") == destroyed != []


def test_entries_lead_from_one_place_to_the_next_and_end_where_the_columns_are(model):
    entries, columns = model.diary.entries(), model.population
    now = {}
    for entry in entries:
        row, kind = int(entry["member"]), kind_of(model, entry)
        if kind in MOVES:
            if row in now:
                assert now[row] == (entry["origin"], entry["was"])
            now[row] = (entry["place"], entry["status"])
    assert len(now) > 100
    for row, (place, status) in now.items():
        assert columns.place[row] == place
        assert columns.status[row] in (status, GONE)


def test_a_life_says_each_entry_once_in_order_and_ends_with_the_caveat(model):
    words = {
        "fled": "They flee",
        "fled again": "Violence reaches them again",
        "moved on": "of their own accord",
        "returned": "They go home",
        "home destroyed": "is destroyed behind them",
        "died": "killed",
    }
    for kind in words:
        row = told(model, kind)[0]
        story, entries = model.story(row), model.diary.entries(row)
        dates = [date for date, _ in story.lines]
        assert dates == sorted(dates)
        assert dates[0] == model.clock.date(0)
        assert dates[-1] == model.clock.date(model.day)
        own = [line for line in story.lines[1:-1] if not line[1].startswith("Where they live")]
        for (date, sentence), entry in zip(own, entries, strict=True):
            assert date == model.clock.date(int(entry["day"]))
            assert words[kind_of(model, entry)] in sentence
        assert str(story).endswith(CAVEAT)
        assert "simulated" in str(story).lower()


def test_people_of_a_life_add_up(model):
    row = told(model, "died")[0]
    text = str(model.story(row))
    numbers = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) (?:people|person)", text)]
    died = model.diary.entries(row)["people"][model.diary.entries(row)["kind"] == model.diary.kinds.index("died")]
    assert numbers[0] == model.households[row].people + died.sum()
    assert numbers[-1] == model.households[row].people


def test_what_befell_the_neighbourhood_is_told_only_while_they_lived_there(model):
    checked = 0
    for row in told(model, "fled")[:400]:
        entries = model.diary.entries(row)
        fled = next(entry for entry in entries if kind_of(model, entry) == "fled")
        home, day = model.population.home[row], int(fled["day"])
        if len(entries) > 1 or fled["origin"] != home or fled["place"] < model.n:
            continue
        lines = [line for line in model.story(row).lines if line[1].startswith("Where they live")]
        assert all(date <= model.clock.date(day) for date, _ in lines)
        kinds = ("captured", "cleared", "repelled", "raided by forces", "operation lost")
        wanted = [item for item in model.ledger.incidents if item.place == home and item.kind in kinds]
        before = [(model.clock.date(item.day), f"Where they live: {item.text}.") for item in wanted if item.day <= day]
        assert [line for line in lines if re.search("takes|clear|repelled|raid|withdraw", line[1])] == before
        checked += len(wanted) > len(before) > 0
    assert checked  # some of them left between two incidents


def test_who_was_displaced_before_the_start_is_told_so(model):
    never = np.setdiff1d(model.households.rows(displaced=True), model.diary.entries()["member"])
    row = int(never[0])
    first, *_, last = model.story(row).lines
    assert f"fled {model.households[row].home} before the story begins" in first[1]
    assert last[1].endswith("have fled once in all.")


def test_one_person_and_many_are_told_in_right_grammar():
    model = HaitiModel(load_case(weight=1), run_seed=7, events=True)
    one, two = (model.households.select(people=number, status="at home", at_most=1)[0] for number in (1, 2))
    assert re.search(r": 1 person, [\w ]+, with.*, lives at home in", str(model.story(one)))
    assert "1 person lives at home" in model.story(one).lines[-1][1]
    assert "has never fled." in model.story(one).lines[-1][1]
    assert "2 people live at home" in model.story(two).lines[-1][1]
    assert model.story(one).title.startswith(f"Household {one.row} of {one.home}")
    assert model.story(one).about.startswith("A simulated household;")
    kill = model.population
    place = int(kill.home[two.row])
    kill.people[two.row] -= 1
    model.diary.died(0, np.array([two.row], np.int32))
    assert f"1 of them is killed in {model.city.names[place]}; 1 person is left." in str(model.story(two))
    kill.people[two.row] -= 1
    model.diary.died(0, np.array([two.row], np.int32))
    assert model.story(two).lines[-1][1] == f"The last of them is killed in {two.place}. Nobody is left."


def test_a_row_that_stands_for_many_says_so(model):
    assert "One row stands for about 100 of them that share one fate." in str(model.story(3))


def test_nobody_left_ends_the_story():
    model = HaitiModel(load_case(weight=1000), run_seed=7, events=True)
    place = int(model.population.home[0])
    model.population.die(place, 10**7, model.dice.roll("test", 0, place), 0, model.state, 0.3)
    row = model.households.rows(home=model.city.ids[place], status="no survivors")[0]
    first, last = model.story(row).lines
    number = re.match(r"([\d,]+) people", first[1])[1]
    assert last[1] == f"All {number} of them are killed in {model.city.names[place]}. Nobody is left."
    assert told(model, "no survivors") == model.households.rows(status="no survivors").tolist()


def test_what_was_done_by_hand_is_told_as_such():
    model = HaitiModel(load_case(weight=500), run_seed=7, events=True)
    household = model.households.select(status="at home", wealth="poor", ties="Sud", at_most=1)[0]
    people, home = household.people, household.home
    model.run(2)
    household.people, household.wealth, household.ties, household.fear = people - 7, "middle", "Nord", 0.5
    household.wealth = "middle"  # no change, no sentence
    household.move_to("Delmas 33", "in a site")
    text = str(model.story(household))
    assert f"{people:,} people, poor, with family in Sud, live at home in {home}." in text
    hand = [
        sentence for _, sentence in model.story(household).lines if sentence.startswith("By hand, not by the model")
    ]
    assert len(hand) == 5
    assert f"their number is set from {people:,} to {people - 7:,}" in text
    assert "their wealth is set from poor to middle" in text
    assert "their family beyond the city is set from Sud to Nord" in text
    assert f"they are moved from {home} and now live in a site in Delmas 33" in text
    assert model.story(household).lines[0][0] < model.story(household).lines[-1][0]


def test_a_gangs_story_leads_from_what_it_held_to_what_it_holds(model):
    names = model.city.names
    for gang in model.gangs:
        story = model.story(gang)
        holds = {names[i] for i in np.flatnonzero(model.holders.first == gang.index)}
        for _, told in story.lines[1:-1]:
            sentence = told.partition(" Then: ")[2] or told  # how a back and forth ends
            if lost := re.match(rf"{re.escape(gang.name)} loses (.*?): ", sentence):
                holds.remove(lost[1]) if sentence == told else holds.discard(lost[1])
            elif under := re.match(rf"(.*) comes under the rule of {re.escape(gang.name)}\.", sentence):
                holds.add(under[1])
            elif took := re.match(rf"{re.escape(gang.name)} takes (?:over )?(.*)\.", sentence):
                taken = took[1]
                for rival in model.gangs:
                    taken = taken.removesuffix(f" from {rival.name}")
                holds.add(taken)
            else:
                assert sentence.endswith(f"; {gang.name} led it.")
        assert holds == {names[i] for i in gang.territory}
        assert f"{gang.members:,} member" in story.lines[-1][1]
        assert str(story).endswith(CAVEAT)
        assert "minors" in str(story)
    assert sum(len(model.story(gang)) for gang in model.gangs) > 50


def test_a_back_and_forth_is_told_once_with_how_often_and_until_when(model):
    found = 0
    for number, name in enumerate(model.city.names):
        place = model.neighbourhood(name)
        days = [int(entry["day"]) for entry in model.holders.entries() if entry["member"] == number]
        for _, sentence in place.story().lines:
            if match := re.match(rf"{re.escape(name)} changes hands (\d+) times until (.*?)\. Then: ", sentence):
                last = next(day for day in days if write_date(model.clock.date(day)) == match[2])
                group = [day for day in days if day <= last][-int(match[1]) :]
                assert max(np.diff(group)) <= REST
                assert len(group) >= MANY
                found += len(group)
    assert found > 0
    solino = model.neighbourhood("Solino")
    assert model.story("solino").lines == solino.story().lines


def test_takes_are_backed_by_captures(model):
    captured = {(item.day, model.city.names[item.place]) for item in model.ledger.incidents if item.kind == "captured"}
    taken = 0
    for gang in model.gangs:
        for date, sentence in model.story(gang).lines:
            if match := re.match(rf"{re.escape(gang.name)} takes (?!over )(.*?)(?: from .*)?\.$", sentence):
                assert (model.clock.day(date), match[1]) in captured
                taken += 1
    assert taken > 5


def test_holders_begin_as_the_map_and_are_followed_every_day():
    model = lively(weight=500, days=1)
    holds = model.holders.first.copy()
    for _ in range(30):
        model.step()
    for entry in model.holders.entries():
        assert holds[entry["member"]] == entry["before"]
        holds[entry["member"]] = entry["after"]
    np.testing.assert_array_equal(holds, held(model.state))
    assert len(model.holders)


def test_a_gang_is_known_by_name_and_households_by_number_or_view(model):
    gang = model.gangs[3]
    assert model.story(gang.name.upper()).lines == model.story(gang).lines
    assert model.story(17).lines == model.story(model.households[17]).lines == model.story(np.int64(17)).lines
    assert [line for line in model.story(17)] == model.story(17).lines


def test_a_notebook_gets_harmless_html(model):
    page = model.story(3)._repr_html_()
    assert page.count("<li>") == len(model.story(3))
    assert CAVEAT in page
    assert "&amp;" in type(model.story(3))("a & b", "", [])._repr_html_()


def test_wrong_questions_are_answered_with_the_nearest_right_one(model):
    with pytest.raises(UnknownNameError, match="Did you mean Grand Ravine"):
        model.story("Grand Ravin")
    with pytest.raises(UnknownNameError) as told_of:
        model.story("G9")
    assert [gang.name for gang in model.gangs if gang.name in str(told_of.value)] == []
    assert any(name in str(told_of.value) for name in model.city.names)
    with pytest.raises(InputError, match="there is no household"):
        model.story(10**9)
    for nobody in (None, 2.5, True):
        with pytest.raises(InputError, match="has no story"):
            model.story(nobody)
    quiet = HaitiModel(load_case(weight=1000), run_seed=1)
    with pytest.raises(InputError, match="events=True"):
        quiet.story(3)
    with pytest.raises(InputError, match="another model"):
        model.story(HaitiModel(load_case(weight=1000), run_seed=1, events=True).households[3])
    quiet.run(20)
    assert quiet.diary.nbytes == quiet.holders.nbytes == 0


def test_statuses_of_the_diary_are_those_of_the_columns():
    assert (STATUS_WORDS[HOME], STATUS_WORDS[GONE]) == ("at home", "no survivors")


@pytest.mark.parametrize("language", ["fr", "ht"])
def test_every_story_is_told_line_by_line_in_other_languages(model, language):
    teller = Teller(language)
    placed = [item for item in model.ledger.incidents if item.place >= 0]
    assert {item.text for item in placed if teller.incident(item) == item.text} == set()
    english, names = set(), set(model.city.names)
    whom = [
        *model.gangs,
        *map(model.neighbourhood, model.city.names),
        *(told(model, kind)[0] for kind in ("died", "fled again")),
    ]
    for who in whom:
        here, there = model.story(who), model.story(who, language)
        assert [date for date, _ in there] == [date for date, _ in here]
        english |= {sentence for _, sentence in here} & {sentence for _, sentence in there}
        assert not re.search(r"[{}]", str(there))
        assert str(there).endswith(wording(language, CONDITIONAL))
    assert english - names == set()
    with pytest.raises(UnknownNameError, match="unknown language 'de'"):
        model.story("Solino", "de")


def test_people_of_every_class_of_wealth_are_drawn_by_lot(model):
    lives = model.stories()
    words = ("poor", "of middle wealth", "better off")
    assert [next(word for word in words if f", {word}, with" in life.lines[0][1]) for life in lives] == list(words)
    assert all("nobody real" in life.about for life in lives)
    assert [life.title for life in model.stories()] == [life.title for life in lives]
    assert [len(life) for life in model.stories("ht")] == [len(life) for life in lives]
