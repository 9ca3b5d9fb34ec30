"""Government: how firm it is decides what the police, the gangs, donors and the mission make of it (U4, M55).

Police are paid or leave, forces work together, leaders are pursued; gangs share what a weak state leaves, or fall out; donors
pay a partner; contributing countries and the Council ask whether there is a host.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform

MONTH = 30


@dataclass(frozen=True)
class GovernmentParameters:
    stability: float = parameter(
        0.5, "share", "stability of the transitional government on the first day", bounds=(0.01, 1), prior=uniform(0.3, 0.7),
        source="assumed: the middle of an index that nobody measures, and a fifth to each side",
    )  # fmt: skip
    persistence: float = parameter(
        0.98, "1/month", "part of a deviation that is left a month later", bounds=(0, 1), prior=uniform(0.9, 0.99),
        source="assumed: half of a deviation is gone after seven months to six years",
    )  # fmt: skip
    shock: float = parameter(
        0.03, "sd/month", "chance changes of stability", bounds=(0, 1), prior=uniform(0.01, 0.1),
        source="assumed: from hardly any to a fifth of the first day's",
    )  # fmt: skip
    pay: float = parameter(
        0.5, "-", "rise of police attrition when stability falls, in parts of the first day's", bounds=(0, 5),
        prior=uniform(0, 1.5), source="assumed: from no effect to one and a half times the fall",
    )  # fmt: skip
    joint_work: float = parameter(
        0.3, "-", "fall of the coordination of forces likewise", bounds=(0, 1), prior=uniform(0, 0.6),
        source="assumed: from no effect to over half of the fall",
    )  # fmt: skip
    prosecution: float = parameter(
        1.0, "-", "fall of efforts against leaders of gangs likewise", bounds=(0, 1), prior=uniform(0.3, 1),
        source="assumed: from a third of the fall to all of it",
    )  # fmt: skip
    offensives: float = parameter(
        2.0, "-", "rise of how soon gangs go on the offensive, likewise", bounds=(0, 20), prior=uniform(0, 4),
        source="assumed: 0 to 4 times the fall; one began on 29 February 2024, the head of government abroad and contested",
    )  # fmt: skip
    patrons: float = parameter(
        0.5, "-", "rise of patrons' money for gangs likewise", bounds=(0, 5), prior=uniform(0, 1),
        source="assumed: from no effect to as much as the fall",
    )  # fmt: skip
    cohesion: float = parameter(
        0.5, "-", "fall of how fast unequal income loosens the pact of gangs likewise: a weak state leaves something to share",
        bounds=(0, 1), prior=uniform(0, 1), source="assumed: from no effect to as much as the fall; direction: acled2024",
    )  # fmt: skip
    donors: float = parameter(
        0.5, "-", "fall of what donors pay of their pledges, and of pledges that an appeal finds, likewise", bounds=(0, 5),
        prior=uniform(0, 1), source="assumed: from no effect to as much as the fall: donors wait for a partner",
    )  # fmt: skip
    ownership: float = parameter(
        0.5, "-", "fall of how far civil society owns the mission likewise", bounds=(0, 5), prior=uniform(0, 1),
        source="assumed: from no effect to as much as the fall",
    )  # fmt: skip
    partner: float = parameter(
        0.8, "share", "stability at which the host is a full partner, in parts of the first day's", bounds=(0.01, 1),
        prior=uniform(0.5, 1), source="assumed: from half to all of it; direction: trt2024mar",
    )  # fmt: skip
    progress: bool = parameter(
        True, "", "political progress is possible; if not, stability sinks and only bad news counts", status="policy",
        source="study factor: a run without political progress",
    )  # fmt: skip
    stalled: float = parameter(
        0.25, "share", "stability towards which it sinks without progress", bounds=(0, 1), prior=uniform(0.1, 0.4),
        source="assumed: from near collapse to just below the first day's",
    )  # fmt: skip
    sinking: float = parameter(
        0.08, "1/month", "how fast it sinks without progress", bounds=(0, 1), prior=uniform(0.03, 0.2),
        source="assumed: half of the way in three months to two years",
    )  # fmt: skip


class Government(Mechanism):
    """Stability by the month, and the factors that follow from it."""

    name = "government"
    covers = ("M55",)
    shown_by = ("government_stability", "consent", "donor_confidence")
    neutral = "Stability stays that of the first day, all factors stay 1, and the host consents in full."
    objection = "One number for a government hides who holds which ministry."
    equations = (
        "every 30 days: stability ← stability + (1 - government.persistence) · missing · pace + shock, cut to 0 to 1",
        "missing = politics.target + politics.backing - stability; pace = politics.pace where missing > 0, else 1",
        "shock = government.shock · Normal(0, 1); politics.target and stability at first: government.stability",
        "without government.progress: stability ← stability + government.sinking · gap + min(0, shock)",
        "gap = min(0, government.stalled - stability)",
        "change = stability / government.stability - 1",
        "politics.police_attrition = 1 - government.pay · change; politics.coordination = 1 + government.joint_work · change",
        "politics.prosecution = 1 + government.prosecution · change; politics.offensives = 1 - government.offensives · change",
        "politics.patrons = 1 - government.patrons · change; politics.rivalry = 1 + government.cohesion · change",
        "politics.donors = 1 + government.donors · change; politics.ownership = 1 + government.ownership · change",
        "no factor is below 0",
        "politics.consent = (1 + change + politics.voice) / government.partner, cut to 0 to 1",
    )
    reads = ("politics.backing", "politics.pace", "politics.target", "politics.voice")
    writes = (
        "politics.consent", "politics.coordination", "politics.donors", "politics.offensives", "politics.ownership",
        "politics.patrons", "politics.police_attrition", "politics.prosecution", "politics.rivalry", "politics.stability",
    )  # fmt: skip

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.government
        if model.day % MONTH == 0:
            politics, shock = model.politics, rules.shock * self.roll().normal()
            if rules.progress:
                missing = politics.target + politics.backing - politics.stability
                speed = min(1.0, (1.0 - rules.persistence) * (politics.pace if missing > 0 else 1.0))
                stability = politics.stability + speed * missing + shock
            else:
                gap = min(0.0, rules.stalled - politics.stability)
                stability = politics.stability + rules.sinking * gap + min(0.0, shock)
            politics.stability = min(1.0, max(0.0, stability))
            self.publish()

    def fall(self, level: float) -> None:
        """The government falls today; `level` of stability is left (nothing happens if the rule is off)."""
        if not self.on:
            return
        self.model.politics.stability = level
        self.model.ledger.incident(self.model.day, "government falls", -1, "government", "The government falls")
        self.publish()

    def publish(self) -> None:
        """Factors from stability against that of the first day, never below 0; and whether there is a host that consents."""
        politics, rules = self.model.politics, self.model.parameters.government
        change = politics.stability / rules.stability - 1.0
        politics.police_attrition = max(0.0, 1.0 - rules.pay * change)
        politics.coordination = max(0.0, 1.0 + rules.joint_work * change)
        politics.prosecution = max(0.0, 1.0 + rules.prosecution * change)
        politics.offensives = max(0.0, 1.0 - rules.offensives * change)
        politics.patrons = max(0.0, 1.0 - rules.patrons * change)
        politics.rivalry = max(0.0, 1.0 + rules.cohesion * change)
        politics.donors = max(0.0, 1.0 + rules.donors * change)
        politics.ownership = max(0.0, 1.0 + rules.ownership * change)
        politics.consent = min(1.0, max(0.0, (1.0 + change + politics.voice) / rules.partner))
