"""Trust of residents in the mission and in the police, and what they tell (M29, M34-M38, M41; equations P1, P4-P6).

Trust rises with security, engagement and communication, and falls with insecurity, harm by operations, disappointment,
passivity, rumours and abuse. Harm by gangs turns people against gangs only where trust was high (condra2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.haiti.passes.opinion import TrustRates, step_trust, talk_next_door, trust_means
from simulation.mechanism import Mechanism
from simulation.parameters import beta, loguniform, parameter, uniform
from simulation.rosters import blocks
from simulation.serialise.limits import Limits, amount, flags, shares

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


WEEK = 7


@dataclass(frozen=True)
class TrustParameters:
    initial_mission: float = parameter(
        0.55, "share", "trust in the mission; what residents tell follows it", bounds=(0, 1), prior=beta(11, 9),
        source="polls2023: 68-70 % for an international force, before it came",
    )  # fmt: skip
    initial_police: float = parameter(
        0.45, "share", "trust in the Haitian police on the first day", bounds=(0, 1), prior=beta(9, 11),
        source="assumed: below the mission; in polls2023 56 % had no confidence in security forces",
    )  # fmt: skip
    un_operation_shift: float = parameter(
        -0.15, "share", "what a UN operation adds to trust in the mission", bounds=(-1, 1), prior=uniform(-0.25, -0.05),
        source="legacy of MINUSTAH: polls2023, schuller2012",
    )  # fmt: skip
    suppression_shift: float = parameter(
        -0.05, "share", "what a suppression force adds to it", bounds=(-1, 1), prior=uniform(-0.15, 0.05),
        source="assumed: from that of a UN operation to a welcome of force",
    )  # fmt: skip
    security_up: float = parameter(
        0.01, "1/day", "rise of trust at full security", bounds=(0, 5), prior=loguniform(0.0033, 0.03),
        source="direction: gordon2017, condra2012",
    )  # fmt: skip
    security_down: float = parameter(
        0.02, "1/day", "fall of trust at full insecurity", bounds=(0, 5), prior=loguniform(0.0067, 0.06),
        source="as security_up, direction: gordon2017, condra2012",
    )  # fmt: skip
    harm: float = parameter(
        0.05, "per resident hit in 10,000", "fall of trust where operations hit residents", bounds=(0, 5),
        prior=loguniform(0.0167, 0.15), source="as security_up, direction: gordon2017, condra2012",
    )  # fmt: skip
    blame: float = parameter(
        0.01, "per resident hit in 10,000", "rise of trust where gangs hit residents, at trust 1", bounds=(0, 5),
        prior=loguniform(0.0033, 0.03), source="direction: condra2012",
    )  # fmt: skip
    blame_threshold: float = parameter(
        0.5, "share", "trust below which harm by gangs turns nobody against them", bounds=(0, 0.99), prior=uniform(0.4, 0.7),
        source="assumed: about the middle; condra2012 has blame tempered by what people preferred before",
    )  # fmt: skip
    disappoint: float = parameter(
        0.005, "1/day", "fall of trust per unit of expectation not met", bounds=(0, 5), prior=loguniform(0.0017, 0.015),
        source="assumed: a third to three times the start, as for all rates of trust",
    )  # fmt: skip
    loss_aversion: float = parameter(
        2.25, "ratio", "weight of falling short of expectations against exceeding them", bounds=(0, 20),
        prior=uniform(1.5, 3), source="kahneman1979",
    )  # fmt: skip
    engage: float = parameter(
        0.005, "1/day", "rise of trust with local dialogue owned by Haitians", bounds=(0, 5), prior=loguniform(0.0017, 0.015),
        source="assumed: a third to three times the start, as for all rates of trust",
    )  # fmt: skip
    communication: float = parameter(
        0.003, "1/day", "rise of trust where objectives and progress are explained", bounds=(0, 5),
        prior=loguniform(0.001, 0.009), source="assumed: a third to three times the start, as for all rates of trust",
    )  # fmt: skip
    passive: float = parameter(
        0.002, "1/day", "fall of trust in a mission that nobody sees and nobody explains", bounds=(0, 5),
        prior=loguniform(0.0007, 0.006), source="seed2024",
    )  # fmt: skip
    rumour: float = parameter(
        0.004, "1/day", "fall of trust at full misinformation", bounds=(0, 5), prior=loguniform(0.0013, 0.012),
        source="assumed: a third to three times the start, as for all rates of trust",
    )  # fmt: skip
    abuse: float = parameter(
        0.05, "per known event in 10,000", "fall of trust at alleged misconduct people know of", bounds=(0, 5),
        prior=loguniform(0.0167, 0.15), source="direction: gordon2017",
    )  # fmt: skip
    info_harm_ratio: float = parameter(
        0.5, "share", "part of what harm and abuse take from trust that they take from telling", bounds=(0, 1),
        prior=uniform(0.3, 0.7), source="direction: gordon2017",
    )  # fmt: skip
    hotline: float = parameter(
        0.3, "ratio", "how much more is told when local dialogue, hotlines and blocs reach all", bounds=(0, 5),
        prior=uniform(0.1, 0.6), source="assumed: from a tenth to three fifths more",
    )  # fmt: skip
    community: float = parameter(
        0.1, "1/week", "how far a week of talk with neighbours moves trust", bounds=(0, 1), prior=uniform(0.03, 0.3),
        source="assumed: half of the way to the neighbours in two weeks to half a year",
    )  # fmt: skip
    stubborn: float = parameter(
        0.2, "share", "weight of one's own first opinion in it", bounds=(0, 1), prior=uniform(0.05, 0.5),
        source="form: friedkin1990",
    )  # fmt: skip


class Trust(Mechanism):
    """Trust by neighbourhood and wealth; every week neighbours talk (friedkin1990).

    mean: float64 (2, n), trust in mission and police, mean over wealth. told: float64 (n,), what residents let security
    forces know, before fear. class_share: float64 (n, wealth), people at home in each class at the start.
    """

    name = "trust"
    covers = ("M29", "M35", "M36", "M37", "M38", "M39", "M40", "M41")
    shown_by = ("trust_mission", "trust_police", "acceptance")
    neutral = "Trust stays what it was on the first day (.55 in the mission), and so does what residents tell."
    objection = "Trust is many things (legitimacy, fear, kinship, pay); one number for each force hides them."
    equations = (
        "trust, trust_police, candour: x ← x · k + up / (up + down) · (1 - k), k = exp(-(up + down)), by place and wealth",
        "share = 10,000 / max(present, 100); heard = 1 - information.blocked · influence",
        "reward = trust.security_up · max(0, security)",
        "common = trust.security_down · max(0, -security) + trust.rumour · misinformation",
        "harmed = trust.harm · share · residents hit by operations · felt; abuse = trust.abuse · share · known, of each force",
        "blame(y) = trust.blame · share · others · max(0, y - trust.blame_threshold) / (1 - trust.blame_threshold)",
        "others: residents hit by anything but operations; y: its mean over wealth this morning",
        "talk = heard · (trust.engage · met · ownership + trust.communication · progress · (1 - misinformation))",
        "met = max(0, dialogue + engaged), engaged as in `civil_society`",
        "dialogue, progress: reach as in `misinformation`",
        "talk and missed are 0 without a mission; usual: dialogue in the first scenario",
        "missed = trust.disappoint · trust.loss_aversion · max(0, gap); unseen = trust.passive · passive",
        "trust: up = reward + talk + blame(trust), down = common + missed + unseen + harmed + abuse",
        "trust_police: up = reward + blame(trust_police), down = common + harmed + abuse",
        "candour: up as of trust, down = common + missed + unseen + trust.info_harm_ratio · (harmed + abuse)",
        "told = min(1, candour · (1 + trust.hotline · (dialogue + engaged - usual) · heard)), a mean over wealth",
        "every 7 days: x ← x + trust.community · ((1 - trust.stubborn) · mean next door + trust.stubborn · first - x)",
        "first: trust.initial_mission (candour too), trust.initial_police",
        "a mission of another kind: trust ← trust + shift, and first alike",
        "shift = trust.un_operation_shift or trust.suppression_shift",
        "candour ← candour + trust.info_harm_ratio · shift",
        "information = told · (1 - influence · fear)",
    )
    reads = ("influence", "misinformation", "present", "forces.units", "ledger.harm")
    writes = ("candour", "trust", "trust_police")
    uses = ("civil_society", "compliance", "expectations", "mandate")
    limits = Limits(
        {
            "class_share": shares("n", 3),
            "_alone": flags("n"),
            "mean": shares(2, "n"),
            "told": shares("n"),
            "shift": amount(-1, 1),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.class_share = np.zeros((model.n, 3))
        self._alone = np.zeros(model.n, bool)
        self.mean, self.told = np.zeros((2, model.n)), np.zeros(model.n)
        self.shift = 0.0  # of the mission in charge, against that of the first day

    def found(self) -> None:
        model = self.model
        rules, state, households = model.parameters.trust, model.state, model.population
        people = np.zeros(model.n * 3)
        for part in blocks(households.count):
            kinds = households.home[part].astype(np.int64) * 3 + households.wealth[part]
            people += np.bincount(kinds, households.people[part], model.n * 3)
        people = people.reshape(-1, 3)
        total = people.sum(axis=1, keepdims=True)
        self.class_share[:] = np.where(total > 0, people / np.maximum(total, 1), 1.0 / 3.0)
        self._alone[:] = model.terrain.neighbours_mean(np.ones(model.n)) == 0
        state.trust[:] = state.candour[:] = rules.initial_mission
        state.trust_police[:] = rules.initial_police
        self.mean[:] = np.array([[rules.initial_mission], [rules.initial_police]])
        self.told[:] = rules.initial_mission

    def step(self) -> None:
        """A day's news; once a week the talk about it."""
        model, state, news = self.model, self.model.state, self.model.expectations
        self._meet()
        rates, today = self._rates(), model.ledger.today
        by_forces = today["residents_killed_operations"] + today["residents_injured_operations"]
        by_all = today["residents_killed"] + today["residents_injured"]
        fields = state.trust, state.trust_police, state.candour
        seen = news.security, news.gap, news.passive, state.misinformation, state.influence
        step_trust(
            *fields,
            *seen,
            by_forces,
            by_all,
            model.compliance.known,
            state.present,
            model.parameters.fear.shares(),
            self.mean,
            rates,
        )
        if model.day % WEEK == 0:
            self._talk()
        heard = state.influence, rates.hotline, rates.blocked
        trust_means(*fields, self.class_share, *heard, self.mean, self.told)

    def _rates(self) -> TrustRates:
        model, rules, talk = self.model, self.model.parameters.trust, self.model.parameters.information
        progress, _, dialogue = talk.reach()
        there, engaged = model.mission_exists(), model.civil_society.engaged
        return TrustRates(
            rules.security_up,
            rules.security_down,
            rules.harm,
            rules.blame,
            rules.blame_threshold,
            rules.disappoint * rules.loss_aversion * there,
            rules.engage * max(0.0, dialogue + engaged) * model.civil_society.ownership * there,
            rules.communication * progress * there,
            rules.passive,
            rules.rumour,
            rules.abuse,
            rules.info_harm_ratio,
            rules.hotline * (talk.hotline() + engaged),
            talk.blocked,
        )

    def _meet(self) -> None:
        """Another kind of mission meets another opinion, on the evening of the day it takes over."""
        rules, state = self.model.parameters.trust, self.model.state
        shifts = {"un_peacekeeping": rules.un_operation_shift, "suppression_force": rules.suppression_shift}
        shift = shifts.get(self.model.mandate.option, 0.0)
        if shift != self.shift:
            np.clip(state.trust + shift - self.shift, 0.0, 1.0, out=state.trust)
            np.clip(state.candour + rules.info_harm_ratio * (shift - self.shift), 0.0, 1.0, out=state.candour)
            self.shift = shift

    def _talk(self) -> None:
        """Neighbours' opinions, and the first one that people come back to, weigh in."""
        state, rules, land = self.model.state, self.model.parameters.trust, self.model.terrain.land
        start = rules.initial_mission
        first = (start + self.shift, rules.initial_police, start + rules.info_harm_ratio * self.shift)
        for field, anchor in zip((state.trust, state.trust_police, state.candour), first, strict=True):
            talk_next_door(field, min(max(anchor, 0.0), 1.0), *land, self._alone, rules.stubborn, rules.community)

    def homecoming(self) -> np.ndarray:
        """How much faster (or slower) people go home than at the trust of the first day, by place, (n,)."""
        return (0.5 + 0.5 * self.mean[0]) / (0.5 + 0.5 * self.model.parameters.trust.initial_mission)

    def check_kept(self, look: Look) -> None:
        """The classes of a place are no more than its people."""
        if (self.class_share.sum(axis=1) > 1.0 + 1e-6).any():
            raise ValueError("Trust.class_share does not add up")
