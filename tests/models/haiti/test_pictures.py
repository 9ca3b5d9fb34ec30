"""Gangs, households and neighbourhoods show themselves, and neighbourhoods tell what happened in them."""

import re
from collections import Counter

import numpy as np
import pytest

from models.haiti.agents.gang import Gang
from models.haiti.model import HaitiModel
from models.haiti.pictures import gang_picture, household_picture, neighbourhood_picture
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import LABELS
from simulation.errors import InputError, UnknownNameError
from simulation.runs.results import CAVEAT

LIVELY = {"displaced.return_days": 5, "displaced.return_rate": 0.02, "gang.act_rate": 0.5}


@pytest.fixture(scope="module")
def model():
    case = load_case(overrides=LIVELY, weight=1000)
    return HaitiModel(case, run_seed=7, neighbourhoods=True, events=True).run(40)


def colours(picture):
    """{words of the legend: colour} and {colour: number of places that have it}."""
    axes = picture.axes[0]
    legend = axes.get_legend()
    named = {text.get_text(): tuple(patch.get_facecolor()) for text, patch in zip(legend.texts, legend.get_patches())}
    faces = [tuple(colour) for colour in axes.collections[-1].get_facecolor()]
    return named, {colour: faces.count(colour) for colour in faces}


def test_a_gang_shows_what_it_rules_and_where_its_people_are(model):
    for gang in (max(model.gangs, key=lambda one: one.territory.size), model.gangs[0]):
        named, found = colours(gang_picture(gang))
        assert found.get(named["it rules"], 0) == gang.territory.size
        elsewhere = np.setdiff1d(np.flatnonzero(model.state.members[gang.index]), gang.territory)
        assert found.get(named["it has members"], 0) == elsewhere.size
        shown = gang._repr_html_()
        assert gang.name in shown
        assert f"{gang.members:,}" in shown
        assert "minors" in shown
        assert str(model.story(gang).lines[-1][1]).split(" and ")[0] in shown


def test_a_household_shows_where_it_comes_from_and_where_it_is(model):
    away = model.households.select(status="in a site", at_most=1)[0]
    named, found = colours(household_picture(away))
    assert {found[colour] for colour in named.values()} == {1} or away.home == away.place
    provinces = model.households.select(status="in the provinces", at_most=1)[0]
    named, found = colours(household_picture(provinces))
    assert f"now: {provinces.place}" in named
    at_home = model.households.select(status="at home", at_most=1)[0]
    assert list(colours(household_picture(at_home))[0]) == [f"home: {at_home.home}"]
    for one in (away, provinces, at_home):
        shown = one._repr_html_()
        assert one.status in shown
        assert CAVEAT in shown
        assert model.story(one).lines[-1][1].split("'")[0] in shown


def test_a_neighbourhood_is_what_the_state_says(model):
    state = model.state
    for number in (0, 60, model.city.resolve("Solino")):
        place = model.neighbourhood(model.city.ids[number])
        assert (place.number, place.name, place.commune) == (
            number,
            model.city.names[number],
            model.city.communes[number],
        )
        assert place.label == LABELS[state.label[number]]
        assert place.gang == (model.gangs[state.owner[number]].name if place.label == "gang" else "")
        assert place.influence == state.influence[number]
        assert place.residents == state.present[number]
        assert place.displaced_hosted == state.in_sites[number] + state.with_hosts[number]
        assert place.displaced_from == state.away[number]
        names, found = colours(neighbourhood_picture(place))
        assert found[names[place.name]] == 1
        assert found[names["next to it"]] == len(place.neighbours)
        assert model.neighbourhood(place.name) == place
        assert place.curve().axes[0].lines[0].get_ydata()[-1] == pytest.approx(place.influence, abs=1e-6)
    killed = sum(model.neighbourhood(name).residents_killed for name in model.city.ids)
    assert killed == model.ledger.sum_total("residents_killed")
    assert model.neighbourhood("solino") != model.neighbourhood("nazon")
    assert len({model.neighbourhood("solino"), model.neighbourhood("Solino")}) == 1


def test_a_neighbourhood_tells_all_that_happened_in_it(model):
    entries, told = model.holders.entries(), 0
    for number in np.unique(entries["member"]):
        place = model.neighbourhood(model.city.ids[number])
        story = place.story()
        sentences = [text for _, text in story]
        assert [date for date, _ in story] == sorted(date for date, _ in story)
        mine = [item for item in model.ledger.incidents if item.place == number]
        counted = Counter()
        for text in sentences:
            words, times = re.match(r"(.*?)(?: \((\d+) times until [\w ]+\))?\.$", text).groups()
            counted[words] += int(times or 1)
        for text, times in Counter(item.text for item in mine).items():
            assert counted[text] == times
        ruled = {name for name in (gang.name for gang in model.gangs) if any(name in text for text in sentences)}
        for entry in entries[entries["member"] == number]:
            if entry["after"] >= 0:
                assert model.gangs[entry["after"]].name in ruled
                told += 1
        assert sentences[-1].endswith(f"{place.gang} rules it." if place.gang else f"no gang rules it ({place.label}).")
        assert "simulated" in str(story)
    assert told > 0


def test_a_neighbourhood_shows_itself(model):
    shown = model.neighbourhood("Solino")._repr_html_()
    assert 'alt="Solino in Port-au-Prince, next to ' in shown
    assert re.search(r"people present</th><td>[\d,]+<", shown)
    assert CAVEAT in shown


def test_without_a_diary_a_picture_has_no_story(model):
    quiet = HaitiModel(load_case(weight=2000), run_seed=1)
    for one in (quiet.gangs[0], quiet.households[0], quiet.neighbourhood("Solino")):
        assert one._repr_html_().count("<table>") == 1
    with pytest.raises(InputError, match="events=True"):
        quiet.neighbourhood("Solino").story()
    with pytest.raises(InputError, match=r"days were not recorded for neighbourhoods.*neighbourhoods=True"):
        quiet.neighbourhood("Solino").curve()
    with pytest.raises(InputError, match="this neighbourhood belongs to another model"):
        model.story(quiet.neighbourhood("Solino"))


def test_what_is_not_there_is_named(model):
    with pytest.raises(UnknownNameError, match="unknown neighbourhood 'Solinno'. Did you mean solino"):  # noqa: RUF043
        model.neighbourhood("Solinno")
    with pytest.raises(UnknownNameError, match="unknown field 'fear'"):
        model.neighbourhood("Solino").curve("fear")
    with pytest.raises(UnknownNameError, match="unknown field 'label'"):
        model.neighbourhood("Solino").curve("label")
    with pytest.raises(InputError, match=r"influence cannot be written. Write in model.state"):
        model.neighbourhood("Solino").influence = 0.5


def test_a_run_without_a_rule_says_so():
    model = HaitiModel(load_case(weight=2000, off=["flight", "trust"]), run_seed=1)
    assert repr(model) == "<HaitiModel baseline without flight, trust, seed 1: day 0, 1 June 2024>"
    assert "baseline without flight, trust, seed 1" in model.map().alt


def test_a_class_of_somebody_else_says_its_own_name():
    class Careful(Gang):
        """Somebody's gangs."""

    model = HaitiModel(load_case(weight=2000), run_seed=1, gang_class=Careful)
    assert repr(model.gangs[0]).startswith("<Careful ")
