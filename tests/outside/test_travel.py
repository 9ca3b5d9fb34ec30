"""A metric of one's own is there with two workers as with one, or it is refused before anything runs."""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from support.own_metric import OWN, days_so_far, known

from experiments.run.sweep import run_sweep
from experiments.run.travel import packed, unpacked
from experiments.store.load import load_runs
from experiments.study.study import Study
from models.haiti import metrics
from models.haiti.metrics import words
from models.haiti.metrics.definition import CLOSING, Metric, daily_of, outcomes_of
from models.haiti.scenario.events import KINDS, Kind
from simulation.errors import InputError
from simulation.port.plugins import NOTHING, Brought
from simulation.runs.executors import RenewedWorkers


@pytest.fixture
def add(monkeypatch):
    """Add a metric to the city's registers, as a script does."""

    def added(metric):
        for table, new in (
            (metrics.DAILY, {metric.name: metric}),
            (metrics.OUTCOMES, outcomes_of([metric], words.words_of)),
            (metrics.COLUMNS, daily_of([metric], words.daily_words)),
        ):
            for name, entry in new.items():
                monkeypatch.setitem(table, name, entry)

    return added


def study(**more):
    scenarios = {"scenario": ("baseline", "no-mission")}
    usual = {"title": "mine", "question": "", "scenario": "baseline", "name": "mine", "days": 2, "weight": 10_000}
    return Study(**usual, vary=scenarios, replicates=1, outcomes=("own_days_end",), **more)


def test_nothing_travels_that_is_there_anyway(add):
    before = packed("haiti", NOTHING)
    add(OWN)
    assert len(before) < 20 < len(packed("haiti", NOTHING))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["fork", "spawn", "loky"])
def test_what_was_added_is_there_in_a_worker(add, how):
    add(OWN)
    asked = functools.partial(unpacked, "haiti", packed("haiti", NOTHING), known)
    executor = RenewedWorkers(1) if how == "loky" else ProcessPoolExecutor(1, mp_context=get_context(how))
    with executor:
        assert executor.submit(asked, "own_days").result(60) == [True, True]
        assert executor.submit(asked, "own_nights").result(60) == [False, False]


@pytest.mark.slow
def test_a_study_has_it_with_two_workers(add, tmp_path):
    add(OWN)
    runs = load_runs(run_sweep(study(), workers=2, out=tmp_path / "out"))
    assert runs["own_days_end"].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("value", [lambda model: 1.0, "script"])
def test_what_cannot_travel_is_refused_before_anything_runs(add, tmp_path, value, monkeypatch):
    if value == "script":
        import __main__

        monkeypatch.setattr(days_so_far, "__module__", "__main__")
        monkeypatch.setattr(__main__, "days_so_far", days_so_far, raising=False)
        value = days_so_far
    add(Metric("own_days", "days", "days so far", value, CLOSING))
    with pytest.raises(
        InputError, match="the metric own_days was added by this process and cannot be sent to a worker"
    ):
        run_sweep(study(), workers=2, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_a_script_brings_by_its_own_name_is_refused(tmp_path, monkeypatch):
    import __main__

    monkeypatch.setattr(__main__, "OWN", OWN, raising=False)
    mine = study(bring=Brought(metrics=("__main__:OWN",)))
    with pytest.raises(InputError, match=r"__main__:OWN stands in the script .*Put it into a file of its own"):
        run_sweep(mine, workers=2, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="__main__:FAMILY stands in the script"):
        packed("__main__:FAMILY", NOTHING)


def test_a_kind_of_event_travels_too(monkeypatch):
    monkeypatch.setitem(KINDS, "rumour", Kind("rumour", "somebody says something", print))
    assert b"rumour" in packed("haiti", NOTHING)
