"""Civil society: blocs whose opinions meet or part, how far they own the mission, what comes of it (M38, M39, M55, M56).

Bounded confidence (hegselmann2002): blocs listen to those whose opinion is near. Engagement opens a common
table to the blocs it includes. Business is an addition: the seed note does not name the private sector.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.same_bits import weighted_sum
from simulation.serialise.limits import Limits, amount, share, shares

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


WEEK = 7
STATUS_QUO = 0.2  # engagement of every bloc in the default scenario, where youth work and diaspora change nothing
MISSION_CAME = datetime.date(2024, 6, 25)
# name, field of `CivilSocietyParameters` with the effort for it, weight in public life (assumed)
BLOCS = (
    ("churches and temples", "faith", 0.2),
    ("women's organisations", "women_and_rights", 0.1),
    ("human rights organisations", "women_and_rights", 0.1),
    ("youth organisations", "youth", 0.15),
    ("diaspora", "diaspora", 0.15),
    ("business (an addition)", "business", 0.1),
    ("neighbourhood committees", "community", 0.1),
    ("professional associations", "community", 0.1),
    ("peasant and market associations", "community", 0.1),
    ("media and universities", "community", 0.1),
)


def _effort(whom: str):
    return parameter(
        STATUS_QUO, "share", f"effort to consult {whom}: 0 none, 1 all that could be done", bounds=(0, 1), status="policy",
        source="seed2024: consultation is lacking",
    )  # fmt: skip


@dataclass(frozen=True)
class CivilSocietyParameters:
    faith: float = _effort("churches and temples")
    women_and_rights: float = _effort("women's and human rights organisations")
    youth: float = _effort("youth organisations")
    diaspora: float = _effort("the diaspora")
    business: float = _effort("business")
    community: float = _effort("neighbourhood and professional associations")
    blocs: int = parameter(
        8, "blocs", "number of blocs, the first of the list", bounds=(6, 10), prior=uniform(6, 10),
        source="assumed: from six broad blocs to ten finer ones",
    )  # fmt: skip
    epsilon: float = parameter(
        0.2, "opinion", "difference of opinion up to which blocs listen to one another", bounds=(0, 1), prior=uniform(0.1, 0.4),
        source="form: hegselmann2002",
    )  # fmt: skip
    mixing: float = parameter(
        0.3, "1/week", "how far a week of listening moves an opinion", bounds=(0, 0.5), prior=uniform(0.1, 0.4),
        source="assumed: half of the way in two to seven weeks",
    )  # fmt: skip
    conviction: float = parameter(
        0.1, "1/week", "pull of a bloc's own first opinion", bounds=(0, 0.25), prior=uniform(0.03, 0.2),
        source="assumed: half of the way back in a month to half a year",
    )  # fmt: skip
    table: float = parameter(
        0.1, "1/week", "how far a week at the common table moves a fully engaged bloc", bounds=(0, 0.25),
        prior=uniform(0.03, 0.2), source="assumed: half of the way in a month to half a year",
    )  # fmt: skip
    noise: float = parameter(
        0.01, "opinion/week", "chance movement of opinions (sd)", bounds=(0, 0.2), prior=uniform(0.003, 0.03),
        source="assumed: .02 to .2 (sd) in a year, if nothing pulled back",
    )  # fmt: skip
    vague_exit: bool = parameter(
        False, "", "the mission names no date on which it goes", status="policy",
        source="stands for a mission without a date of its end",
    )  # fmt: skip
    vagueness: float = parameter(
        0.3, "share", "ownership that a vague date costs", bounds=(0, 1), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half",
    )  # fmt: skip
    promised_stay: float = parameter(
        464.0, "days", "time from 25 June 2024 for which the mission was said to stay", bounds=(0, 5000), status="policy",
        source="unsc2024r2751: the mandate until 2 October 2025",
    )  # fmt: skip
    patience: float = parameter(
        365.0, "days", "overstay after which belief in an end falls to 1/e", bounds=(1, 5000), prior=uniform(180, 730),
        source="assumed: half a year to two years",
    )  # fmt: skip
    youth_effect: float = parameter(
        0.1, "share", "fall of recruitment by gangs at full engagement of youth against none", bounds=(0, 1),
        prior=uniform(0, 0.15), source="order: blattman2016",
    )  # fmt: skip
    coping_effect: float = parameter(
        0.1, "share", "fall of felt exposure by diaspora support at full engagement against none", bounds=(0, 1),
        prior=uniform(0, 0.2), source="assumed: from none to a fifth",
    )  # fmt: skip
    backing: float = parameter(
        0.3, "share", "rise of what the government's stability tends to, by ownership above that of the first scenario",
        bounds=(0, 1), prior=uniform(0, 0.6), source="assumed: from no effect to three fifths of the rise",
    )  # fmt: skip
    voice: float = parameter(
        1.0, "share", "rise of the host's consent, by acceptance above that of the first scenario", bounds=(0, 10),
        prior=uniform(0, 2), source="assumed: from a host that hears nobody to twice the change",
    )  # fmt: skip


class CivilSociety(Mechanism):
    """A week of talk between blocs, and what it means for ownership, politics, recruitment, coping and talk with residents.

    opinion, first, weight: float64 (blocs,), support for the mission 0 to 1, as it was at first, and share in public
    life. fragmentation: weight outside the largest cluster, 0 to 1. ownership, credibility: 0 to 1. first_fragmentation,
    first_ownership: of the first day, as engaged as in the default scenario. engaged: part of people whom blocs at the table
    talk with about the mission, above that of the default scenario, -1 to 1. The model's factors on recruitment and coping and
    what politics gains are set with them, from the first week on.
    """

    name = "civil_society"
    covers = ("M38", "M39", "M55", "M56")
    shown_by = ("ownership", "fragmentation", "acceptance", "information_given", "gang_recruits")
    neutral = (
        "Opinions, fragmentation and ownership stay those of the first day; youth, coping and politics are as without."
    )
    objection = "Blocs are neither of one mind nor of fixed weight, and leaders of some have ties to gangs."
    equations = (
        "every 7 days: heard = mean opinion of blocs no further off than civil_society.epsilon, by weight",
        "table = Σ effort · weight · opinion / Σ effort · weight",
        "opinion ← opinion + civil_society.mixing · (heard - opinion) + back + seat + shock, cut to 0 to 1",
        "back = civil_society.conviction · (first - opinion); 52 weeks of this without efforts before the first day",
        "seat = civil_society.table · effort · (table - opinion); shock = civil_society.noise · Normal(0, 1)",
        "efforts: civil_society.faith, civil_society.women_and_rights, civil_society.youth, civil_society.diaspora, and",
        "civil_society.business, civil_society.community",
        "fragmentation = 1 - weight of the largest cluster of opinions",
        "a cluster of opinions ends where the next one is further than civil_society.epsilon",
        "engagement = Σ weight · effort; inclusion = Σ weight · min(1, effort / engagement)",
        "credibility = exp(-overstay / civil_society.patience) · (1 - civil_society.vagueness · [civil_society.vague_exit])",
        "overstay = max(0, days since 25 June 2024 - civil_society.promised_stay)",
        "ownership = min(1, engagement · inclusion · (1 - fragmentation) · credibility · politics.ownership)",
        "engaged = (1 - fragmentation) · Σ weight · (effort - 0.2), from the first week on",
        "politics.backing = civil_society.backing · (ownership - first ownership)",
        "first ownership: of the first day with all efforts .2 and a date of the exit",
        "politics.pace = (1 - fragmentation) / (1 - that of the first day)",
        "politics.voice = civil_society.voice · (ownership · trust - first ownership · trust.initial_mission)",
        "youth_factor = 1 - civil_society.youth_effect · (1 - fragmentation) · (civil_society.youth - 0.2)",
        "coping_factor = 1 - civil_society.coping_effect · (1 - fragmentation) · (civil_society.diaspora - 0.2)",
    )
    reads = ("present", "politics.ownership")
    writes = ("coping_factor", "youth_factor", "politics.backing", "politics.pace", "politics.voice")
    uses = ("trust",)
    limits = Limits(
        {
            **dict.fromkeys(("weight", "first", "opinion"), shares(None)),
            **dict.fromkeys(
                ("fragmentation", "credibility", "ownership", "first_ownership", "first_fragmentation"), share()
            ),
            "engaged": amount(-1, 1),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.weight = self.first = self.opinion = np.zeros(0)
        self.fragmentation = self.credibility = self.ownership = 0.0
        self.first_fragmentation = self.first_ownership = self.engaged = 0.0

    def found(self) -> None:
        model = self.model
        rules = model.parameters.civil_society
        weight = np.array([share for _, _, share in BLOCS[: rules.blocs]])
        self.weight = weight / weight.sum()
        self.first = model.generator("civil society").random(rules.blocs)
        self.opinion = self.first.copy()
        for _ in range(52):  # divisions are older than the mission
            self._listen(np.zeros(rules.blocs))
        self._conclude()
        self.first_fragmentation = self.fragmentation
        self.first_ownership = STATUS_QUO * (1.0 - self.fragmentation) * self._belief()

    def step(self) -> None:
        if self.model.day % WEEK:
            return
        self._listen(self.efforts())
        for bloc in range(self.opinion.size):
            self.opinion[bloc] += self.model.parameters.civil_society.noise * self.roll(bloc).normal()
        np.clip(self.opinion, 0.0, 1.0, out=self.opinion)
        self._conclude()
        self._reach_people()
        self._reach_politics()

    def _reach_people(self) -> None:
        """What divided blocs can do for youth, for those who cope, and to talk with residents is less."""
        rules, united = self.model.parameters.civil_society, 1.0 - self.fragmentation
        self.engaged = united * weighted_sum(self.weight, self.efforts() - STATUS_QUO)
        self.model.youth_factor = 1.0 - rules.youth_effect * united * (rules.youth - STATUS_QUO)
        self.model.coping_factor = 1.0 - rules.coping_effect * united * (rules.diaspora - STATUS_QUO)

    def _reach_politics(self) -> None:
        """A mission that is owned backs the government and is heard by it; divisions slow political progress."""
        rules, politics = self.model.parameters.civil_society, self.model.politics
        politics.backing = rules.backing * (self.ownership - self.first_ownership)
        politics.pace = (1.0 - self.fragmentation) / (1.0 - self.first_fragmentation)
        at_first = self.first_ownership * self.model.parameters.trust.initial_mission
        politics.voice = rules.voice * (self.acceptance() - at_first)

    def acceptance(self) -> float:
        """Conditional acceptance of the mission, 0 to 1: ownership times the trust of people present."""
        return self.ownership * self.model.mean_over_people(self.model.trust.mean[0])

    def efforts(self) -> np.ndarray:
        """Engagement of each bloc, (blocs,)."""
        rules = self.model.parameters.civil_society
        return np.array([getattr(rules, field) for _, field, _ in BLOCS[: self.opinion.size]])

    def _listen(self, efforts: np.ndarray) -> None:
        """Blocs move towards those they listen to, back to their own view, and towards the table they are asked to."""
        rules, opinion = self.model.parameters.civil_society, self.opinion
        near = (np.abs(opinion[:, None] - opinion) <= rules.epsilon) * self.weight
        heard = (near * opinion).sum(axis=1) / near.sum(axis=1)
        seats = efforts * self.weight
        table = weighted_sum(seats, opinion) / max(float(seats.sum()), 1e-12)
        pull = rules.mixing * (heard - opinion) + rules.conviction * (self.first - opinion)
        opinion += pull + rules.table * efforts * (table - opinion)

    def _conclude(self) -> None:
        rules, efforts = self.model.parameters.civil_society, self.efforts()
        self.fragmentation = fragmentation(self.opinion, self.weight, rules.epsilon)
        engagement = weighted_sum(self.weight, efforts)
        inclusion = weighted_sum(self.weight, np.minimum(efforts / engagement, 1.0)) if engagement > 0 else 0.0
        self.credibility = self._belief() * (1.0 - rules.vagueness * rules.vague_exit)
        owned = engagement * inclusion * (1.0 - self.fragmentation) * self.credibility
        self.ownership = min(1.0, owned * self.model.politics.ownership)

    def _belief(self) -> float:
        """How far people believe that a mission goes when it said it would: 1 until it overstays."""
        rules, model = self.model.parameters.civil_society, self.model
        stay = (model.clock.date(model.day) - MISSION_CAME).days
        return math.exp(-max(0.0, stay - rules.promised_stay) / rules.patience)

    def check_kept(self, look: Look) -> None:
        """Each bloc has a weight and an opinion."""
        if not self.weight.size == self.first.size == self.opinion.size <= len(BLOCS):
            raise ValueError("CivilSociety has not one opinion for each bloc")


def fragmentation(opinion: np.ndarray, weight: np.ndarray, epsilon: float) -> float:
    """Weight share outside the largest cluster; a cluster ends where the next opinion is further than `epsilon`."""
    opinions, weights = opinion.tolist(), weight.tolist()
    largest = cluster = last = 0.0
    for bloc in sorted(range(len(opinions)), key=opinions.__getitem__):
        cluster = weights[bloc] if opinions[bloc] - last > epsilon else cluster + weights[bloc]
        largest, last = max(largest, cluster), opinions[bloc]
    return 1.0 - largest
