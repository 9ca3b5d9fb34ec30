"""The case of a kept run is nobody's word: whatever it says passes the checks that a scenario file passes."""

import pytest
from support.forgery.forging import forge_file

from experiments.run.single import run_on
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.files.checked_text import steering
from simulation.port.family import find_family

EVENTS = (
    {"what": "donor_loss", "day": 4, "donor": "Canada"},
    {"day": 5, "days": 3, "set": {"travel.road_speed": 5}},
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "run.katye"
    HaitiModel(load_case(weight=1000, days=9, events=EVENTS)).run(2).save(path)
    return path.read_bytes()


def case(header):
    return next(record for record in header["case"] if record[:2] == ["object", "Case"])[2]


def event(header, number=0):
    return [record for record in header["case"] if record[:2] == ["object", "Event"]][number][2]


CASES = {
    "name": ["../out", "/tmp/out", "", "..", "a\\b", 5, None, "x" * 999, "a\nb", ["tuple", []]],
    "title": ["a\nResults: elsewhere", 7, None],
    "question": [7, ["tuple", [1]]],
    "start": [["date", "1804-01-01"], "2024-06-01", None],
    "days": [0, -1, 10**30, 1.5, True, "9", None],
    "weight": [0, -5, 2**40, True, "1"],
    "uncertainty": [1, None, "yes"],
    "off": [["tuple", ["everything"]], ["tuple", [5]], "flight", ["frozenset", ["flight"]]],
    "chosen": [["frozenset", ["no.such"]], ["frozenset", [5]], ["tuple", []]],
    "population": ["/etc/passwd", 5],
    "events": [["tuple", [5]], ["tuple", ["veto"]], 5, ["tuple", [["ref", 0]]]],
    "run": [1],
}
HEADERS = {
    "run_seed": [-1, 2**64, 1.5, "1", None],
    "population": [
        ["../x", []],
        ["x.csv", [1]],
        ["x.csv", 5],
        ["x.csv", [-1] * 138],
        ["x.csv", [10**9] * 138],
        7,
        [5, [1]],
    ],
    "parameters": [5, [], None],
    "case": [5, [], [["list", []]], [["object", "Fleet", {}]]],
    "model": [5, None, "x" * 10**6],
    "gang_class": [5, []],
    "brought": [{"metrics": ["/tmp/x.py:X"]}, 5],
    "city": [5],
    "start": ["x"],
    "parts": [5, {}, {"mechanism": [["x"]], "metric": 5, "count": None}],
}
OF_EVENTS = {
    "what": ["exec", 5, "veto"],
    "day": [-1, 10**9, None, 1.5],
    "date": [["date", "2024-07-01"], "2024-07-01"],
    "until": [["date", "2020-01-01"]],
    "length": [5, -5],
    "settings": [5, ["tuple", []], ["tuple", [["tuple", ["donor", 5]]]]],
    "where": [5, "a\nb", None],
}


def refused(path):
    with pytest.raises(InputError) as error:
        HaitiModel.load(path)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 3000
    assert steering(str(error.value)) is None


@pytest.mark.parametrize("name", CASES)
def test_the_case_may_be_forged(saved, tmp_path, name):
    for value in CASES[name]:
        refused(forge_file(saved, tmp_path, lambda header, _, value=value: case(header).update({name: value})))


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_may_be_forged(saved, tmp_path, name):
    for value in HEADERS[name]:
        refused(forge_file(saved, tmp_path, lambda header, _, value=value: header.update({name: value})))


@pytest.mark.parametrize("name", OF_EVENTS)
def test_events_may_be_forged(saved, tmp_path, name):
    for value in OF_EVENTS[name]:
        refused(forge_file(saved, tmp_path, lambda header, _, value=value: event(header).update({name: value})))


def test_parameters_that_an_event_sets_stay_within_their_range(saved, tmp_path):
    value = ["tuple", [["tuple", ["set", ["tuple", [["tuple", ["travel.road_speed", 1e300]]]]]]]]
    refused(forge_file(saved, tmp_path, lambda header, _: event(header, 1).update(settings=value)))


def test_a_forged_case_writes_nothing_anywhere(saved, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in (str(tmp_path / "out"), "../out"):
        forged = forge_file(saved, tmp_path, lambda header, _, name=name: case(header).update(name=name))
        with pytest.raises(InputError, match="no name of a file"):
            run_on(find_family("haiti"), forged, {}, None, 1, None)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["forged.katye", "here"]
    assert list((tmp_path / "here").iterdir()) == []


def test_an_honest_case_comes_back_as_it_was(saved, tmp_path):
    before = load_case(weight=1000, days=9, events=EVENTS)
    after = HaitiModel.load(forge_file(saved, tmp_path, lambda header, _: None)).case
    assert vars(after) | {"parameters": None} == vars(before) | {"parameters": None}
    assert dict(after.parameters) == dict(before.parameters)
