"""Scenario files with values that do not fit: each is refused with its file and its key, none is misread in silence."""

import datetime

import pytest

from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.port.family import find_family

EVENT = "[[events]]\n"


@pytest.mark.parametrize("model", ["haiti", "epstein"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters = 5", "mine.toml, [parameters]: '5' is no table"),
        ("off = 5", "mine.toml, off: '5' is no list of mechanisms"),
        ("off = {flight = false}", "mine.toml, off: '{'flight': False}' is no list of mechanisms"),
        ("off = [[1]]", "mine.toml, off: '[1]' is no name of a mechanism"),
        ("title = [1]", "mine.toml, title: '[1]' is no text"),
        ("question = 3", "mine.toml, question: '3' is no text"),
        ("start = 20240601", "mine.toml, start: '20240601' is no date. Dates are written 2024-06-01"),
        ("start = 2024-06-01T12:00:00", "mine.toml, start: '2024-06-01 12:00:00' has a time of day"),
        ("start = true", "mine.toml, start: 'True' is no date"),
        ("days = 'x'", "mine.toml: 'x' for days is no positive whole number"),
        ("[parameters]\nnothing.here = 1", "mine.toml: unknown parameter 'nothing.here'"),
        ("[parameters.nothing]", "mine.toml: unknown parameter 'nothing'"),
    ],
)
def test_a_value_of_another_kind_is_told(tmp_path, model, text, said):
    path = tmp_path / "mine.toml"
    path.write_text(text + "\n")
    with pytest.raises(InputError) as error:
        find_family(model).load_case(path)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[parameters]\nfunding.level = 1\n'funding.level' = 2", "mine.toml, [parameters]: funding.level is given twice"),
        ("population = 5", "mine.toml, population: '5' is no path of a file"),
        ("events = [5]", "events are tables"),
        (EVENT + "what = ['veto']\nday = 1", "mine.toml, line 2, events[0].what: '['veto']' is no kind of event"),
        (EVENT + "what = 'veto'\nday = 9000000000000000000", "events[0].day: '9000000000000000000' for day is no whole number"),
        (EVENT + "what = 'veto'\nday = 1\ndays = 999999999", "events[0].days: '999999999' for days is no whole number from 1"),
        (EVENT + "what = 'veto'\nday = 731", "veto on 2026-06-02 is outside the run"),
        (EVENT + "what = 'veto'\nday = 1\nuntil = 3", "events[0].until: '3' is no date"),
        (EVENT + "what = 'donor_loss'\nday = 1\ndonor = [1]", "events[0].donor: '[1]' is no text for donor"),
        (EVENT + "what = 'corridor_closure'\nday = 1\nbetween = [1, 2]", "between takes two names"),
        (EVENT + "what = 'adoption'\nday = 1\noption = 'mss'\nbegins = ''", "events[0].begins: '' is no date"),
        (EVENT + "day = 1\nset = {gang.size = 1}", "unknown parameter 'gang.size'"),
        ("[bring]\nmechanisms = [{replace = 5, by = 'a:b'}]", "[bring], mechanisms[1]: '5' is no name of a mechanism"),
        ("[bring]\nmetrics = ['nothing:HERE']", "mine.toml, bring, metric 'nothing:HERE': cannot be imported"),
    ],
)  # fmt: skip
def test_events_and_what_is_brought_are_told_by_their_key(tmp_path, text, said):
    path = tmp_path / "mine.toml"
    path.write_text(text + "\n")
    with pytest.raises(InputError) as error:
        load_case(path)
    assert said in str(error.value)


def test_what_reads_alike_is_alike(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(EVENT + "day = 3\nset = {funding.source = 'level'}\n[parameters.gang]\n[parameters]\n")
    (event,) = load_case(path).events
    assert event.get("set") == (("funding.source", "level"),)


def test_a_days_midnight_is_that_day_and_another_hour_is_refused():
    assert load_case(start=datetime.datetime(2024, 7, 1)).start == datetime.date(2024, 7, 1)
    with pytest.raises(InputError, match="start: '2024-07-01 09:00:00' has a time of day"):
        load_case(start=datetime.datetime(2024, 7, 1, 9))


def test_files_of_somebody_that_end_the_process_do_not(tmp_path):
    (tmp_path / "mine.py").write_text("import sys\nsys.exit(3)\n")
    (tmp_path / "mine.toml").write_text("[bring]\nmetrics = ['mine.py:X']\n")
    with pytest.raises(
        InputError, match=r"mine\.toml, bring, metric '.*mine\.py:X': cannot be imported \(SystemExit: 3\)"
    ):
        load_case(tmp_path / "mine.toml")
