"""What several tests of the model share: a city on which the gangs' own days can be lived again and again."""

import numpy as np
import pytest

from models.haiti.mechanisms.force import offensives
from models.haiti.mechanisms.gangs import (
    arms,
    coalition,
    extortion,
    kidnapping,
    patronage,
    prosecution,
    recruitment,
    takings,
    tolls,
    trafficking,
    wages,
)
from models.haiti.mechanisms.mission import police
from models.haiti.mechanisms.politics import elections, government
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.world.gang_affairs import GangAffairs
from models.haiti.world.politics import Politics

KINDS = (
    government.Government, elections.Elections, police.Police, extortion.Extortion, tolls.Tolls, kidnapping.Kidnapping,
    patronage.Patronage, trafficking.Trafficking, takings.Takings, wages.Wages, arms.Arms, recruitment.Recruitment,
    prosecution.Prosecution, coalition.Coalition, offensives.Offensives,
)  # fmt: skip


class Bench:
    """One founded city; `start` goes back to its first morning, `days` lives the rules in KINDS without households."""

    kinds = tuple(kind for kind in KINDS if kind is not police.Police)

    def __init__(self):
        self.model = HaitiModel(load_case(weight=2000), run_seed=7)
        self.defaults, self.saved = self.model.parameters, self.model.state.copy()
        self.units = [(unit, unit.strength) for unit in self.model.forces.all()]

    def start(self, **overrides):
        """The first morning, with other parameters (`prosecution__removal=1`)."""
        model = self.model
        model.parameters = self.defaults.replace({name.replace("__", "."): v for name, v in overrides.items()})
        model.state.restore(self.saved)
        for unit, strength in self.units:
            unit.strength = strength
        model.day, model.youth_factor = 0, 1.0
        model.trust.mean[1] = model.parameters.trust.initial_police
        model.trust.told[:] = model.parameters.trust.initial_mission
        model.ledger.clear()
        model.alarm_today[:] = 0.0
        allied = np.array([bool(gang.coalition) for gang in model.gangs])
        model.affairs = GangAffairs(
            len(model.gangs), allied, model.parameters.gang.arms, model.parameters.gang.cohesion
        )
        model.politics = Politics(model.parameters.government.stability, model.forces.strength("police"))
        for kind in KINDS:
            setattr(model, kind.name, kind(model))
        return model

    def days(self, number):
        """So many days of everything that this file tests; what they leave, as one row a day."""
        model, rows = self.model, []
        for _ in range(number):
            model.day += 1
            model.ledger.open()
            for kind in KINDS:
                getattr(model, kind.name).step()
            rows.append(self.look())
        return np.array(rows)

    def look(self):
        model, affairs, politics = self.model, self.model.affairs, self.model.politics
        count = model.ledger.sum_total
        return [
            *affairs.by_stream, float(affairs.arms.sum()), affairs.payoffs, float(affairs.treasury.sum()), affairs.pact,
            float(affairs.coordination.sum()), float(affairs.violence.sum()), affairs.held, politics.stability,
            politics.readiness, politics.aggression, politics.patron_demand, politics.police_attrition,
            politics.coordination, politics.prosecution,
            politics.offensives, politics.patrons, politics.rivalry, politics.donors, politics.ownership, politics.consent,
            politics.polling, politics.turnout, affairs.tempo, float(model.alarm_today.sum()),
            float(affairs.arms_worth.sum()), count("gang_recruits"), count("gang_recruits_forced"), count("gang_exits"),
            count("leaders_removed"), model.parameters.recruitment.minors * model.state.members.sum(),
        ]  # fmt: skip


@pytest.fixture(scope="module")
def bench():
    return Bench()
