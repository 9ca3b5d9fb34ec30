"""Expectations and what people see of security: hope at arrivals and success, and the gap to what follows (M26, M34-M36).

Expectation and disconfirmation (oliver1980): what is promised and seen raises what people expect, the expected fades
towards the observed, and falling short weighs more than doing better (loss aversion, in `Trust`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.passes.people import expect_more, see_security
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.limits import FLAG, Limits, floats, shares

HORIZON = 90  # days that people look back when they judge whether things got better


@dataclass(frozen=True)
class ExpectationParameters:
    initial: float = parameter(
        0.0, "security", "what is expected above what is seen, on the first day", bounds=(-1, 1), prior=uniform(0, 0.2),
        source="assumed: from no more than is seen to a fifth of the scale",
    )  # fmt: skip
    arrival: float = parameter(
        0.15, "security", "rise of expectations at the arrival of a full batch", bounds=(0, 2), prior=uniform(0.05, 0.4),
        source="assumed: from a twentieth to two fifths of the scale",
    )  # fmt: skip
    arrival_batch: float = parameter(
        200.0, "people", "arrivals in a day that count as a full batch", bounds=(1, 5000), prior=uniform(75, 400),
        source="first batch of the lead nation, deployments.csv 2024",
    )  # fmt: skip
    visibility: float = parameter(
        0.1, "security", "rise of expectations when patrols appear where none were seen", bounds=(0, 2),
        prior=uniform(0.05, 0.4), source="assumed: from a twentieth to two fifths of the scale",
    )  # fmt: skip
    success: float = parameter(
        0.1, "security", "rise of expectations at the clearing of one's own neighbourhood, or of all next door", bounds=(0, 2),
        prior=uniform(0.05, 0.4), source="assumed: from a twentieth to two fifths of the scale",
    )  # fmt: skip
    fading: float = parameter(
        0.01, "1/day", "how fast expectations follow what is seen", bounds=(0, 1), prior=loguniform(0.003, 0.03),
        source="assumed: half of it gone after three weeks to eight months",
    )  # fmt: skip
    inflation: float = parameter(
        0.5, "security", "what inflated reports at full reach promise above what is seen", bounds=(0, 2),
        prior=uniform(0.2, 0.8), source="assumed: from a fifth to four fifths of the scale",
    )  # fmt: skip
    safe_place: float = parameter(
        0.3, "security", "security seen where gangs are weak (influence below the contested level)", bounds=(0, 1),
        prior=uniform(0.1, 0.5), source="assumed: from a tenth to half of the scale",
    )  # fmt: skip
    rumour: float = parameter(
        0.2, "security", "security taken from what is seen by full misinformation", bounds=(0, 1), prior=uniform(0, 0.5),
        source="assumed: from none to half of the scale",
    )  # fmt: skip
    quiet: float = parameter(
        5.0, "harm per 10,000", "harm below which a change is hardly noticed", bounds=(0.001, 1000), prior=loguniform(1, 20),
        source="assumed: 1 to 20 people hit in 10,000, as fear.half_dose",
    )  # fmt: skip
    seen_half: float = parameter(
        1.0, "people per 1,000", "patrols at which security forces count as half present", bounds=(0.001, 100),
        prior=uniform(0.3, 3), source="assumed: a third of a person to three on patrol per 1,000",
    )  # fmt: skip


class Expectations(Mechanism):
    """What is seen of security, what is expected, the gap between them, and who finds the forces passive.

    security, gap: float64 (n, wealth), seen and expected minus seen. passive: float64 (n,), 0 to 1: seen by nobody and
    explained to nobody. seen: float64 (n,), presence of patrols, 0 to 1.
    """

    name = "expectations"
    covers = ("M26", "M34", "M35", "M36", "M37")
    shown_by = ("expectation_gap", "perceived_passivity")
    neutral = "Nobody sees security change, expects anything or finds the forces passive: all three stay 0."
    objection = "Expectations are formed by talk and politics more than by what happens in the own neighbourhood."
    equations = (
        "security = felt(change) + safe - expectation.rumour · misinformation; felt as in `exposure`",
        "change = (before - violence) / (before + violence + expectation.quiet)",
        "before = violence 90 days ago; safe = expectation.safe_place where influence < control.state_threshold, else 0",
        "seen = visibility / (visibility + expectation.seen_half)",
        "hope = expectation.visibility · (seen - seen yesterday) + expectation.success · (cleared + its mean next door)",
        "hope ← hope + expectation.arrival · min(1, arrived / expectation.arrival_batch) · (1 - progress)",
        "expectation ← expectation + hope + expectation.fading · (promised - gap of yesterday); gap = expectation - security",
        "promised = expectation.inflation · progress with information.inflated, else 0",
        "progress = reach(information.progress), as in `misinformation`",
        "passive = (1 - seen) · (1 - progress) while there is a mission, else 0; gap on the first day: expectation.initial",
    )
    reads = (
        "influence", "misinformation", "violence", "visibility", "forces.units", "ledger.mission_arrived",
        "ledger.places_cleared",
    )  # fmt: skip
    writes = ("expectation",)
    uses = ("mandate",)
    limits = Limits(
        {
            **dict.fromkeys(("security", "gap"), floats("n", 3, low=-1000.0, high=1000.0)),
            **dict.fromkeys(("passive", "seen"), shares("n")),
            "past": floats(HORIZON, "n", high=1e7),
            "begun": FLAG,
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.security = np.zeros((model.n, 3))
        self.gap = np.zeros((model.n, 3))
        self.passive = np.zeros(model.n)
        self.seen = np.zeros(model.n)
        self.past = np.zeros((HORIZON, model.n))
        self.begun = False

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.expectation
        if not self.begun:
            self._begin()
        self._see()
        progress, _, _ = model.parameters.information.reach()
        arrived = min(1.0, model.ledger.sum("mission_arrived") / rules.arrival_batch)
        arrival = rules.arrival * arrived * (1.0 - progress)  # who is told what the mission can do hopes for less
        promised = rules.inflation * progress if model.parameters.information.inflated else 0.0
        unseen = 1.0 - progress if model.mission_exists() else 0.0
        fields = state.expectation, self.gap, self.security, self.passive, self.seen, state.visibility
        cleared = model.ledger.today["places_cleared"], *model.terrain.land, rules.success
        expect_more(*fields, rules.seen_half, rules.visibility, *cleared, arrival, rules.fading, promised, unseen)

    def _begin(self) -> None:
        """Things are as they have been lately, and people expect little more than they see."""
        model = self.model
        self.begun = True
        self.past[:] = model.state.violence
        visibility = model.state.visibility
        self.seen[:] = visibility / (visibility + model.parameters.expectation.seen_half)
        self._see()
        model.state.expectation[:] = self.security + model.parameters.expectation.initial
        self.gap[:] = model.parameters.expectation.initial

    def _see(self) -> None:
        """Security as seen: less harm than three months ago, few gang members about, and what rumours take away."""
        model, state, rules = self.model, self.model.state, self.model.parameters.expectation
        before = self.past[model.day % HORIZON]
        here = state.violence, state.influence, state.misinformation, self.model.parameters.fear.shares()
        safe = rules.quiet, rules.safe_place, self.model.parameters.control.state_threshold, rules.rumour
        see_security(before, *here, *safe, self.security)
