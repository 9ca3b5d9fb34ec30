"""The model: citizens who may rebel, cops who arrest, and a torus on which they move; rules M, A and C of Epstein (2002)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, Self

import mesa
import numpy as np
import pandas as pd

from models.epstein import metrics
from models.epstein.torus import Torus
from simulation.clock import Clock
from simulation.dice import Dice
from simulation.errors import InputError
from simulation.mesa_model import Model
from simulation.port.case import Case, chosen_seed
from simulation.recorder import Recorder

LUCK = ("order", "move", "arrest", "term", "release")  # one number a step for everybody, by who they are


@functools.lru_cache(maxsize=8)
def sites_seen(side: int, vision: float) -> np.ndarray:
    """For every site of a torus the sites within `vision` of it, itself too, each once: integers (sites, seen)."""
    reach = range(-int(vision), int(vision) + 1)
    near = sorted({(x % side, y % side) for x in reach for y in reach if x * x + y * y <= vision * vision})
    x, y = np.array(near).T
    row, column = np.divmod(np.arange(side**2), side)
    return (row[:, None] + y) % side * side + (column[:, None] + x) % side


class Person(mesa.Agent):
    """Somebody on a site of the torus, or on none (-1). `number`: citizens from 0, then cops; luck hangs on it."""

    def __init__(self, model: EpsteinModel, number: int, vision: float):
        super().__init__(model)
        self.number, self.site = number, -1
        self.seen = sites_seen(model.rules.lattice.side, vision)

    def luck(self, purpose: str) -> float:
        """A number in [0, 1): the same at this step in every run of this seed."""
        return self.model.luck[purpose][self.number]

    def move(self) -> None:
        """Rule M: go to a random empty site in sight; stay if there is none."""
        near = self.seen[self.site]
        empty = near[self.model.empty[near]]
        if empty.size:
            self.go(int(empty[int(self.luck("move") * empty.size)]))

    def go(self, site: int) -> None:
        for place, empty in ((self.site, True), (site, False)):
            if place >= 0:
                self.model.empty[place] = empty
        self.site = site


class Citizen(Person):
    """Quiet, active or in jail. `hardship`, `risk_aversion`: in [0, 1), for life. `term`: of the last arrest, steps."""

    def __init__(self, model: EpsteinModel, number: int, hardship: float, risk_aversion: float):
        super().__init__(model, number, model.rules.citizens.vision)
        self.hardship, self.risk_aversion = hardship, risk_aversion
        self.active, self.jailed, self.term, self.free_on = False, False, 0, 0

    def grievance(self) -> float:
        return self.hardship * (1.0 - self.model.legitimacy)

    def arrest_probability(self) -> float:
        """What the citizen believes: from the cops and the actives in sight, itself among these."""
        model, rules = self.model, self.model.rules.arrest
        cops, actives = int(model.cops_seen[self.site]), 1 + int(model.actives_seen[self.site]) - self.active
        return 1.0 - math.exp(-rules.k * (cops // actives if rules.whole_ratio else cops / actives))

    def step(self) -> None:
        """Rules M and A: move, then be active if grievance is above net risk by more than the threshold."""
        if not self.jailed:
            if "movement" not in self.model.case.off:
                self.move()
            net_risk = self.risk_aversion * self.arrest_probability()
            self.rebel(self.grievance() - net_risk > self.model.rules.citizens.threshold)

    def rebel(self, active: bool) -> None:
        """Be active from now on, or quiet, in the eyes of all around."""
        if active != self.active:
            self.active, self.model.rebels[self.site] = active, self if active else None
            self.model.actives_seen[self.seen[self.site]] += 1 if active else -1

    def go(self, site: int) -> None:
        active = self.active
        self.rebel(False)
        super().go(site)
        self.rebel(active)

    def arrest(self) -> None:
        self.rebel(False)
        self.go(-1)
        self.term = int(self.luck("term") * (self.model.rules.arrest.longest_term + 1))
        self.jailed, self.free_on, self.model.arrests = True, self.model.day + self.term, self.model.arrests + 1

    def release(self) -> None:
        """Back, quiet, on a random empty site."""
        empty = np.flatnonzero(self.model.empty)
        self.jailed = False
        self.go(int(empty[int(self.luck("release") * empty.size)]))


class Cop(Person):
    """Never defects and is never attacked."""

    def go(self, site: int) -> None:
        for place, change in ((self.site, -1), (site, +1)):
            if place >= 0:
                self.model.cops_seen[self.model.citizens_see[place]] += change
        super().go(site)

    def step(self) -> None:
        """Rules M and C: move, then arrest a random active citizen in sight."""
        self.move()
        if "arrests" not in self.model.case.off:
            rebels = [citizen for place in self.seen[self.site].tolist() if (citizen := self.model.rebels[place])]
            if rebels:
                rebels[int(self.luck("arrest") * len(rebels))].arrest()


class EpsteinModel(Torus, Model):
    """Model I on a torus. case: from `load_case`. run_seed: all its luck, drawn if none. replay: keep steps for `play()`."""

    def __init__(self, case: Case, *, run_seed: int | None = None, rng: Any = None, seed: Any = None, replay=False):
        self.run_seed = run_seed = chosen_seed(run_seed, rng, seed)
        super().__init__(rng=run_seed % 2**63)
        self.case = case.drawn(run_seed) if case.uncertainty else case
        self.rules = rules = self.case.parameters
        self.dice, self.day, self.arrests, sites = Dice(run_seed), 0, 0, rules.lattice.side**2
        self.citizens_see, self.rebels = sites_seen(rules.lattice.side, rules.citizens.vision), [None] * sites
        self.empty, self.cops_seen, self.actives_seen = np.ones(sites, bool), np.zeros(sites, int), np.zeros(sites, int)
        self._settle(round(rules.citizens.density * sites), round(rules.cops.density * sites))
        self.recorder = Recorder(Clock(self.case.start), metrics.DAILY_VALUES, {}, [])
        self.first_evening(replay)

    def _settle(self, citizens: int, cops: int) -> None:
        """Everybody quiet on a site of their own."""
        self.numbers = np.arange(citizens + cops)
        hardship, averse = (self.dice.each(name, 0, self.numbers) for name in ("hardship", "risk aversion"))
        self.citizens = [Citizen(self, k, float(hardship[k]), float(averse[k])) for k in range(citizens)]
        patrol = [Cop(self, k, self.rules.cops.vision) for k in range(citizens, citizens + cops)]
        self.people = [*self.citizens, *patrol]
        sites = np.argsort(self.dice.each("site", 0, np.arange(self.empty.size)), kind="stable")
        for person, site in zip(self.people, sites.tolist()):
            person.go(site)

    @property
    def legitimacy(self) -> float:
        """Of the regime, today."""
        rules = self.rules.legitimacy
        fallen = min(max(self.day - rules.fall_day + 1, 0), rules.fall_steps) / rules.fall_steps
        return max(0.0, rules.level - rules.fall * fallen)

    def step(self) -> None:
        """Everybody acts once, in random order; then those whose term is over come free."""
        self.day, self.arrests = self.day + 1, 0
        self.luck = {name: self.dice.each(name, self.day, self.numbers).tolist() for name in LUCK}
        for number in sorted(self.numbers.tolist(), key=self.luck["order"].__getitem__):
            self.people[number].step()
        for citizen in self.citizens:
            if citizen.jailed and citizen.free_on <= self.day:
                citizen.release()
        self.evening()

    def run(self, days: int | None = None, progress: Callable[[int, int], None] | None = None) -> Self:
        """That many steps further, the case's own number if None; `progress(done, days)` is told every step."""
        days = self.case.days if days is None else days
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            raise InputError(f"'{days}' is no positive whole number of days", "days")
        for done in range(1, days + 1):
            self.step()
            if progress:
                progress(done, days)
        return self

    def summary(self) -> dict[str, Any]:
        """The outcomes so far, by name."""
        return metrics.summary(self.recorder.values)

    def events(self) -> pd.DataFrame:
        """Every outburst so far: day, date, kind, text."""
        return metrics.outburst_table(self.recorder)

    def verdict(self) -> str:
        """The run in one sentence."""
        return metrics.verdict(self.summary(), self.day)
