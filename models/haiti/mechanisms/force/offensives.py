"""Offensives and lulls: the pact of gangs attacks in spells of weeks, with quieter months between them (labelled addition).

A chain of two states. Spells begin sooner the more the gangs act as one and the weaker the government is, and end sooner the
more members they lose. Two are dated in 2024: 29 February to about 10 May, and 17 October to about 12 December.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.limits import Limits, share, whole

MONTH = 30.0


@dataclass(frozen=True)
class OffensiveParameters:
    days: float = parameter(
        60.0, "days", "mean length of an offensive without losses out of the common", bounds=(1, 3650),
        prior=uniform(40, 90), source="56 and 71 days in 2024 (control_events.csv)",
    )  # fmt: skip
    lull: float = parameter(
        160.0, "days", "mean length of a lull at the cohesion and government of the first day", bounds=(1, 36_500),
        prior=uniform(90, 300), source="160 days between the two of 2024 (control_events.csv)",
    )  # fmt: skip
    dated_only: bool = parameter(
        False, "", "offensives only as a scenario's events date them", status="policy",
        source="for scenarios that retell: what is dated and nothing else",
    )  # fmt: skip
    contrast: float = parameter(
        5.0, "ratio", "attacks and raids in an offensive against those in a lull", bounds=(1, 100), prior=loguniform(3, 10),
        source="displacement_stock.csv, newly displaced a day: 2,650 in September to December 2024, 390 to 1,210 around",
    )  # fmt: skip
    cohesion: float = parameter(
        2.0, "-", "power of cohesion, against that of the first day, in how soon one begins", bounds=(0, 10),
        prior=uniform(0, 4), source="direction: acled2024",
    )  # fmt: skip
    losses: float = parameter(
        10.0, "1/share", "how much sooner one ends, by the share of members killed within a month", bounds=(0, 1000),
        prior=uniform(0, 30), source="assumed: from no effect to half the length when 3 % of members die in a month",
    )  # fmt: skip


class Offensives(Mechanism):
    """Begins and ends offensives in the evening; what that means for attacks counts from the next morning.

    dated: offensives that a scenario's events have under way: none of them ends by chance. first_cohesion: of the first day.
    """

    name = "offensives"
    covers = ("M45",)
    shown_by = ("gangs_posture", "assaults")
    neutral = "Attacks go on at their mean rate, without spells."
    objection = (
        "Offensives are decided by a few leaders for reasons of their moment; two states have only their rhythm."
    )
    equations = (
        "affairs.losses ← affairs.losses · exp(-1 / 30) + members killed today",
        "an offensive begins if U < 1 - exp(-together^offensive.cohesion · politics.offensives / offensive.lull)",
        "together = affairs.pact / that of the first day",
        "it ends if U < 1 - exp(-(1 + offensive.losses · affairs.losses / members) / offensive.days)",
        "part = offensive.days / (offensive.days + offensive.lull); quiet = 1 / (1 + part · (offensive.contrast - 1))",
        "affairs.tempo = quiet · offensive.contrast in an offensive, quiet in a lull",
        "by chance only while no dated one is under way and offensive.dated_only is false",
    )
    reads = ("members", "affairs.pact", "politics.offensives", "ledger.harm")
    writes = ("affairs.losses", "affairs.offensive", "affairs.tempo")
    limits = Limits({"dated": whole(0, 1_000_000), "first_cohesion": share()})

    def __init__(self, model):
        super().__init__(model)
        self.dated = 0
        self.first_cohesion = model.cohesion

    def found(self) -> None:
        self.first_cohesion = self.model.cohesion
        if self.on:
            self._publish()

    def step(self) -> None:
        model, affairs = self.model, self.model.affairs
        killed = float(model.ledger.sum("gang_members_killed"))
        affairs.losses = affairs.losses * math.exp(-1.0 / MONTH) + killed
        chance = -math.expm1(-(self.ending() if affairs.offensive else self.beginning()))
        free = not self.dated and not model.parameters.offensive.dated_only
        if free and self.roll().uniform() < chance:
            self.turn(not affairs.offensive)
        self._publish()

    def beginning(self) -> float:
        """Rate a day at which an offensive begins."""
        model, rules = self.model, self.model.parameters.offensive
        first = self.first_cohesion
        together = (model.cohesion / first) ** rules.cohesion if first > 0 else 1.0
        return together * model.politics.offensives / rules.lull

    def ending(self) -> float:
        """Rate a day at which it ends."""
        model, rules = self.model, self.model.parameters.offensive
        lost = model.affairs.losses / max(1, int(model.state.members.sum()))
        return (1.0 + rules.losses * lost) / rules.days

    def turn(self, offensive: bool) -> None:
        """An offensive begins or ends today."""
        if offensive != self.model.affairs.offensive:
            self.model.affairs.offensive = offensive
            kind, text = (
                ("offensive", "Gangs go on the offensive") if offensive else ("lull", "The offensive dies down")
            )
            self.model.ledger.incident(self.model.day, kind, -1, "", text)

    def hold(self, offensive: bool) -> None:
        """A dated offensive begins (or one of them ends); nothing happens if the rule is off."""
        if self.on:
            self.dated += 1 if offensive else -1
            self.turn(self.dated > 0)
            self._publish()

    def _publish(self) -> None:
        """Factor on attacks, such that its mean over long times is 1 at the rates of the first day."""
        rules = self.model.parameters.offensive
        part = rules.days / (rules.days + rules.lull)
        lull = 1.0 / (1.0 + part * (rules.contrast - 1.0))
        self.model.affairs.tempo = lull * (rules.contrast if self.model.affairs.offensive else 1.0)
