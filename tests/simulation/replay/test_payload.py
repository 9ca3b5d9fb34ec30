"""The payload: pairs of one luck, the pair nearest to the mean, the day from which two runs differ, sides that do not fit."""

import dataclasses

import numpy as np
import pytest

from simulation.errors import InputError
from simulation.replay.blocks import encode
from simulation.replay.payload import FLOWS, Arm, branch_day, check_alike, light, nearest_to_mean, payload
from simulation.replay.recipe import Field, Replay, Series
from simulation.replay.recorded import Recorded, check_recorded, read_recorded, write_recorded

FRAMES = 30
REPLAY = Replay(
    classes=("state", "armed"),
    fields=(Field("class", "class", lambda model: model.label),),
    series=(Series("killed", "people", "less", True), Series("money", "usd")),
    map=lambda brought: {},
    words=None,
    codes=("captured",),
)
MAP = {"places": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}], "land": [], "landmarks": [], "roads": []}


def run(luck, killed, place=0.0, **changes):
    fields = np.zeros((FRAMES, 2))
    fields[20:, 1] = place
    content = {
        "luck": str(luck),
        "series": {"killed": encode(np.asarray(killed, float)), "money": encode(np.arange(FRAMES) * 1.0)},
        "places": {"class": encode(fields)},
        "events": [[3, "captured", 1, None, None, 5], [4, "captured", 0, None, None, 0]],
        "flows": [[0, 0, 1, 200], [0, 1, -1, 60]],
    }
    return Recorded("toy", "Toy", "2024-06-01", FRAMES, ("a", "b"), content | changes)


def days(slope, start=0):
    return np.maximum(0, np.arange(FRAMES) - start) * slope


def made(arms, **given):
    options = {"title": "T", "source": {"model": "toy"}} | given
    return payload(REPLAY, arms, MAP, {"en": {}, "fr": {}, "ht": {}}, **options)


def test_the_pair_nearest_to_the_mean_is_shown():
    slopes = [1, 9, 5, 5.4]  # mean 5.1
    assert nearest_to_mean([[days(slope)[:, None] for slope in slopes]]) == 2
    a = [days(5)[:, None] for _ in range(4)]  # the same in A: what differs is the difference
    b = [days(5 + slope)[:, None] for slope in slopes]
    assert nearest_to_mean([a, b]) == 2
    same = [days(5)[:, None]] * 3
    assert nearest_to_mean([same, same]) == 0, "nothing differs: the first"
    gap = np.full((FRAMES, 1), np.nan)
    assert nearest_to_mean([[np.hstack([days(slope)[:, None], gap]) for slope in slopes]]) == 2


def test_series_of_large_numbers_do_not_outweigh_others():
    people = [np.column_stack([days(1e6 * (1 + 0.001 * k)), days(w)]) for k, w in enumerate((3.0, 3.0, 2.9, 9.0, 0.0))]
    assert nearest_to_mean([people]) in (1, 2)


def test_two_arms_branch_where_a_number_first_differs():
    a, later = run(1, days(2)).run, run(1, days(2) + days(1, 11)).run
    assert branch_day(a, later) == 12
    assert branch_day(a, run(1, days(2), place=1).run) == 20
    assert branch_day(a, a) is None
    assert branch_day(a, run(1, days(2) + 1).run) is None, "they never were the same"


def test_the_payload_has_what_the_page_reads():
    arms = [
        Arm("A </script>", [run(k, days(2 + k)) for k in range(3)]),
        Arm("B", [run(k, days(3 + k)) for k in range(3)]),
    ]
    found = made(arms)
    assert (found["format"], found["start"], found["frames"], found["shown"]) == (1, "2024-06-01", FRAMES, 1)
    assert found["branch"] == 1
    assert found["arms"][0]["title"]["ht"] == "A </script>"
    assert [one["luck"] for one in found["arms"][1]["runs"]] == ["0", "1", "2"]
    assert found["series"][0] == {"name": "killed", "unit": "people", "better": "less", "headline": True}
    assert found["fields"] == [{"name": "class", "kind": "class"}]
    shown, other = found["arms"][0]["runs"][1], found["arms"][0]["runs"][0]
    assert len(shown["events"]) == 2
    assert len(shown["flows"]) == 2
    assert len(other["events"]) == 1
    assert other["flows"] == []
    alone = made(arms[:1])
    assert alone["branch"] is None
    assert len(alone["arms"]) == 1


def test_the_strongest_flows_of_every_week_stay():
    flows = [[week, 0, 1, 500 - place] for week in (0, 1) for place in range(FLOWS + 5)]
    kept = light({"flows": flows, "events": []}, True)["flows"]
    assert [sum(flow[0] == week for flow in kept) for week in (0, 1)] == [FLOWS, FLOWS]
    assert min(flow[3] for flow in kept) == 500 - FLOWS + 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"model": "other"}, "model is other"),
        ({"start": "2025-01-01"}, "first day is 2025-01-01"),
        ({"frames": FRAMES + 1}, "number of days is 30, and 29"),
        ({"places": ("a", "c")}, "other places"),
        ({"run": {**run(2, days(1)).run}}, "seed is 2, and 1"),
    ],
)
def test_sides_that_do_not_fit_are_told(change, told):
    one = run(1, days(1))
    with pytest.raises(InputError, match=told):
        check_alike([Arm("A", [one]), Arm("B", [dataclasses.replace(one, **change)])])


def test_sides_without_their_pair_are_told():
    one = run(1, days(1))
    for arms in ([], [Arm("A", [])], [Arm("A", [one])] * 3, [Arm("A", [one]), Arm("B", [one, one])]):
        with pytest.raises(InputError):
            check_alike(arms)
    with pytest.raises(InputError, match="the map has 1"):
        payload(REPLAY, [Arm("A", [one])], MAP | {"places": MAP["places"][:1]}, {}, title="", source={})


def test_a_recording_is_kept_and_read_again(tmp_path):
    one = run(7, days(1))
    write_recorded(one, tmp_path)
    assert read_recorded(tmp_path) == one
    check_recorded(one, REPLAY, "here")


@pytest.mark.parametrize(
    "change",
    [
        {"series": {}}, {"places": {"other": encode(np.zeros((FRAMES, 2)))}},
        {"places": {"class": encode(np.zeros((FRAMES, 3)))}}, {"places": {"class": encode(np.zeros((FRAMES + 1, 2)))}},
        {"places": {"class": {"columns": 2, "scale": 1, "data": "x"}}}, {"events": [[1, "captured", 2, None, None, 5]]},
        {"events": [[FRAMES, "captured", 1, None, None, 5]]}, {"events": [[1, "<b>", 1, None, None, 5]]}, {"events": [[1]]},
        {"events": [["1", "captured", 1, None, None, 5]]}, {"events": [[1, "captured", None, None, None, 5]]},
        {"events": [[1, "captured", 1, "<b>", None, 5]]}, {"flows": [[0, 9, 1, 50]]}, {"flows": [[0, 1]]},
    ],
)  # fmt: skip
def test_a_recording_of_something_else_is_told(change):
    with pytest.raises(InputError):
        check_recorded(run(1, days(1), **change), REPLAY, "here")


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"model": 3}', '{"run": {}}', "nul"])
def test_a_damaged_recording_is_told(tmp_path, damage):
    with pytest.raises(InputError, match="no recording"):
        read_recorded(tmp_path)
    (tmp_path / "recording.json").write_text(damage)
    with pytest.raises(InputError, match=r"damaged|says nothing"):
        read_recorded(tmp_path)
