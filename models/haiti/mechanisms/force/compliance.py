"""Compliance: alleged serious misconduct, who detects and reports it, and what follows (M40; equations T1-T4).

Events are counted, never described: no scene of violence is simulated. An independent monitor deters, and at first makes
more of what happens visible, so true and reported counts are kept apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.passes.harm import count_misconduct
from models.haiti.passes.luck import streams
from models.haiti.world.state import ARMY, FORCES, MISSION, POLICE
from simulation.clock import MOST_DAYS
from simulation.dice import Stream, day_key, refused
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.limits import Limits, floats, listed, row, whole, wholes


@dataclass(frozen=True)
class AbuseParameters:
    monitor: float = parameter(
        0.0, "share", "part of the mission watched by an independent monitor", bounds=(0, 1), status="policy",
        source="seed2024: training exists, no independent monitor",
    )  # fmt: skip
    training: float = parameter(
        0.5, "share", "training of the mission in human rights and conduct", bounds=(0, 1), status="policy",
        source="stands for training as it is told of in seed2024, which says not how much",
    )  # fmt: skip
    base: float = parameter(
        1e-5, "1/(person on duty day)", "alleged serious misconduct in the mission, without training or deterrence",
        bounds=(0, 0.1), prior=loguniform(1e-6, 1e-4),
        source="assumed: wide, from 1 in 1,000,000 to 1 in 10,000, as no usable rate exists for a mission",
    )  # fmt: skip
    police_rate: float = parameter(
        2.5e-4, "1/(person on duty day)", "the same in police and army, as they are", bounds=(0, 0.1),
        prior=loguniform(8e-5, 8e-4), source="281 in 2024 for about 9,000 officers, a third on duty: binuh2024q4",
    )  # fmt: skip
    training_effect: float = parameter(
        0.7, "log", "fall of misconduct with full training", bounds=(0, 10), prior=uniform(0.2, 1.5),
        source="direction: haass2018",
    )  # fmt: skip
    deterrence: float = parameter(
        1.5, "log", "fall of misconduct with certain detection and accountability", bounds=(0, 10), prior=uniform(0.5, 3),
        source="assumed: certain punishment prevents 40 to 95 %",
    )  # fmt: skip
    detect_internal: float = parameter(
        0.15, "probability", "chance that the forces themselves detect an event", bounds=(0, 1), prior=uniform(0.05, 0.3),
        source="assumed: from one in twenty to three in ten",
    )  # fmt: skip
    detect_independent: float = parameter(
        0.5, "probability", "chance that an independent monitor does", bounds=(0, 1), prior=uniform(0.3, 0.8),
        source="assumed: from three in ten to four in five",
    )  # fmt: skip
    accountability: float = parameter(
        0.3, "probability", "chance that a detected event is substantiated and has consequences", bounds=(0, 1),
        prior=uniform(0.1, 0.7), source="assumed: from one in ten to seven in ten",
    )  # fmt: skip
    leak: float = parameter(
        0.5, "probability", "chance that people nearby know of an event that nobody reported", bounds=(0, 1),
        prior=uniform(0.2, 0.8), source="assumed: from one in five to four in five",
    )  # fmt: skip
    remedy: float = parameter(
        0.5, "share", "part of the damage to trust that consequences make good", bounds=(0, 1), prior=uniform(0.1, 0.9),
        source="assumed: from a tenth to nine tenths",
    )  # fmt: skip
    suspended: int = parameter(
        30, "people", "part of a mission unit taken off duty after a substantiated event", bounds=(0, 1000),
        prior=uniform(10, 75), source="assumed: from a squad to most of a company",
    )  # fmt: skip
    suspension: int = parameter(
        60, "days", "time for which it stays off duty", bounds=(0, 1000), prior=uniform(30, 180),
        source="assumed: one to six months",
    )  # fmt: skip


class Compliance(Mechanism):
    """Draws events, decides what is detected, known and substantiated, and suspends part of a mission unit.

    happened, reported: int64 (forces,), events since the start. person_days: float64 (forces,), people on the books over
    the same time. expected: float64 (2, forces), events that days on duty give on average, and those of them that would be
    reported. known: float64 (2, n), what residents heard of today, of the mission and of police and army.
    """

    name = "compliance"
    covers = ("M40",)
    shown_by = (
        "misconduct_mission_expected", "misconduct_mission_reported_share", "misconduct_mission", "misconduct_mission_reported",
        "misconduct_home", "misconduct_home_reported",
    )  # fmt: skip
    neutral = "No misconduct happens, is known or has consequences."
    objection = "Rates for missions have no evidence behind them, and what is alleged is not what happened."
    equations = (
        "events of a force ~ Poisson(on_shift · rate), at a place drawn by on_shift",
        "rate = abuse.police_rate in police and army",
        "rate = abuse.base · exp(-abuse.training_effect · abuse.training - deterred) in the mission",
        "deterred = abuse.deterrence · detection · abuse.accountability",
        "detection = abuse.detect_internal + (abuse.detect_independent - abuse.detect_internal) · abuse.monitor (0 at home)",
        "reported if U < detection; substantiated if reported and U < abuse.accountability",
        "heard of if reported or U < abuse.leak",
        "known ← known + heard · (1 - abuse.remedy · substantiated), anew every day",
        "substantiated in the mission: abuse.suspended people are off duty for abuse.suspension days",
    )
    reads = ("on_shift",)
    writes = ("mission.suspended",)
    limits = Limits(
        {
            **dict.fromkeys(("happened", "reported"), wholes(np.int64, len(FORCES))),
            "person_days": floats(len(FORCES)),
            "expected": floats(2, len(FORCES)),
            "known": floats(2, "n", high=1e6),
            "off_duty": listed(row(whole(0, 2 * MOST_DAYS), whole(0, 1_000_000))),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.happened = np.zeros(len(FORCES), np.int64)
        self.reported = np.zeros(len(FORCES), np.int64)
        self.person_days = np.zeros(len(FORCES))
        self.expected = np.zeros((2, len(FORCES)))
        self.known = np.zeros((2, model.n))
        self.off_duty: list[list[int]] = []  # day of return, people

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.abuse
        self.known[:] = 0.0
        while self.off_duty and self.off_duty[0][0] <= model.day:
            model.mission.suspended -= self.off_duty.pop(0)[1]
        rates = rules.police_rate, rules.police_rate, self.mission_rate()
        detection = self.detection(POLICE), self.detection(ARMY), self.detection(MISSION)
        dice, asked = model.dice, np.zeros(1, np.int64)
        lucks = streams(dice.seed, dice.name(self.name), day_key(model.day), np.arange(len(FORCES)))
        duty = model.state.on_shift, model.parameters.force.on_shift, rates, detection
        try:
            events = count_misconduct(lucks, *duty, self.person_days, self.expected, asked)
        except FloatingPointError as error:
            raise refused(self.name, model.day, int(asked[0]), error) from None
        for force, number in enumerate(events.tolist()):
            if number:
                luck = Stream(lucks[force], (self.name, model.day, force))
                for _ in range(number):
                    self._event(force, luck)

    def mission_rate(self) -> float:
        """Events a day and person on duty in the mission."""
        rules = self.model.parameters.abuse
        watched = self.detection(MISSION) * rules.accountability
        return rules.base * math.exp(-rules.training_effect * rules.training - rules.deterrence * watched)

    def detection(self, force: int) -> float:
        """Chance that an event in a force is detected and reported."""
        rules = self.model.parameters.abuse
        monitor = rules.monitor if force == MISSION else 0.0
        return rules.detect_internal + (rules.detect_independent - rules.detect_internal) * monitor

    def _event(self, force: int, luck) -> None:
        model, rules = self.model, self.model.parameters.abuse
        place = luck.choice(model.state.on_shift[force])
        self.happened[force] += 1
        reported = luck.uniform() < self.detection(force)
        self.reported[force] += reported
        substantiated = luck.uniform() < rules.accountability and reported
        heard = luck.uniform() < rules.leak or reported
        self.known[0 if force == MISSION else 1, place] += heard * (1.0 - rules.remedy * substantiated)
        if substantiated and force == MISSION:
            self._suspend()

    def _suspend(self) -> None:
        """Part of a unit goes off duty for a time; it stays on the books, so that people are conserved."""
        model, rules = self.model, self.model.parameters.abuse
        self.off_duty.append([model.day + rules.suspension, rules.suspended])
        model.mission.suspended += rules.suspended

    def reported_share(self, force: int) -> float:
        """Part of the events to be expected in a force that would be reported; 0 where nobody was on duty."""
        happened, reported = self.expected[:, force].tolist()
        return reported / happened if happened > 0 else 0.0

    def per_1000_person_months(self, counts: np.ndarray, forces: tuple[int, ...]) -> float:
        """Events of some forces since the start per 1,000 people on the books and month."""
        months = math.fsum(map(self.person_days.item, forces)) * 12.0 / 365.0
        return 1000.0 * math.fsum(map(counts.item, forces)) / months if months > 0 else 0.0
