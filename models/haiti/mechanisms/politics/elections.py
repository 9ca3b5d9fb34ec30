"""Elections: where a vote could be held and who would go, what it stirs up too early, and what it leaves (U1-U3, M49)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.world.state import CONTESTED, GANG, STATE
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.same_bits import weighted_sum

WEEK, MONTH = 7, 30


@dataclass(frozen=True)
class ElectionParameters:
    day: int = parameter(
        -1, "day of the run", "day of the vote; -1: none", bounds=(-1, 10_000), status="policy",
        source="the transition was to end on 7 February 2026",
    )  # fmt: skip
    observers: float = parameter(
        0.0, "share", "polling places with observers, at home and from abroad", bounds=(0, 1), status="policy",
        source="stands for missions of observers; 0 is none",
    )  # fmt: skip
    observer_effect: float = parameter(
        0.2, "share", "how much observers everywhere damp the pulse", bounds=(0, 1), prior=uniform(0, 0.4),
        source="assumed: from none to two fifths",
    )  # fmt: skip
    ready: float = parameter(
        0.6, "index", "readiness from which a vote stirs up nothing", bounds=(0, 1), prior=uniform(0.4, 0.75),
        source="assumed: from under half to three quarters of all that a vote needs",
    )  # fmt: skip
    pulse: float = parameter(
        0.6, "ratio per index", "rise of violence and patronage at the vote by missing readiness", bounds=(0, 20),
        prior=uniform(0.2, 1.5), source="direction: brancati2013",
    )  # fmt: skip
    window: int = parameter(
        60, "days", "time before and after the vote in which it shows", bounds=(1, 365), prior=uniform(30, 90),
        source="assumed: one to three months on each side",
    )  # fmt: skip
    aftermath: float = parameter(
        0.5, "share per index", "lasting change of stability by readiness above or below what is needed", bounds=(0, 5),
        prior=uniform(0.1, 1), source="assumed: from a tenth of what is missing to all of it",
    )  # fmt: skip
    legitimacy: float = parameter(
        0.1, "share", "lasting gain of stability from any vote, by its legitimacy", bounds=(0, 1), prior=uniform(0, 0.2),
        source="assumed: from none to a fifth; turnout makes a vote legitimate: charlemagne2016",
    )  # fmt: skip
    away: float = parameter(
        0.3, "share", "people in sites and with hosts who are registered where they live now", bounds=(0, 1),
        prior=uniform(0, 0.6), source="assumed: from nobody, as registers go by home, to three in five after a campaign for it",
    )  # fmt: skip
    distrust: float = parameter(
        0.5, "share", "people without any trust in the police who do not go to a polling place that it guards", bounds=(0, 1),
        prior=uniform(0.2, 0.8), source="assumed: from one in five to four in five",
    )  # fmt: skip


class Elections(Mechanism):
    """Readiness, places to vote and turnout by the month; around a vote, how far patrons and gangs stir."""

    name = "elections"
    covers = ("M49",)
    shown_by = ("election_readiness", "polling_possible", "turnout_possible", "election_pulse", "legitimacy")
    neutral = "Readiness, places to vote and turnout stay 0, no vote is held, nobody stirs."
    objection = "Law, registers and parties decide whether a vote can be held, more than security does."
    equations = (
        "politics.readiness = (out · ways · registered · trusted · politics.stability · secure)^(1/6)",
        "looked at on day 1, every 30 days and on election.day; p: part of the capital's people before displacement",
        "out = 1 - Σ p · influence; ways = (Σ p · [not gang-held])²; registered = 1 - min(1, displaced / people)",
        "trusted = Σ p · trust in the police; secure = Σ p · [state-held]",
        "open = 1 where state-held, the part of hold.requirement that is met where contested, else 0",
        "politics.polling = Σ p · open; politics.turnout = Σ open · voters · (1 - fear) · willing / people",
        "voters = people at home + election.away · (people in sites and with hosts), of a neighbourhood",
        "willing = 1 - election.distrust · (1 - trust in the police)",
        "near = max(0, 1 - |day - election.day| / election.window)",
        "rise = election.pulse · max(0, election.ready - politics.readiness) · near · damped",
        "damped = 1 - election.observer_effect · election.observers",
        "politics.patron_demand = politics.aggression = 1 + rise, every 7 days and on election.day",
        "on election.day: politics.legitimacy = √(politics.readiness · politics.turnout)",
        "politics.stability and politics.target ← each + change, cut to 0 to 1",
        "change = election.legitimacy · politics.legitimacy + election.aftermath · (politics.readiness - election.ready)",
    )
    reads = (
        "at_home", "away", "in_sites", "influence", "label", "present", "state_strength", "with_hosts", "population.fear",
    )  # fmt: skip
    writes = (
        "politics.aggression", "politics.legitimacy", "politics.patron_demand", "politics.polling", "politics.readiness",
        "politics.stability", "politics.target", "politics.turnout",
    )  # fmt: skip
    uses = ("trust",)

    def step(self) -> None:
        model, politics, rules = self.model, self.model.politics, self.model.parameters.election
        if model.day == 1 or model.day % MONTH == 0 or model.day == rules.day:
            politics.readiness = self.readiness()
            politics.polling, politics.turnout = self.voting()
        if model.day % WEEK == 0 or model.day == rules.day:
            rise = self._pulse() if rules.day >= 0 else 0.0
            politics.patron_demand = politics.aggression = 1.0 + rise
        if model.day == rules.day:
            self._vote()

    def _pulse(self) -> float:
        """Highest on the day, nothing beyond the window: missing readiness, damped by observers."""
        rules = self.model.parameters.election
        near = max(0.0, 1.0 - abs(self.model.day - rules.day) / rules.window)
        missing = max(0.0, rules.ready - self.model.politics.readiness)
        return rules.pulse * missing * near * (1.0 - rules.observer_effect * rules.observers)

    def _vote(self) -> None:
        model, politics, rules = self.model, self.model.politics, self.model.parameters.election
        politics.legitimacy = (politics.readiness * politics.turnout) ** 0.5
        change = rules.legitimacy * politics.legitimacy + rules.aftermath * (politics.readiness - rules.ready)
        for name in ("stability", "target"):
            setattr(politics, name, min(1.0, max(0.0, getattr(politics, name) + change)))
        model.ledger.incident(model.day, "election", -1, "government", "The country votes")

    def readiness(self) -> float:
        """Geometric mean of six shares, 0 to 1: any of them at 0 makes a vote impossible."""
        return float(np.prod(list(self.parts().values())) ** (1.0 / 6.0))

    def voting(self) -> tuple[float, float]:
        """Where a vote could be held, and who could and would go in a country that votes when it can; shares of people."""
        model, state, rules = self.model, self.model.state, self.model.parameters.election
        guarded = (state.label == CONTESTED) * model.forces.enough(state.state_strength)
        open_ = (state.label == STATE) + guarded
        voters = state.at_home + rules.away * (state.in_sites + state.with_hosts)
        dare = 1.0 - np.clip(model.population.fear.field[: model.n, 0], 0.0, 1.0)
        willing = 1.0 - rules.distrust * (1.0 - model.trust.mean[1])
        turnout = weighted_sum(voters, open_ * dare * willing) / max(1, model.initial_people)
        return min(1.0, weighted_sum(self._people(), open_)), min(1.0, turnout)

    def _people(self) -> np.ndarray:
        """Parts of the capital's people before displacement, (n,)."""
        people = self.model.city.population * self.model.city.metropolitan
        return people / max(1, people.sum())

    def parts(self) -> dict[str, float]:
        """What readiness is made of; people are those of the capital before displacement."""
        model, state = self.model, self.model.state
        people = self._people()
        displaced = model.displaced_people() / max(1, model.initial_people)
        return {
            "out of gang rule": 1.0 - weighted_sum(people, state.influence),
            "ways open": weighted_sum(people, state.label != GANG) ** 2,
            "can be registered": 1.0 - min(1.0, displaced),
            "trust in police": weighted_sum(people, model.trust.mean[1]),
            "stability": model.politics.stability,
            "polling places secure": weighted_sum(people, state.label == STATE),
        }
