"""Self-defence groups: residents take up arms against gangs, and kill people they suspect (labelled addition; Y1).

Not in the seed note, and off without `self_defence.active`, which is on by default. Epstein's rule (epstein2002) on the people
of a neighbourhood: grievance is fear where the police is not trusted; it must outweigh the risk that gangs strong on the spot
mean to those who join.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.passes.harm import attack_suspects
from models.haiti.passes.people import arm_residents
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform

EPSTEIN = 2.3  # makes the perceived risk .9 when strength and members are equal


@dataclass(frozen=True)
class SelfDefenceParameters:
    active: bool = parameter(
        True, "", "whether residents form self-defence groups", status="policy",
        source="labelled addition; they do since April 2023: 388 killed by them in five months (sgreport2023)",
    )  # fmt: skip
    threshold: float = parameter(
        0.02, "share", "grievance less risk from which people join", bounds=(-1, 1), prior=uniform(-0.02, 0.15),
        source="form: epstein2002",
    )  # fmt: skip
    caution: float = parameter(
        0.3, "ratio", "weight of the perceived risk", bounds=(0, 5), prior=uniform(0.1, 0.8),
        source="assumed: from hardly any caution to nearly as much as grievance",
    )  # fmt: skip
    share: float = parameter(
        0.01, "share of residents", "who join where the threshold is passed", bounds=(0, 0.5), prior=loguniform(0.003, 0.03),
        source="assumed: from 3 to 30 in 1,000",
    )  # fmt: skip
    rise: float = parameter(
        0.05, "1/day", "how fast groups form and dissolve", bounds=(0, 1), prior=uniform(0.02, 0.2),
        source="assumed: half formed after three days to five weeks",
    )  # fmt: skip
    worth: float = parameter(
        0.01, "person-equivalents", "what a member adds to the community's strength", bounds=(0, 2),
        prior=loguniform(0.002, 0.05),
        source="assumed: 2 to 50 thousandths; they kill hundreds a year, and no district was safe for long because of them",
    )  # fmt: skip
    victims: float = parameter(
        0.003, "1/(member day)", "people attacked as suspects", bounds=(0, 1), prior=loguniform(0.001, 0.01),
        source="binuh2024q4: 268 killed by such groups in a quarter",
    )  # fmt: skip
    identification: float = parameter(
        0.7, "probability", "chance that a suspect is in a gang", bounds=(0, 1), prior=uniform(0.4, 0.9),
        source="assumed: from two in five to nine in ten",
    )  # fmt: skip
    reprisal: float = parameter(
        0.3, "residents/victim", "residents hit in reprisal for a gang member attacked", bounds=(0, 20), prior=uniform(0, 1),
        source="assumed: from none to a resident for each",
    )  # fmt: skip


class SelfDefence(Mechanism):
    """Groups form and dissolve, add to what the community opposes to gangs, attack suspects, and draw reprisals."""

    name = "self_defence"
    shown_by = ("self_defenders", "residents_killed_self_defence")
    neutral = "There are no self-defence groups."
    objection = "Groups work with or against the police by place, and turn into gangs themselves; that is left out."
    equations = (
        "while self_defence.active: risk = 1 - exp(-2.3 · gang_presence / (self_defenders + 1))",
        "will = [fear · (1 - trust in the police) - self_defence.caution · risk > self_defence.threshold]",
        "no will where gangs rule, or where gang_presence is 0",
        "self_defenders ← self_defenders + rise · (self_defence.share · will · present - self_defenders)",
        "rise = self_defence.rise, 1 on day 1",
        "community ← community + self_defence.worth · self_defenders",
        "suspects ~ Poisson(self_defence.victims · Σ self_defenders), a place drawn by self_defenders",
        "if U < self_defence.identification, a member here or next door is hit, and Poisson(self_defence.reprisal) residents",
        "otherwise a resident here is hit",
    )
    reads = ("gang_presence", "label", "present", "facilities.care", "population.fear")
    writes = ("community", "members", "self_defenders", "ledger.harm")
    uses = ("trust",)

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.self_defence
        if not rules.active:
            return
        groups = model.self_defenders
        here = state.gang_presence, model.trust.mean[1], state.label, state.present
        rise = 1.0 if model.day == 1 else rules.rise  # those of the first day are there already
        will = rules.caution, rules.threshold, rules.share, rise, EPSTEIN
        arm_residents(groups, model.population.fear.field, *here, *will, rules.worth, state.community)
        luck, harm = self.roll(), model.harm
        if harm.plain and getattr(self._attack, "__func__", None) is AS_WRITTEN:  # all in one pass, as below
            rates, city = (rules.victims, rules.identification, rules.reprisal), (state.members, state.present)
            counts = *harm.counts(self.name), harm.counts("assaults")[1]
            starts, neighbours, _ = model.terrain.land
            luck.through(attack_suspects, groups, *rates, *city, starts, neighbours, *counts, model.killed_share())
            return
        for _ in range(luck.poisson(rules.victims * float(groups.sum()))):
            self._attack(luck.choice(groups), luck)

    def _attack(self, place: int, luck) -> None:
        """Somebody is taken for a gang member; those who come from next door count as well."""
        model, rules = self.model, self.model.parameters.self_defence
        around = [*model.terrain.neighbours(place).tolist(), place]
        members = model.state.members[:, around].sum(axis=0)
        if luck.uniform() < rules.identification and members.any():
            origin = around[luck.choice(members.astype(float))]
            model.harm.gang_members(origin, 1, self.name, luck)
            model.harm.residents(place, luck.poisson(rules.reprisal), "assaults", luck)
        else:
            model.harm.residents(place, 1, self.name, luck)


AS_WRITTEN = SelfDefence._attack
"""What the pass does; a method that somebody puts in its place is called instead."""
