"""Mentoring: people of the mission work beside the police, whose quality rises slowly and fades without them (M27, C5)."""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.world.state import TASKS
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform

MENTOR = TASKS.index("mentor")


@dataclass(frozen=True)
class MentoringParameters:
    rate: float = parameter(
        0.002, "1/day", "part of the gap to the best quality closed in a day when there are mentors enough", bounds=(0, 1),
        prior=loguniform(0.0005, 0.01), source="assumed: half of the gap closed in ten weeks to four years",
    )  # fmt: skip
    ratio: float = parameter(
        20.0, "police/mentor", "police whom one mentor on shift (in person-equivalents) can work with", bounds=(0, 1000),
        prior=uniform(5, 40), source="assumed: from a patrol to half a company",
    )  # fmt: skip
    best: float = parameter(
        0.8, "person-equivalents", "quality that mentoring leads towards, if it is above the first one", bounds=(0, 5),
        prior=uniform(0.6, 1.2), source="assumed: from the quality of the first day to a little above the mission's",
    )  # fmt: skip
    fading: float = parameter(
        0.0005, "1/day", "part of what was gained that is lost in a day", bounds=(0, 1), prior=loguniform(0.0001, 0.002),
        source="assumed: half forgotten after one to nineteen years",
    )  # fmt: skip


class Mentoring(Mechanism):
    """One day of learning and forgetting of the police as a whole."""

    name = "mentoring"
    covers = ("M27",)
    shown_by = ("police_quality",)
    neutral = "The quality of the police stays force.quality_police."
    objection = "Officers who were mentored leave, and commanders decide what is used: quality is not one number."
    equations = (
        "covered = min(1, mentoring.ratio · mentors / police), mentors = usable people of the mission · share of mentor",
        "gap = max(0, mentoring.best - force.quality_police - cooperation.learnt)",
        "cooperation.learnt ← cooperation.learnt + mentoring.rate · covered · gap - mentoring.fading · cooperation.learnt",
    )
    reads = (
        "command.shares", "forces.units", "mission.equipment", "mission.suspended", "pool.arrears_days", "pool.supply",
    )  # fmt: skip
    writes = ("cooperation.learnt",)
    uses = ("support",)

    def step(self) -> None:
        model, rules, joint = self.model, self.model.parameters.mentoring, self.model.cooperation
        police = model.forces.strength("police")
        mentors = model.forces.usable("mission") * float(model.forces.task_shares("mission")[MENTOR])
        covered = min(1.0, rules.ratio * mentors / police) if police > 0 else 0.0
        gap = max(rules.best - model.police_quality(), 0.0)
        joint.learnt += rules.rate * covered * gap - rules.fading * joint.learnt
