"""Peers of the benchmark: the exact expectation is right, those installed here follow the rule, another rule is refused."""

from __future__ import annotations

import dataclasses
import itertools
from importlib import import_module

import numpy as np
import pytest

from benchmarks.peers import __main__ as peers
from benchmarks.peers import one
from benchmarks.peers.case import Case, expected_moves
from benchmarks.peers.page import page
from simulation.errors import KatyeError


def made_up(rows, days=8, places=5):
    luck = np.random.default_rng(5)
    return Case(
        home=luck.integers(0, places, rows), threshold=luck.normal(0.0, 0.5, rows), away=luck.random(rows) < 0.3,
        dose=luck.gamma(2.0, 10.0, (days, places)), calm=luck.random((days, places)) < 0.5, maximum=0.2, half_dose=36.0,
        slope=2.0, return_rate=0.1,
    )  # fmt: skip


def test_expected_moves_are_those_of_all_histories():
    case = made_up(rows=3, days=3)
    mean = variance = 0.0
    for home, threshold, began in zip(case.home, case.threshold, case.away, strict=True):
        outcomes = []  # chance and moves of every history of this household
        for history in itertools.product((False, True), repeat=case.days):
            away, chance = bool(began), 1.0
            for day, moves in enumerate(history):
                x = (case.dose[day, home] / (36.0 * np.exp(threshold))) ** 2
                p = 0.1 * case.calm[day, home] if away else 0.2 * x / (1 + x)
                chance *= p if moves else 1 - p
                away ^= moves
            outcomes.append((chance, sum(history)))
        own = sum(chance * moves for chance, moves in outcomes)
        mean += own
        variance += sum(chance * (moves - own) ** 2 for chance, moves in outcomes)
    assert expected_moves(case) == pytest.approx((mean, variance**0.5))


@pytest.fixture(scope="module")
def case():
    return made_up(rows=10_000)


@pytest.mark.parametrize("name", ["numpy_columns", "katye_engine", "mesa_objects"])
def test_a_peer_follows_the_rule(case, name):
    peer = import_module(f"benchmarks.peers.rows.{name}")
    assert name in peers.ROWS
    found = one.measure(peer, case, seed=1)
    mean, spread = expected_moves(case)
    assert abs(found["moves"] - mean) < 4 * spread
    assert found["ns"] > 0


def test_the_expectation_tells_another_rule():
    case = made_up(rows=30_000)
    other = dataclasses.replace(case, maximum=1.1 * case.maximum)
    mean, spread = expected_moves(case)
    assert expected_moves(other)[0] - mean > 6 * spread


def test_the_page_has_every_peer_and_says_who_is_left_out(case, monkeypatch):
    mean, _ = expected_moves(case)

    def fake(name, path, seed):
        if name == "absent_columns":
            return {"why": "No module named 'absent'"}
        ns = {"katye_engine": 0.5, "slow": 50.0}[name]
        return {
            "title": name,
            "versions": {"x": "1"},
            "households": 10_000,
            "ns": ns,
            "build_s": 1.0,
            "moves": mean + seed,
        }

    monkeypatch.setattr(peers, "_one", fake)
    found, left_out = peers.compare(case, ["absent_columns", "slow", "katye_engine"])
    text = page(case, found, left_out, {"households": 10_000, "seconds": 1.25}, 7.0, 3, peers.FARTHEST)
    assert "absent columns (`No module named 'absent'`)" in text
    assert "| slow | x 1 | 10,000 | 50 | 100 times |" in text
    assert text.index("| katye_engine |") < text.index("| slow |")
    assert "load average 7.0" in text
    monkeypatch.setattr(peers, "_one", lambda *given: fake(*given) | {"moves": 1.1 * mean})
    with pytest.raises(KatyeError, match="'slow' does not follow the rule"):
        peers.compare(case, ["slow"])
