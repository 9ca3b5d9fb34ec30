"""Gang assaults and raids: all intentions of the morning are resolved at once, place by place (M43, M45).

One place attacked by several allied gangs meets their strengths added up. Harm to residents is massacre-tailed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.agents.gang import AS_WRITTEN, Assault, Gang, Raid
from models.haiti.passes.luck import bring_strength, find_opportunities, streams
from models.haiti.world.contest import chance, expected_rate
from models.haiti.world.state import GANG
from simulation.dice import Stream, day_key
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.limits import Limits, floats, maybe, row


@dataclass(frozen=True)
class GangParameters:
    members: int = parameter(
        6500, "people", "members in the capital area at the start", bounds=(0, 50_000), prior=uniform(5000, 8000),
        source="5,500-12,000 nationally is quoted and soft (gangs.csv)",
    )  # fmt: skip
    act_rate: float = parameter(
        0.06, "1/(1,000 members day)", "opportunities to attack that are weighed, at the mean of offensives and lulls",
        bounds=(0, 5), prior=loguniform(0.02, 0.18), source="about fifteen neighbourhoods a year fall (control_events.csv)",
    )  # fmt: skip
    raid_rate: float = parameter(
        0.06, "1/(1,000 members day)", "chance of a raid without taking ground, at the mean of offensives and lulls",
        bounds=(0, 5), prior=loguniform(0.03, 0.12), source="as terror, only their product is known: binuh2024q3",
    )  # fmt: skip
    allocation: float = parameter(
        0.35, "share", "members next to a target who join an assault", bounds=(0, 1), prior=uniform(0.15, 0.6),
        source="assumed: from one in seven to three in five who go along",
    )  # fmt: skip
    support: float = parameter(
        0.5, "share", "strength that allies next to a target lend, at full cohesion", bounds=(0, 1), prior=uniform(0.2, 0.8),
        source="assumed: from a fifth to four fifths of an attacker of one's own",
    )  # fmt: skip
    cohesion: float = parameter(
        0.7, "share", "how far the coalition acts as one on the first day", bounds=(0, 1), prior=uniform(0.55, 0.85),
        source="labelled addition; from 29 February 2024 cohesive (nycaribgitoc2024)",
    )  # fmt: skip
    arms: float = parameter(
        0.6, "share", "worth of a member with the arms at hand on the first day", bounds=(0, 1), prior=uniform(0.3, 0.9),
        source="assumed: from hardly a weapon to one for nearly all",
    )  # fmt: skip
    available: float = parameter(
        0.5, "share", "members at hand at an hour, armed, where they belong (forces have a shift, gangs have this)",
        bounds=(0.01, 1), prior=uniform(0.3, 0.8),
        source="assumed: from a third to four fifths; nobody has counted those at hand",
    )  # fmt: skip
    terror: float = parameter(
        0.0005, "share of residents", "residents harmed in an assault (mean; shape 1/2)", bounds=(0, 1),
        prior=loguniform(0.0003, 0.001), source="gangs killed half of the 1,223 of July to September 2024: binuh2024q3",
    )  # fmt: skip
    raid_terror: float = parameter(
        0.25, "ratio", "harm of a raid against that of an assault", bounds=(0, 5), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half",
    )  # fmt: skip
    raid_alarm: float = parameter(
        0.25, "captures", "alarm of residents at a raid, in captures", bounds=(0, 5), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half of a capture",
    )  # fmt: skip
    repelled_alarm: float = parameter(
        0.5, "captures", "alarm at an assault that fails, in captures", bounds=(0, 5), prior=uniform(0.2, 1),
        source="assumed: from a fifth of a capture to a whole one",
    )  # fmt: skip
    settle: float = parameter(
        0.5, "share", "attackers who stay in a place they took", bounds=(0, 1), prior=uniform(0.2, 0.8),
        source="assumed: from one in five to four in five",
    )  # fmt: skip
    captured_influence: float = parameter(
        0.75, "influence", "gang influence right after a capture", bounds=(0.65, 1), prior=uniform(0.65, 0.9),
        source="assumed: from just gang-held to as firm as an old home",
    )  # fmt: skip
    gain: float = parameter(
        4.0, "utility", "worth of taking the largest neighbourhood for sure", bounds=(0, 50), prior=uniform(2, 8),
        source="assumed: half to twice the start, in units of choice_scale",
    )  # fmt: skip
    loss_aversion: float = parameter(
        3.0, "utility", "cost of failing for sure", bounds=(0, 50), prior=uniform(1, 8),
        source="assumed: a third to nearly three times the start, in units of choice_scale",
    )  # fmt: skip
    home_bonus: float = parameter(
        1.0, "utility", "added worth of a home or of a place lost to an operation", bounds=(0, 20), prior=uniform(0, 3),
        source="assumed: from none to three quarters of the gain",
    )  # fmt: skip
    choice_scale: float = parameter(
        1.0, "utility", "how loosely a gang follows what an attack is worth to it", bounds=(0.01, 20), prior=uniform(0.3, 2),
        source="form: mcfadden1974, a logit",
    )  # fmt: skip
    retaliation: float = parameter(
        1.0, "ratio", "how many more raids a gang plans right after an operation against it", bounds=(0, 20),
        prior=loguniform(0.3, 3), source="direction: osorio2015, dell2015",
    )  # fmt: skip
    retaliation_days: float = parameter(
        14.0, "days", "time in which that falls to 1/e", bounds=(0.5, 365), prior=uniform(7, 30),
        source="assumed: one week to a month",
    )  # fmt: skip
    withdraw: float = parameter(
        0.3, "share", "part of the strength on the spot below which a gang thins out and leaves", bounds=(0, 1),
        prior=uniform(0.1, 0.5), source="direction: ganthier2024, gone before the convoy came",
    )  # fmt: skip
    foresight: float = parameter(
        1.0, "-", "weight of what follows: how likely the mobile force takes the place back (0: gangs do not look ahead)",
        bounds=(0, 10), prior=uniform(0, 2), source="assumed: from none to the square of the odds",
    )  # fmt: skip
    belief_error: float = parameter(
        0.3, "log-sd", "error of a gang's view of the odds", bounds=(0, 2), prior=uniform(0.1, 0.6),
        source="assumed: two guesses in three within a factor of 1.1 to 1.8",
    )  # fmt: skip
    movement: float = parameter(
        0.1, "1/day", "part of the members who may move to a neighbouring place in a day", bounds=(0, 1),
        prior=uniform(0.03, 0.3), source="assumed: half of those who should move have moved after two days to three weeks",
    )  # fmt: skip
    contested_weight: float = parameter(
        0.15, "ratio", "members a gang keeps in a contested place against a held one of the same size", bounds=(0, 2),
        prior=uniform(0.05, 0.5), source="assumed: from one in twenty to half",
    )  # fmt: skip
    exit: float = parameter(
        0.0004, "1/day", "members who leave", bounds=(0, 1), prior=loguniform(0.0001, 0.002), source="form: prieto2023",
    )  # fmt: skip
    saturation: float = parameter(
        0.06, "share", "members beyond which the pool of workless young people gives none", bounds=(0.001, 1),
        prior=uniform(0.03, 0.1), source="assumed: from about the part who are members today to three times as many",
    )  # fmt: skip


class Assaults(Mechanism):
    """Collects the gangs' intentions and resolves them on the morning's state."""

    name = "assaults"
    burn_in = True
    covers = ("M24", "M43", "M45")
    shown_by = ("assaults", "raids", "places_captured")
    neutral = "Gangs neither attack nor raid."
    objection = "Gangs bargain with police, business and one another before they attack; nothing of that is here."
    equations = (
        "affairs.provoked ← affairs.provoked · exp(-1 / gang.retaliation_days); operations add to it",
        "stirred = affairs.violence · politics.aggression · affairs.tempo · members / 1000",
        "an attack is weighed if U < 1 - exp(-gang.act_rate · stirred)",
        "a raid comes if U < 1 - exp(-gang.raid_rate · (1 + gang.retaliation · affairs.provoked) · stirred)",
        "near = sum next door of members · affairs.arms_worth · affairs.coordination",
        "attack = gang.allocation · near + affairs.pact · gang.support · gang.allocation · near of the other gangs",
        "defence = clearing.defender_advantage · (state_strength + community + help)",
        "help = hold.quick_reaction (1 at the base) · command.mobile · passage.reach; 0 without a way by road",
        "believed = attack · exp(gang.belief_error · Normal(0, 1)); odds = believed / (believed + defence)",
        "ground = clearing.defender_advantage · believed / gang.allocation",
        "kept = (ground / (ground + command.mobile · passage.reach))^gang.foresight",
        "worth = gang.gain · odds · kept · (0.5 + 0.5 · present / most present) - gang.loss_aversion · (1 - odds) + home",
        "home = gang.home_bonus at a home or a place lost to an operation",
        (
            "open to attack: lived-in places next to its members that gangs do not hold, and those of rivals if U < 1 - "
            "affairs.pact"
        ),
        "one of them, drawn by members next to it, is attacked if U < 1 / (1 + exp(-worth / gang.choice_scale))",
        "a raid goes to one of them, drawn by present + 1",
        "taken if U < A^m / (A^m + defence^m), A = Σ attack of the gangs that come, m = control.exponent",
        "residents hit ~ Poisson(gang.terror · present · (1 taken, 0.5 repelled) · Normal(0, 1)²)",
        "residents hit by a raid ~ Poisson(gang.terror · gang.raid_terror · present · Normal(0, 1)²)",
        "alarm ← alarm + flight.takeover · (1 taken, gang.repelled_alarm repelled, gang.raid_alarm raided)",
        "attackers ~ Binomial(members next door, gang.allocation); E = Σ attackers · affairs.arms_worth · affairs.coordination",
        "attackers hit ~ Binomial(attackers, 1 - exp(-0.5 · clearing.fire_state · min(state_strength, E) / Σ attackers))",
        "guards hit ~ Binomial(guards, 1 - exp(-clearing.fire_gang · E · (1 - equipment.protection · kit) / guards))",
        "taken: gang.settle of the attackers stay; influence = max(influence, gang.captured_influence)",
    )
    reads = (
        "cleared_day", "community", "label", "on_shift", "present", "state_strength", "terrain", "affairs.arms_worth",
        "affairs.coordination", "affairs.pact", "affairs.tempo", "affairs.violence", "command.mobile", "command.mobile_shares",
        "facilities.care", "mission.equipment", "passage.reach", "politics.aggression",
    )  # fmt: skip
    writes = (
        "affairs.provoked", "alarm_today", "captured_day", "cleared_from", "gang_sizes", "influence", "members", "owner",
        "forces.units",
        "ledger.assaults", "ledger.harm", "ledger.places_captured", "ledger.places_recaptured", "ledger.raids",
    )  # fmt: skip
    uses = ("control",)
    limits = Limits({"_morning": maybe(row(floats("gangs", "n", high=1e12), floats("n", high=1e12), kind=tuple))})

    def __init__(self, model):
        super().__init__(model)
        self._morning: tuple[np.ndarray, np.ndarray] | None = None

    def step(self) -> None:
        model = self.model
        model.gang_sizes = model.state.members.sum(axis=1)
        model.affairs.provoked *= math.exp(-1.0 / model.parameters.gang.retaliation_days)
        self._morning = None
        intentions = self._intentions()
        assaults: dict[int, list[int]] = {}
        for item in intentions:
            if isinstance(item, Assault):
                assaults.setdefault(item.target, []).append(item.gang)
        for target in sorted(assaults):
            self._assault(target, assaults[target])
        for item in intentions:
            if isinstance(item, Raid):
                self._raid(item)
        self._morning = None

    def _intentions(self) -> list[Assault | Raid]:
        """What every gang decides. Who decides as `Gang` does is only asked where luck gives it an opportunity."""
        model, rules, affairs = self.model, self.model.parameters.gang, self.model.affairs
        if any(["decide" in vars(gang) or type(gang).decide is not AS_WRITTEN for gang in model.gangs]):
            return [item for gang in model.gangs for item in gang.decide()]
        dice, name = model.dice, "gang"
        stirred = affairs.violence, model.politics.aggression, affairs.tempo, affairs.provoked
        rates = rules.act_rate, rules.raid_rate, rules.retaliation
        lucks = streams(dice.seed, dice.name(name), day_key(model.day), np.arange(len(model.gangs)))
        found: list[Assault | Raid] = []
        for index, assault, raid in find_opportunities(lucks, model.gang_sizes, *stirred, *rates).tolist():
            luck = Stream(lucks[index], (name, model.day, index))
            found += model.gangs[index].weigh(bool(assault), bool(raid), luck)
        return found

    def odds(self) -> tuple[np.ndarray, np.ndarray]:
        """Strength each gang could bring to each place, (gangs, n), and what it would meet, (n,); as of this morning."""
        if self._morning is None:
            model, rules = self.model, self.model.parameters.gang
            starts, neighbours, _ = model.terrain.land
            support = model.cohesion * rules.support * rules.allocation
            brought = model.state.members, model.arms_factor(), rules.allocation, support
            self._morning = bring_strength(*brought, starts, neighbours), model.forces.defence()
        return self._morning

    def _assault(self, target: int, gangs: list[int]) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.gang
        luck = self.roll(target)
        attackers, defenders = self.odds()
        strength, defence = attackers[:, target], float(defenders[target])
        attack = float(strength[gangs].sum())
        leader = model.gangs[max(gangs, key=lambda gang: (strength[gang], -gang))]
        won = luck.uniform() < chance(attack, defence, model.parameters.control.exponent)
        men = {gang: self._attackers(gang, target, luck) for gang in gangs}
        self._exchange(target, men, defence, luck)
        residents = int(state.present[target])
        scale = 1.0 if won else 0.5
        harmed = min(residents, luck.overdispersed(rules.terror * residents * scale))
        model.harm.residents(target, harmed, "assaults", luck)
        model.ledger.add("assaults", target, 1)
        takeover = model.parameters.flight.takeover
        model.alarm_today[target] += takeover * (1.0 if won else rules.repelled_alarm)
        name = model.city.names[target]
        if won and state.label[target] != GANG:
            model.ledger.add("places_captured", target, 1)
            model.ledger.add("places_recaptured", target, int(state.cleared_day[target] >= 0))
        if won:
            self._take(target, leader, men)
            model.ledger.incident(model.day, "captured", target, leader.name, f"{leader.name} takes {name}")
        else:
            model.ledger.incident(model.day, "repelled", target, leader.name, f"An attack on {name} is repelled")

    def _attackers(self, gang: int, target: int, luck) -> dict[int, int]:
        """Members of a gang who join, by the neighbouring place they come from."""
        model, state = self.model, self.model.state
        share = model.parameters.gang.allocation
        sources = model.terrain.neighbours(target)
        return {int(i): luck.binomial(int(state.members[gang, i]), share) for i in sources if state.members[gang, i]}

    def _exchange(self, target: int, men: dict[int, dict[int, int]], defence: float, luck) -> None:
        """Losses of both sides; attackers are hit where they come from, before any of them settles."""
        model, state, rules = self.model, self.model.state, self.model.parameters
        worth = model.arms_factor()
        people = {gang: sum(sources.values()) for gang, sources in men.items()}
        number = sum(people.values())
        effective = math.fsum(people[gang] * float(worth[gang]) for gang in people)
        fire = rules.clearing.fire_state * min(float(state.state_strength[target]), effective)
        rate = expected_rate(fire * 0.5, number)
        for gang, sources in men.items():
            for place, people in sources.items():
                hits = luck.binomial(people, rate)
                sources[place] = people - model.harm.one_gang(gang, place, hits, "assaults", luck)
        guards = state.on_shift[:, target]
        present = round(float(guards.sum()))
        if present > 0:
            shielded = 1.0 - rules.equipment.protection * model.forces.equipment()
            hits = luck.binomial(present, expected_rate(rules.clearing.fire_gang * effective * shielded, present))
            model.harm.security_forces(guards / guards.sum(), hits, luck, target)

    def _take(self, target: int, leader: Gang, men: dict[int, dict[int, int]]) -> None:
        """Part of the attackers settle, influence jumps, the guards fall back."""
        model, state, rules = self.model, self.model.state, self.model.parameters.gang
        for gang, sources in men.items():
            for place, people in sources.items():
                stay = min(int(rules.settle * people), int(state.members[gang, place]))
                state.members[gang, place] -= stay
                state.members[gang, target] += stay
        state.influence[target] = max(float(state.influence[target]), rules.captured_influence)
        state.captured_day[target] = model.day
        state.cleared_from[target] = -1
        state.owner[target] = leader.index
        model.control.relabel()
        for unit in model.forces.all():
            if unit.place == target:
                unit.place = unit.goal = model.forces.refuge(target)
                unit.ordered_until = -1

    def _raid(self, raid: Raid) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters
        luck = self.roll(raid.target, f"raid{raid.gang}")
        residents = int(state.present[raid.target])
        mean = rules.gang.terror * rules.gang.raid_terror * residents
        model.harm.residents(raid.target, min(residents, luck.overdispersed(mean)), "assaults", luck)
        model.alarm_today[raid.target] += rules.flight.takeover * rules.gang.raid_alarm
        model.ledger.add("raids", raid.target, 1)
