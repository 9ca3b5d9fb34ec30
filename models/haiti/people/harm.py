"""Harm: who is hit, who dies, and how it is counted. Deaths in gangs are deaths of people, a third to a half of them minors."""

from __future__ import annotations

import numpy as np

from models.haiti.passes.harm import hit_both
from models.haiti.world.state import FORCES
from simulation.serialise.kept import kept
from simulation.serialise.limits import RUN, Limits

CAUSES = ("assaults", "operations", "rivalry", "patrols", "self_defence", "strikes")


@kept
class Harm:
    """Takes hits, decides by luck who dies, and writes both to the ledger."""

    limits = Limits({"model": RUN})

    def __init__(self, model):
        self.model = model

    @property
    def plain(self) -> bool:
        """Whether nobody put other methods in place of these: then passes do what they do, several hits or a day at once."""
        kind = type(self)
        return (kind.residents, kind.gang_members, kind.one_gang) == AS_WRITTEN and vars(self).keys() == {"model"}

    def residents(self, place: int, harmed: int, cause: str, luck) -> None:
        """Residents present at a place are hit; never more than are there and still alive today."""
        ledger = self.model.ledger
        alive = int(self.model.state.present[place] - ledger.today["residents_killed"][place])
        harmed = max(0, min(harmed, alive))
        killed = luck.binomial(harmed, self.model.killed_share())
        ledger.add("residents_killed", place, killed)
        ledger.add(f"residents_killed_{cause}", place, killed)
        ledger.add("residents_injured", place, harmed - killed)
        ledger.add(f"residents_injured_{cause}", place, harmed - killed)

    def gang_members(self, place: int, hits: int, cause: str, luck) -> None:
        """Members of whatever gangs are at a place are hit, in proportion to their numbers there."""
        if hits <= 0:
            return
        shares = luck.share(hits, self.model.state.members[:, place].astype(float))
        for gang, number in enumerate(shares.tolist()):
            if number:
                self.one_gang(gang, place, number, cause, luck)

    def shots(self, place: int, people: tuple[int, int], chances: tuple[float, float], cause: str, luck) -> int:
        """Members who fight and residents are hit by the same shots, with a chance each; returns how many members were hit."""
        (fighting, residents), (chance, stray) = people, chances
        if self.plain:  # in one pass, as below
            model, state = self.model, self.model.state
            given = place, fighting, chance, residents, stray, state.members, state.present, *self.counts(cause)
            return luck.through(hit_both, *given, model.killed_share())
        hits = luck.binomial(fighting, chance)
        self.gang_members(place, hits, cause, luck)
        self.residents(place, luck.binomial(residents, stray), cause, luck)
        return hits

    def one_gang(self, gang: int, place: int, hits: int, cause: str, luck) -> int:
        """Members of one gang at a place are hit; returns how many died."""
        hits = min(hits, int(self.model.state.members[gang, place]))
        killed = luck.binomial(hits, self.model.killed_share())
        self.model.state.members[gang, place] -= killed
        ledger = self.model.ledger
        ledger.add("gang_members_killed", place, killed)
        ledger.add(f"gang_members_killed_{cause}", place, killed)
        ledger.add("gang_members_injured", place, hits - killed)
        return killed

    def leave_gang(self, gang: int, place: int, people: int) -> None:
        """Members leave the gang alive."""
        people = min(people, int(self.model.state.members[gang, place]))
        self.model.state.members[gang, place] -= people
        self.model.ledger.add("gang_exits", place, people)

    def security_forces(self, shares: np.ndarray, hits: int, luck, place: int | None = None) -> None:
        """Police, soldiers or mission members are hit, by their shares; the dead leave the books of a unit."""
        if hits <= 0:
            return
        model = self.model
        for force, number in zip(FORCES, luck.share(hits, np.asarray(shares, float)).tolist(), strict=True):
            if not number:
                continue
            units = [unit for unit in model.forces.units[force] if place is None or unit.place == place]
            killed = luck.binomial(number, model.killed_share())
            killed = self.take_from(units, killed, luck)
            where = model.base if place is None else place
            model.ledger.add("security_forces_killed", where, killed)
            model.ledger.add(f"{force}_killed", where, killed)
            model.ledger.add("security_forces_injured", where, number - killed)

    def counts(self, cause: str) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """Today's counts as passes take them, (n,) each: members killed, by the cause, injured; residents so, and by it."""
        found = self.model.ledger.open_counts(
            "gang_members_killed", f"gang_members_killed_{cause}", "gang_members_injured",
            "residents_killed", f"residents_killed_{cause}", "residents_injured", f"residents_injured_{cause}",
        )  # fmt: skip
        return tuple(found[:3]), tuple(found[3:])

    def take_from(self, units: list, people: int, luck) -> int:
        """Take people off the books of units, in proportion to their strength; returns how many could be taken."""
        weights = np.array([unit.strength for unit in units], float) if people else None
        for taken in range(people):
            if weights.sum() <= 0:
                return taken
            chosen = luck.choice(weights)
            units[chosen].strength -= 1
            weights[chosen] -= 1.0
        return people


AS_WRITTEN = Harm.residents, Harm.gang_members, Harm.one_gang
"""What passes do; a method that a class or somebody at a notebook puts in place of one of them is called instead."""
