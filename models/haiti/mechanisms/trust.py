"""Trust of residents in the mission and in the police, and what they tell (M29, M34-M38, M41; equations P1, P4-P6).

Trust rises with security, engagement and communication, and falls with insecurity, harm by operations, disappointment,
passivity, rumours and abuse. Harm by gangs turns people against gangs only where trust was high (Condra and Shapiro 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels import bounded_step
from simulation.mechanism import Mechanism
from simulation.parameters import beta, loguniform, parameter, uniform

WEEK = 7


@dataclass(frozen=True)
class TrustParameters:
    initial_mission: float = parameter(
        0.55, "share", "trust in the mission; what residents tell follows it", bounds=(0, 1), prior=beta(11, 9),
        source="polls2023: 68-70 % for an international force, before it came",
    )  # fmt: skip
    initial_police: float = parameter(
        0.5, "share", "trust in the Haitian police on the first day", bounds=(0, 1), prior=beta(10, 10),
    )  # fmt: skip
    un_operation_shift: float = parameter(
        -0.15, "share", "what a UN operation adds to trust in the mission", bounds=(-1, 1), prior=uniform(-0.25, -0.05),
        source="legacy of MINUSTAH: polls2023, schuller2012",
    )  # fmt: skip
    security_up: float = parameter(
        0.01, "1/day", "rise of trust at full security", bounds=(0, 5), prior=loguniform(0.0033, 0.03),
        source="direction: gordon2017, condra2012",
    )  # fmt: skip
    security_down: float = parameter(
        0.02, "1/day", "fall of trust at full insecurity", bounds=(0, 5), prior=loguniform(0.0067, 0.06),
        source="as security_up",
    )  # fmt: skip
    harm: float = parameter(
        0.05, "per resident hit in 10,000", "fall of trust where operations hit residents", bounds=(0, 5),
        prior=loguniform(0.0167, 0.15), source="as security_up",
    )  # fmt: skip
    blame: float = parameter(
        0.01, "per resident hit in 10,000", "rise of trust where gangs hit residents, at trust 1", bounds=(0, 5),
        prior=loguniform(0.0033, 0.03), source="direction: condra2012",
    )  # fmt: skip
    blame_threshold: float = parameter(
        0.5, "share", "trust below which harm by gangs turns nobody against them", bounds=(0, 0.99),
        prior=uniform(0.4, 0.7),
    )  # fmt: skip
    disappoint: float = parameter(
        0.005, "1/day", "fall of trust per unit of expectation not met", bounds=(0, 5), prior=loguniform(0.0017, 0.015),
    )  # fmt: skip
    loss_aversion: float = parameter(
        2.25, "ratio", "weight of falling short of expectations against exceeding them", bounds=(0, 20),
        prior=uniform(1.5, 3), source="kahneman1979",
    )  # fmt: skip
    engage: float = parameter(
        0.005, "1/day", "rise of trust with local dialogue owned by Haitians", bounds=(0, 5),
        prior=loguniform(0.0017, 0.015),
    )  # fmt: skip
    communication: float = parameter(
        0.003, "1/day", "rise of trust where objectives and progress are explained", bounds=(0, 5),
        prior=loguniform(0.001, 0.009),
    )  # fmt: skip
    passive: float = parameter(
        0.002, "1/day", "fall of trust in a mission that nobody sees and nobody explains", bounds=(0, 5),
        prior=loguniform(0.0007, 0.006), source="seed2024",
    )  # fmt: skip
    rumour: float = parameter(
        0.004, "1/day", "fall of trust at full misinformation", bounds=(0, 5), prior=loguniform(0.0013, 0.012),
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
        0.3, "ratio", "how much more is told when local dialogue and hotlines reach all", bounds=(0, 5),
        prior=uniform(0.1, 0.6),
    )  # fmt: skip
    community: float = parameter(
        0.1, "1/week", "how far a week of talk with neighbours moves trust", bounds=(0, 1), prior=uniform(0.03, 0.3),
    )  # fmt: skip
    stubborn: float = parameter(
        0.2, "share", "weight of one's own first opinion in it", bounds=(0, 1), prior=uniform(0.05, 0.5),
        source="form: friedkin1990",
    )  # fmt: skip


class Trust(Mechanism):
    """Trust by neighbourhood and wealth; every week neighbours talk (Friedkin and Johnsen 1990).

    mission, police, told: float64 (n,), means over wealth: trust in the mission and the police, and what is let known
    to security forces before fear. welcome: opinion of the mission when it came, which people keep coming back to.
    """

    name = "trust"
    covers = ("M29", "M35", "M36", "M37", "M38", "M39", "M40", "M41")
    neutral = "Trust stays what it was on the first day (.55 in the mission), and so does what residents tell."
    objection = "Trust is many things (legitimacy, fear, kinship, pay); one number for each force hides them."
    reads = ("present", "influence", "misinformation")
    writes = ("trust", "trust_police", "candour")

    def __init__(self, model):
        super().__init__(model)
        rules, state = model.parameters.trust, model.state
        households = model.population
        people = np.bincount(households.home * 3 + households.wealth, households.people, model.n * 3).reshape(-1, 3)
        total = people.sum(axis=1, keepdims=True)
        self.class_share = np.where(total > 0, people / np.maximum(total, 1), 1.0 / 3.0)
        self._alone = model.terrain.neighbours_mean(np.ones(model.n)) == 0
        state.trust[:] = state.candour[:] = self.welcome = rules.initial_mission
        state.trust_police[:] = rules.initial_police
        self.mission = np.full(model.n, rules.initial_mission)
        self.told = self.mission.copy()
        self.police = np.full(model.n, rules.initial_police)
        self.under_un = False
        self._meet()

    def step(self) -> None:
        """A day's news; once a week the talk about it."""
        model, state = self.model, self.model.state
        self._meet()
        up, down = self._feel()
        for field, falls in zip((state.trust, state.trust_police, state.candour), down, strict=True):
            bounded_step(field, up[field is state.trust_police], falls)
        if model.day % WEEK == 0:
            self._talk()
        self._mean()

    def _meet(self) -> None:
        """A UN operation meets another opinion than the mission, once, when it takes over."""
        model, rules, state = self.model, self.model.parameters.trust, self.model.state
        un = model.un_operation()
        if un == self.under_un:
            return
        shift = rules.un_operation_shift * (un - self.under_un)
        self.under_un = un
        self.welcome = min(max(self.welcome + shift, 0.0), 1.0)
        np.clip(state.trust + shift, 0.0, 1.0, out=state.trust)
        np.clip(state.candour + shift * rules.info_harm_ratio, 0.0, 1.0, out=state.candour)
        self._mean()

    def _feel(self) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Rates of rise, for (mission, police), and of fall, for (mission, police, telling); float64 (n, wealth) each."""
        model, state, rules = self.model, self.model.state, self.model.parameters.trust
        talk, news = model.parameters.information, model.expectations
        progress, _, dialogue = talk.reach()
        told = talk.heard(state.influence)
        told *= rules.engage * dialogue * model.civil_society.ownership + rules.communication * progress * (
            1.0 - state.misinformation
        )
        by_forces, by_gangs = self._harm()
        reward = rules.security_up * np.maximum(news.security, 0.0)
        span = 1.0 - rules.blame_threshold
        mission = (told + rules.blame * by_gangs * np.maximum(self.mission - rules.blame_threshold, 0.0) / span)[
            :, None
        ]
        police = (rules.blame * by_gangs * np.maximum(self.police - rules.blame_threshold, 0.0) / span)[:, None]
        common = rules.security_down * np.maximum(-news.security, 0.0) + (rules.rumour * state.misinformation)[:, None]
        harmed = model.parameters.fear.felt(rules.harm * by_forces)
        own = common + rules.disappoint * rules.loss_aversion * np.maximum(news.gap, 0.0) * model.mission_exists()
        own += (rules.passive * news.passive)[:, None]
        known = rules.abuse * 1e4 * model.compliance.known / np.maximum(state.present[: model.n], 100)
        hurt = harmed + known[0][:, None]
        falls = own + hurt, common + harmed + known[1][:, None], own + rules.info_harm_ratio * hurt
        return (reward + mission, reward + police), falls

    def _harm(self) -> tuple[np.ndarray, np.ndarray]:
        """Residents hit today per 10,000 present, by operations and by gangs, (n,) each."""
        today = self.model.ledger.today
        forces = today["residents_killed_operations"] + today["residents_injured_operations"]
        everybody = today["residents_killed"] + today["residents_injured"]
        per = 1e4 / np.maximum(self.model.state.present[: self.model.n], 100)
        return forces * per, (everybody - forces) * per

    def _talk(self) -> None:
        """Neighbours' opinions, and the first one that people come back to, weigh in."""
        state, rules = self.model.state, self.model.parameters.trust
        first = self.welcome, rules.initial_police, self.welcome
        for field, anchor in zip((state.trust, state.trust_police, state.candour), first, strict=True):
            around = np.array([self.model.terrain.neighbours_mean(column) for column in field.T.copy()]).T
            around[self._alone] = field[self._alone]
            field += rules.community * ((1.0 - rules.stubborn) * around + rules.stubborn * anchor - field)

    def _mean(self) -> None:
        """Means over wealth classes; what is told also grows with hotlines where they reach people."""
        model, state = self.model, self.model.state
        np.einsum("ij,ij->i", state.trust, self.class_share, out=self.mission)
        np.einsum("ij,ij->i", state.trust_police, self.class_share, out=self.police)
        np.einsum("ij,ij->i", state.candour, self.class_share, out=self.told)
        extra = model.parameters.trust.hotline * model.parameters.information.hotline()
        self.told *= 1.0 + extra * model.parameters.information.heard(state.influence)
        np.clip(self.told, 0.0, 1.0, out=self.told)

    def homecoming(self) -> np.ndarray:
        """How much faster (or slower) people go home than at the trust of the first day, by place, (n,)."""
        return (0.5 + 0.5 * self.mission) / (0.5 + 0.5 * self.model.parameters.trust.initial_mission)
