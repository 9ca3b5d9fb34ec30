"""The household rules three times over, timed under the same fields: engine, NumPy columns, Mesa agents."""

from __future__ import annotations

import statistics
import time

import numpy as np
from oracle import harness, household_oracle

from benchmarks.tools import built, count_moves, time_calls
from simulation.runs.runner import forget


def compare(weight: int, days: int, agents: int, repeats: int) -> dict[str, float]:
    """Nanoseconds a household and day, and each rival's time and moves over the engine's; moves should be the same.

    Engine and NumPy do everybody, Mesa a sample of `agents` households: it is the oracle of the tests.
    """
    figures: dict[str, list[tuple[float, float]]] = {}

    def note(name: str, seconds: float, moves: int, asked: int) -> None:
        figures.setdefault(name, []).append((seconds / asked * 1e9, moves / asked))

    for repeat in range(repeats):
        model = built(weight)
        asked, columns = model.population.count * days, Columns(model)
        oracle = _oracle(model, repeat, min(agents, model.population.count))
        seconds, moves, mornings = _engine(model, days)
        note("engine", seconds, moves, asked)
        note("numpy", *columns.run(mornings), asked)
        note("mesa", *_ask_agents(oracle, mornings), len(oracle.households) * days)
        forget(model)
    result = {f"{name}_ns": statistics.median(ns for ns, _ in values) for name, values in figures.items()}
    engine = figures.pop("engine")
    for name, rival in figures.items():
        pairs = list(zip(rival, engine, strict=True))
        result[f"{name}_ratio"] = statistics.median(slow[0] / fast[0] for slow, fast in pairs)
        result[f"{name}_moves_ratio"] = statistics.median(slow[1] / fast[1] for slow, fast in pairs)
    return result


def _engine(model, days: int) -> tuple[float, int, list[dict]]:
    """Seconds of the household steps within the real day, moves, and the city's fields of every day."""
    mornings, moved = [], count_moves(model.population)
    spent = [time_calls(rule, "step") for rule in (model.exposure, model.flight, model.onward, model.returning)]
    spent.append(time_calls(model.relocation, "step"))
    for _ in range(days):
        model.step()
        mornings.append(model.state.copy())
    return sum(map(sum, spent)), sum(moved), mornings


def _oracle(model, seed: int, agents: int):
    """The Mesa version of a sample of households."""
    rows = np.sort(np.random.default_rng(seed).choice(model.population.count, agents, replace=False))
    return harness.oracle_of(model, household_oracle, seed, rows)


def _ask_agents(city, mornings: list[dict]) -> tuple[float, int]:
    days = [household_oracle.Fields(*(fields[name].tolist() for name in harness.FIELDS)) for fields in mornings]
    began = time.perf_counter()
    for fields in days:
        city.live(fields)
    return time.perf_counter() - began, len(city.log)


class Columns:
    """The rival to beat: the same rules on NumPy columns; everybody is asked every day, without lists."""

    def __init__(self, model):
        people = model.population
        self.model, self.luck = model, np.random.default_rng(1)
        self.own, self.wealth, self.tie, self.home = people.threshold, people.wealth, people.tie, people.home
        self.place, self.status = people.place.astype(np.int64), people.status.copy()
        self.moved, self.destroyed = people.moves > 0, people.destroyed.copy()
        self.fear, self.mood = people.fear_of(np.arange(people.count)), people.fear.field.copy()

    def run(self, mornings: list[dict]) -> tuple[float, int]:
        """Seconds and moves; the city's fields of each day are put back before it is timed."""
        seconds, moves = 0.0, 0
        for day, fields in enumerate(mornings, 1):
            self.model.state.restore(fields)
            began = time.perf_counter()
            moves += self.step(day, self.model.state, self.model.parameters)
            seconds += time.perf_counter() - began
        return seconds, moves

    def step(self, day: int, state, parameters) -> int:
        """One day of everybody; returns how many moves there were."""
        fear, rules, n = parameters.fear, parameters.flight, self.model.n
        shield = 1.0 - fear.shield * np.array([0.0, 0.5, 1.0])
        inside = np.zeros_like(self.mood)
        inside[:n] = state.dose[:, None] * shield / (state.dose[:, None] * shield + fear.half_dose)
        self.mood = (1.0 - fear.rate) * self.mood + fear.rate * inside
        self.fear = (1.0 - fear.rate) * self.fear + fear.rate * inside[self.place, self.wealth]
        felt, ruled = np.zeros_like(self.mood), np.zeros(len(self.mood))
        felt[:n] = state.dose[:, None] * shield * (0.5 + np.clip(self.mood[:n], 0.0, 1.0)) / rules.half_dose
        ruled[:n] = -np.log1p(-rules.predation_outflow) / 365.0 * state.influence * (state.label == 2)
        x = (felt[self.place, self.wealth] * np.exp(rules.previous * self.moved - self.own)) ** rules.slope
        p = 1.0 - (1.0 - rules.maximum * x / (1.0 + x)) * (1.0 - ruled[self.place])
        rows = np.flatnonzero(self.luck.random(p.size) < p)
        fee = rules.fee_penalty * rules.passage_fee / np.array([2.0, 6.0, 20.0])[self.wealth[rows]]
        pays = self.luck.random(rows.size) < np.where(state.label[self.place[rows]] == 2, np.exp(-fee), 1.0)
        self.model.relocation.step()
        moves = self.go(rows[pays], "flight", (1, 2, 3, 4), day, parameters)
        onward = (self.luck.random(p.size) < parameters.displaced.onward) & (self.status == 1)
        moves += self.go(np.flatnonzero(onward), "onward", (2, 3), day, parameters)
        return moves + self.back(state, parameters.displaced)

    def back(self, state, rules) -> int:
        safe = (state.safe_days >= max(rules.return_days, 1))[self.home] & (self.status > 0) & ~self.destroyed
        rate = rules.return_rate * (1.0 + rules.site_push * (self.status == 1))
        p = rate * (1.0 - np.clip(self.fear, 0.0, 1.0)) * safe
        back = np.flatnonzero(self.luck.random(p.size) < p)
        self.place[back], self.status[back] = self.home[back], 0
        return back.size

    def go(self, rows, reason: str, kinds: tuple[int, ...], day: int, parameters) -> int:
        """Destinations come from the engine's own choice: only those who move are asked."""
        if not rows.size:
            return 0
        place, status = self.model.relocation.choose(rows, self.place[rows], reason, kinds)
        rows, place, status = rows[place >= 0], place[place >= 0], status[place >= 0]
        left = rows[self.status[rows] == 0]
        captured = self.model.state.captured_day[self.home[left]]
        burnt = (captured >= 0) & (day - captured <= 60)
        burnt &= self.luck.random(left.size) < parameters.displaced.destroyed_prob
        self.destroyed[left[burnt]] = self.moved[rows] = True
        self.fear[rows] += parameters.fear.shock * (1.0 - self.fear[rows])
        self.place[rows], self.status[rows] = place, status
        return rows.size
