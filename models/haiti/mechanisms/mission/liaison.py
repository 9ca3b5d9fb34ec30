"""Liaison: real-time communication between mission, police and army makes joint action work better (M19, M20).

It takes months to set up, costs goods in kind, and buys coordination, knowledge of who is who, and time.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, share


@dataclass(frozen=True)
class LiaisonParameters:
    effort: float = parameter(
        0.0, "share", "liaison officers, radios and a joint operations room: 0 as at the start, 1 all that helps",
        bounds=(0, 1), status="policy", source="seed2024: real-time communication with the armed forces",
    )  # fmt: skip
    gain: float = parameter(
        0.5, "share", "part of what is missing to full coordination that full effort closes", bounds=(0, 1),
        prior=uniform(0.1, 0.8), source="assumed: from a tenth to four fifths",
    )  # fmt: skip
    identification: float = parameter(
        0.2, "share", "part of the errors about who is who that full effort removes", bounds=(0, 1), prior=uniform(0, 0.4),
        source="assumed: from none to two fifths",
    )  # fmt: skip
    setup: float = parameter(
        90.0, "days", "time in which liaison comes to 63 % of what the effort allows", bounds=(1, 2000), prior=uniform(30, 180),
        source="assumed: one to six months",
    )  # fmt: skip
    cost: float = parameter(
        5e6, "USD/year", "full effort, paid in kind once people are fed", bounds=(0, 1e9), prior=loguniform(2e6, 2e7),
        source="assumed: what 10 to 100 people of the mission cost, pay and supply",
    )  # fmt: skip


@kept
@dataclass
class Cooperation:
    """How forces work together. liaison: 0 to 1, what is set up and paid for; coordination (C3) follows it.

    clarity: part of identification errors removed by liaison. learnt: person-equivalents that mentors added to an officer.
    """

    limits = Limits({"liaison": share(), "clarity": share(), "learnt": amount(0, 100)})

    liaison: float = 0.0
    clarity: float = 0.0
    learnt: float = 0.0


class Liaison(Mechanism):
    """Pays for today's effort; liaison follows what could be paid."""

    name = "liaison"
    covers = ("M19", "M20")
    shown_by = ("coordination", "joint_operations")
    neutral = "Coordination stays at force.coordination and identification as without liaison."
    objection = "Joint rooms work by rank, language and trust between officers, not by money alone."
    equations = (
        "due = liaison.effort · liaison.cost / 365 while there is a mission; paid = min(due, pool.in_kind)",
        "paid / due counts as 1 with deployment.forced",
        "cooperation.liaison ← cooperation.liaison + (liaison.effort · paid / due - cooperation.liaison) / liaison.setup",
        "cooperation.clarity = liaison.identification · cooperation.liaison",
        "coordination = min(1, (a + liaison.gain · cooperation.liaison · (1 - a)) · politics.coordination)",
        "a = force.coordination",
    )
    reads = ("forces.units",)
    writes = ("cooperation.clarity", "cooperation.liaison", "pool.in_kind", "pool.paid_logistics")

    def step(self) -> None:
        model, rules, joint = self.model, self.model.parameters.liaison, self.model.cooperation
        if rules.effort == 0.0 and joint.liaison == 0.0:
            return
        due = rules.effort * rules.cost / 365.0 if model.forces.deployed() else 0.0
        paid = min(due, model.pool.in_kind)
        model.pool.in_kind -= paid
        model.pool.paid_logistics += paid
        forced = model.parameters.deployment.forced  # such a mission brings along what it needs
        reached = rules.effort * (paid / due if due > 0 and not forced else float(model.forces.deployed() > 0))
        joint.liaison += (reached - joint.liaison) / max(rules.setup, 1.0)
        joint.clarity = rules.identification * joint.liaison
