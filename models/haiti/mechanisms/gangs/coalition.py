"""The pact of gangs: a common threat binds it, unequal gains and lost leaders loosen it, gangs leave and join (L1-L3, M45).

Labelled addition: the seed note has no mechanics of the coalition. Threat and inequality are felt against those of the
first day, so the pact of that day stands while nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.world.contest import LARGEST
from models.haiti.world.gang_affairs import EXTORTION, TOLLS
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.same_bits import exp
from simulation.serialise.limits import Limits, amount, share

WEEK, MONTH = 7, 30


@dataclass(frozen=True)
class CoalitionParameters:
    threat: float = parameter(
        0.02, "1/day", "how fast state strength over own strength binds gangs together", bounds=(0, 1),
        prior=loguniform(0.007, 0.06), source="pact and the coming mission: acled2024",
    )  # fmt: skip
    rent: float = parameter(
        0.003, "1/day", "how fast inequality of income between gangs loosens the pact", bounds=(0, 1),
        prior=loguniform(0.001, 0.009), source="assumed: a third to three times the start; nothing measures it",
    )  # fmt: skip
    leader: float = parameter(
        0.15, "share", "cohesion lost with the leader of a gang of average size", bounds=(0, 1), prior=loguniform(0.05, 0.45),
        source="assumed: a third to three times the start; nothing measures it",
    )  # fmt: skip
    noise: float = parameter(
        0.003, "sd/day^.5", "chance movements of cohesion", bounds=(0, 0.2), prior=loguniform(0.001, 0.01),
        source="assumed: .02 to .19 (sd) in a year",
    )  # fmt: skip
    turnover: float = parameter(
        0.2, "1/month", "gangs that think again about the pact", bounds=(0, 1), prior=uniform(0.05, 0.5),
        source="assumed: from one gang in twenty to half of them",
    )  # fmt: skip
    bond: float = parameter(
        3.0, "utility", "worth of being in, all else aside", bounds=(-10, 10), prior=uniform(1, 5),
        source="structure: christia2012, atuesta2018",
    )  # fmt: skip
    gain: float = parameter(
        3.0, "utility", "weight of the higher rents under the pact", bounds=(0, 50), prior=uniform(0, 6),
        source="assumed: from none to twice the start",
    )  # fmt: skip
    survival: float = parameter(
        5.0, "utility", "weight of help against the state", bounds=(0, 50), prior=uniform(0, 10),
        source="assumed: from none to twice the start",
    )  # fmt: skip
    autonomy: float = parameter(
        3.0, "utility", "cost of sharing decisions, by a gang's own part of all members", bounds=(0, 50), prior=uniform(0, 8),
        source="assumed: from none to nearly three times the start",
    )  # fmt: skip


class Coalition(Mechanism):
    """Cohesion week by week, membership month by month."""

    name = "coalition"
    covers = ("M45",)
    shown_by = ("gang_cohesion", "gang_members_in_pact_share")
    neutral = "Cohesion stays `gang.cohesion` and every gang keeps to its side."
    objection = "Alliances are made by persons and places, not by averages over a city."
    equations = (
        "threat = Σ state_strength / Σ (members · gang.available · affairs.arms_worth · affairs.coordination)",
        "pull = coalition.threat · threat · (1 - affairs.cohesion) - coalition.rent · unequal · affairs.cohesion",
        "unequal = politics.rivalry · Gini coefficient of income by extortion and tolls, of gangs with members",
        "change = 7 · (pull - pull on the first day) + √7 · coalition.noise · Normal(0, 1)",
        "every 7 days: affairs.cohesion ← affairs.cohesion · shaken + change, cut to 0 to 1",
        "shaken = max(0, 1 - coalition.leader · affairs.leaders_lost)",
        "every 30 days a gang of a coalition thinks again if U < coalition.turnover",
        "then it is in the pact if U < 1 / (1 + exp(-worth))",
        "worth = coalition.bond + rents + coalition.survival · threat · (1 - part) - coalition.autonomy · part",
        "part = members / Σ members",
        "rents = coalition.gain · economy.coalition_markup · affairs.cohesion",
        "affairs.pact = min(1, affairs.cohesion · part of members in the pact / that of the first day)",
    )
    reads = (
        "members", "state_strength", "affairs.arms_worth", "affairs.coordination", "affairs.revenue", "politics.rivalry",
    )  # fmt: skip
    writes = ("affairs.allied", "affairs.cohesion", "affairs.leaders_lost", "affairs.pact")
    limits = Limits({"still": amount(-1e6, 1e6, nan=True), "allied_at_start": share()})

    def __init__(self, model):
        super().__init__(model)
        self.still = float("nan")  # the pull on the first day, which counts as none
        self.allied_at_start = self._allied_share()

    def step(self) -> None:
        model, affairs, rules = self.model, self.model.affairs, self.model.parameters.coalition
        if model.day == 1:
            self.still = self._pull()
        if model.day % WEEK == 0:
            change = WEEK * (self._pull() - self.still) + WEEK**0.5 * rules.noise * self.roll().normal()
            shaken = max(0.0, 1.0 - rules.leader * affairs.leaders_lost)
            affairs.cohesion = min(1.0, max(0.0, affairs.cohesion * shaken + change))
            affairs.leaders_lost = 0.0
        if model.day % MONTH == 0:
            self._think_again()
        if model.day % WEEK == 0 or model.day % MONTH == 0:
            self.publish()

    def break_up(self, level: float) -> None:
        """The pact breaks up today; `level` of cohesion is left (nothing happens if the rule is off)."""
        if not self.on:
            return
        self.model.affairs.cohesion = level
        self.model.ledger.incident(self.model.day, "pact broken", -1, "", "The pact between the gangs breaks up")
        self.publish()

    def publish(self) -> None:
        """Cohesion over all gangs: that inside the pact, by the part of members who are still in it."""
        share = self._allied_share() / self.allied_at_start if self.allied_at_start > 0 else 1.0
        self.model.affairs.pact = min(1.0, self.model.affairs.cohesion * share)

    def _allied_share(self) -> float:
        members = self.model.state.members.sum(axis=1)
        return float(members[self.model.affairs.allied].sum() / max(1, members.sum()))

    def threat(self) -> float:
        """State strength over gang strength, person-equivalents on both sides; 0 without gangs."""
        model = self.model
        own = float((model.state.members.sum(axis=1) * model.on_call()).sum())
        return float(model.state.state_strength.sum()) / own if own > 0 else 0.0

    def _pull(self) -> float:
        """Daily drift of cohesion by threat and by inequality of income from territory, less where the state is weak."""
        model, rules = self.model, self.model.parameters.coalition
        living = model.state.members.sum(axis=1) > 0
        rents = model.affairs.revenue[[EXTORTION, TOLLS]].sum(axis=0)[living]
        together = model.affairs.cohesion
        unequal = gini(rents) * model.politics.rivalry
        return rules.threat * self.threat() * (1.0 - together) - rules.rent * unequal * together

    def _think_again(self) -> None:
        """Gangs leave or join by a logit of gain, survival and autonomy."""
        model, affairs, rules = self.model, self.model.affairs, self.model.parameters.coalition
        members = model.state.members.sum(axis=1)
        part = members / max(1, int(members.sum()))
        rents = rules.gain * model.parameters.economy.coalition_markup * affairs.cohesion
        worth = rules.bond + rents + rules.survival * self.threat() * (1.0 - part) - rules.autonomy * part
        inside = 1.0 / (1.0 + exp(np.minimum(-worth, LARGEST)))
        for gang in np.flatnonzero(members).tolist():
            luck = self.roll(gang, "side")
            if model.gangs[gang].coalition and luck.uniform() < rules.turnover:
                affairs.allied[gang] = luck.uniform() < inside[gang]


def gini(values: np.ndarray) -> float:
    """Gini coefficient of values >= 0: 0 all equal, towards 1 one has everything; 0 if nothing is there."""
    n, total = values.size, float(values.sum())
    if n == 0 or total <= 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float(2.0 * (ranks * np.sort(values)).sum() / (n * total) - (n + 1) / n)
