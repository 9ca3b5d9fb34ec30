"""The Council's mandate: the option in force, its ceiling and expiry, adoption of another option, ramp and draw-down.

Renewed, changed or ended by a rule that is looked at ninety days before expiry. A new option needs a vote that may fail and
time after it; the old one runs on meanwhile. A mission under United Nations command does not wait for batches of voluntary
contributors: it fills up by a published curve (rappa2016). A mission that ends is drawn down to nobody, and then there is
only the police (M01, M02, M15, M52, M54; equation A7).
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from models.haiti.agents.contingent import Contingent
from models.haiti.world.state import CLEAR
from simulation.clock import MOST_DAYS
from simulation.mechanism import Mechanism
from simulation.parameters import lognormal, parameter, uniform
from simulation.serialise.limits import FLAG, Limits, Text, row, whole

OPTIONS = ("mss", "un_logistics", "un_peacekeeping", "suppression_force", "none")
FIRST_EXPIRY = datetime.date(2024, 10, 2)  # resolution 2699 of 2 October 2023: twelve months
LEAD_DAYS = 90
LAPSE_DAYS = 180  # of too little consent, after which the host wants the mission to leave


@dataclass(frozen=True)
class MandateParameters:
    option: str = parameter(
        "mss", "", "option of the Council in force on the first day", choices=OPTIONS, status="policy",
        source="the option of unsc2023r2699",
    )  # fmt: skip
    at_expiry: str = parameter(
        "renew", "", "what is decided ninety days before a mandate expires: renew it, change the option, or end the mission",
        choices=("renew", "change", "end"), status="policy",
        source="choice of the Council: renewed by unsc2024r2751, changed by unsc2025r2793",
    )  # fmt: skip
    next_option: str = parameter(
        "suppression_force", "", "option that follows when the decision is 'change'", choices=OPTIONS, status="policy",
        source="unsc2025r2793",
    )  # fmt: skip
    next_authorised: int = parameter(
        5550, "people", "strength authorised with it", bounds=(0, 30_000), status="policy",
        source="unsc2025r2793: 5,500 and 50 civilians",
    )  # fmt: skip
    term: int = parameter(
        365, "days", "length of a mandate", bounds=(30, 3650), status="published",
        source="unsc2023r2699 and unsc2024r2751: a year each",
    )  # fmt: skip
    adoption_probability: float = parameter(
        0.7, "probability", "chance that a proposed option finds nine votes and no veto", bounds=(0, 1), prior=uniform(0.3, 1),
        source="assumed: from a veto in two cases of three to a sure vote",
    )  # fmt: skip
    adoption_lag: float = parameter(
        90.0, "days", "median time from the proposal of a new option to the day it takes over", bounds=(1, 2000),
        prior=lognormal(90, 0.6), source="assumed: three months, with nearly all votes between one and ten",
    )  # fmt: skip
    adoption_lag_spread: float = parameter(
        0.6, "log-sd", "spread of that time", bounds=(0, 2), prior=uniform(0.3, 0.9),
        source="assumed: two lags in three within a factor of 1.3 to 2.5 of the median",
    )  # fmt: skip
    least_consent: float = parameter(
        0.0, "share", "consent of the host below which, half a year long, it wants the mission to leave; 0: never",
        bounds=(0, 1), status="policy", source="stands for a host that asks a mission to go, which this one did not",
    )  # fmt: skip
    drawdown_days: int = parameter(
        120, "days", "time in which a mission that ends leaves, the same number every day", bounds=(1, 1000),
        prior=uniform(60, 180), source="assumed: two months if aircraft are at hand, six for a handing over in order",
    )  # fmt: skip
    ramp: float = parameter(
        130.0, "days", "time constant of the build-up of a peacekeeping operation: 90 % of its peak after ten months",
        bounds=(1, 2000), prior=uniform(90, 200), status="published", source="rappa2016",
    )  # fmt: skip
    peak: float = parameter(
        0.925, "share", "part of its ceiling that a peacekeeping operation reaches", bounds=(0, 1), status="published",
        source="rappa2016",
    )  # fmt: skip
    permission_peacekeeping: float = parameter(
        0.6, "ratio", "permission to fire under a peacekeeping operation over that of the mission of today", bounds=(0, 2),
        prior=uniform(0.4, 0.9), source="assumed: from less than half to nearly the permission of today",
    )  # fmt: skip
    permission_suppression: float = parameter(
        1.4, "ratio", "the same under a suppression force", bounds=(0, 2), prior=uniform(1, 1.8),
        source="assumed: from the permission of today to nearly twice as much",
    )  # fmt: skip
    vehicles_peacekeeping: float = parameter(
        0.07, "vehicles/person", "armoured vehicles that contingents of a peacekeeping operation bring along", bounds=(0, 1),
        prior=uniform(0.02, 0.14), source="assumed: seats for one person in seven to seats for all, at seven a vehicle",
    )  # fmt: skip
    clearing_peacekeeping: float = parameter(
        0.3, "ratio", "people on clearing operations under a peacekeeping operation over what phases would have", bounds=(0, 1),
        prior=uniform(0.1, 0.6), source="assumed: from one in ten to six in ten of those who would clear",
    )  # fmt: skip


class Mandate(Mechanism):
    """The Council, once a day: proposals take effect, mandates expire, missions ramp up or go home.

    adopted: option that has taken over ("": that of the parameters). ceiling: its strength (-1: that of the parameters).
    expires: day. began: day of the option in force. proposal: [option, ceiling, day it takes over] or empty.
    leaving: [first day, days, people on the first day] of a draw-down, or empty. low_days: of too little consent, in a row.
    """

    name = "mandate"
    covers = ("M01", "M02", "M15", "M52", "M54")
    shown_by = ("council_option", "under_mandate", "security_vacuum", "mandate_strength")
    neutral = "The option and the strength of the first day stay in force for ever."
    objection = "Council decisions follow bargaining between members; here they are a rule, a chance and a delay."
    equations = (
        "option = mandate.option until another takes over; its mandate is renewed for mandate.term when it expires",
        "with mandate.at_expiry 'end', or without consent, it ends then in a draw-down",
        "90 days before, mandate.at_expiry 'change' proposes mandate.next_option with mandate.next_authorised people",
        "adopted if U < mandate.adoption_probability · politics.consent, without a veto and with consent",
        "politics.consent < mandate.least_consent for 180 days in a row: no consent any more, and a draw-down begins",
        "it takes over after mandate.adoption_lag · exp(mandate.adoption_lag_spread · Normal(0, 1)) days, rounded",
        "left in a draw-down = people on its first day · (1 - days gone / mandate.drawdown_days)",
        "un_peacekeeping: people = max(people taken over, mandate.peak · authorised · (1 - exp(-days / mandate.ramp)))",
        "they come by whole companies of deployment.company",
        "its vehicles ← vehicles + people who come · mandate.vehicles_peacekeeping",
        "its share of clear ← share of clear · mandate.clearing_peacekeeping, other tasks in proportion",
        "factor on the permission to fire: mandate.permission_peacekeeping or mandate.permission_suppression, else 1",
    )
    reads = ("label", "politics.consent")
    writes = (
        "contingents", "forces.units", "ledger.mission_arrived", "ledger.mission_withdrawn", "mission.beds",
        "mission.fleet",
    )  # fmt: skip
    uses = ("calendar",)
    limits = Limits(
        {
            "adopted": Text(("", *OPTIONS)),
            "ceiling": whole(-1, 1_000_000),
            **dict.fromkeys(("began", "expires", "decided_for"), whole(-MOST_DAYS, 2 * MOST_DAYS)),
            "rule": Text(("", "renew", "change", "end")),
            "proposal": row(Text(OPTIONS), whole(-1, 1_000_000), whole(0, 2 * MOST_DAYS), empty=True),
            "leaving": row(whole(0, "day"), whole(1, MOST_DAYS), whole(0, 10_000_000), empty=True),
            **dict.fromkeys(("consent", "ended", "had_mission"), FLAG),
            "vetoes": whole(0, "events"),
            "low_days": whole(0, MOST_DAYS),
            "ramp_from": whole(0, 10_000_000),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.adopted, self.ceiling, self.began = "", -1, 0
        self.expires = model.clock.day(FIRST_EXPIRY)
        while self.expires <= 0:
            self.expires += model.parameters.mandate.term
        self.rule = ""
        self.decided_for = -1
        self.proposal: list = []
        self.leaving: list[int] = []
        self.consent = True
        self.vetoes = self.low_days = 0
        self.ended = False
        self.ramp_from = 0
        self.had_mission = False

    # What others ask

    @property
    def option(self) -> str:
        """The option in force."""
        if self.ended:
            return "none"
        return self.adopted or self.model.parameters.mandate.option

    def authorised(self) -> int:
        """Strength allowed today; during a draw-down what is left of it."""
        if self.leaving:
            return self.left_today()
        if self.option == "none":
            return 0
        return self.ceiling if self.ceiling >= 0 else self.model.parameters.deployment.authorised

    @property
    def ramping(self) -> bool:
        """Whether the mission fills up by itself rather than by batches of contributors."""
        return self.option == "un_peacekeeping" and not self.leaving

    def ramp_target(self) -> int:
        """People that a peacekeeping operation has by today: peak x ceiling x (1 - e^(-days/ramp)), and whom it took over."""
        rules = self.model.parameters.mandate
        grown = rules.peak * self.authorised() * -math.expm1(-(self.model.day - self.began) / rules.ramp)
        return max(self.ramp_from, int(grown))

    def permission(self) -> float:
        """Factor on the permission to fire."""
        rules = self.model.parameters.mandate
        factors = {"un_peacekeeping": rules.permission_peacekeeping, "suppression_force": rules.permission_suppression}
        return factors.get(self.option, 1.0)

    def restrain(self, shares) -> None:
        """Task shares of the mission, in place: fewer on clearing under a peacekeeping operation, the rest in proportion."""
        if self.option != "un_peacekeeping":
            return
        clearing = shares[CLEAR]
        kept = clearing * self.model.parameters.mandate.clearing_peacekeeping
        if clearing < 1.0:
            shares *= (1.0 - kept) / (1.0 - clearing)
        shares[CLEAR] = kept

    # The day

    def step(self) -> None:
        model = self.model
        self.had_mission = self.had_mission or model.forces.deployed() > 0
        if self.leaving:
            self._draw_down()
        if not self.ended and not self.leaving:
            self._look_at_host()
            self._look_at_expiry()
        self.conclude()
        if self.ramping and not model.parameters.deployment.forced:
            self._ramp_up()

    def conclude(self) -> None:
        """An option that has been adopted takes over on its day."""
        if self.proposal and self.proposal[2] <= self.model.day:
            self._take_over(*self.proposal[:2])

    def propose(self, option: str, ceiling: int, probability: float = -1.0, lag: float = -1.0) -> bool:
        """A vote on another option today; True if it is adopted. -1: as the parameters say (a lag is drawn)."""
        if not self.on:
            return False
        rules = self.model.parameters.mandate
        luck = self.roll(part="vote")
        chance = rules.adoption_probability * self.model.politics.consent if probability < 0 else probability
        passes = luck.uniform() < chance and not self.vetoes and (self.consent or option == "none")
        if lag < 0:
            lag = rules.adoption_lag * math.exp(rules.adoption_lag_spread * luck.normal())
        if passes:
            self.proposal = [option, int(ceiling), self.model.day + max(0, round(lag))]
        self._note(f"The Council {'adopts' if passes else 'does not agree on'} the option {option}")
        return passes

    def renew(self, days: int) -> None:
        """Extend the mandate in force so that it expires `days` after the day on which it would have."""
        if not self.on:
            return
        self.expires += days
        self.decided_for = -1
        self._note("The mandate is renewed")

    def set_expiry(self, day: int, rule: str) -> None:
        """The mandate in force expires on that day of the run, and then what `rule` says: 'renew', 'change' or 'end'."""
        if self.on:
            self.expires, self.rule = day, rule

    def end(self, days: int = -1) -> None:
        """From today on the mission goes home over `days` (-1: as the parameters say)."""
        if self.ended or self.leaving or not self.on:
            return
        days = self.model.parameters.mandate.drawdown_days if days < 0 else days
        self.proposal = []
        people = self.model.forces.deployed()
        self.leaving = [self.model.day, max(1, days), people]
        self._note(f"The mission of {people} people starts to leave")

    def left_today(self) -> int:
        """People that a draw-down leaves in Haiti today, 0 on its last day."""
        first, days, people = self.leaving
        return max(0, round(people * (1.0 - (self.model.day - first) / days)))

    def _look_at_host(self) -> None:
        """A host that has hardly consented for long wants the mission to leave."""
        low = self.consent and self.model.politics.consent < self.model.parameters.mandate.least_consent
        self.low_days = self.low_days + 1 if low else 0
        if self.low_days >= LAPSE_DAYS:
            self.consent = False
            self._note("The host state wants the mission to leave")
            self.end()

    def _look_at_expiry(self) -> None:
        model, rules = self.model, self.model.parameters.mandate
        rule = self.rule or rules.at_expiry
        if self.option == "none":
            return
        if model.day >= self.expires - LEAD_DAYS and self.decided_for != self.expires:
            self.decided_for = self.expires
            if rule == "change" and not self.proposal:
                self.propose(rules.next_option, rules.next_authorised)
        if model.day < self.expires:
            return
        if rule == "end" or not self.consent:
            self.end()
        else:
            self.renew(rules.term)
            self.rule = ""

    def _take_over(self, option: str, ceiling: int) -> None:
        """Another option takes over the people who are there; whoever is above its ceiling is not sent home."""
        self.proposal, self.leaving, self.ended = [], [], False
        if option == "none":
            self.end()
            return
        self.adopted, self.began = option, self.model.day
        self.ceiling = ceiling if ceiling >= 0 else self.authorised()
        self.ramp_from = self.model.forces.deployed()
        self.expires = self.model.day + self.model.parameters.mandate.term
        self._note(f"{option} takes over with {self.ceiling} people authorised")

    def _draw_down(self) -> None:
        model = self.model
        excess = model.forces.deployed() - self.left_today()
        gone = 0
        for contingent in reversed(model.contingents):
            if excess <= gone:
                break
            gone += contingent.go_home(excess - gone)
        model.ledger.add("mission_withdrawn", model.base, gone)
        if model.day - self.leaving[0] >= self.leaving[1]:
            for contingent in model.contingents:
                contingent.withdraw([unit for unit in contingent.units if unit.strength == 0])
            self.leaving, self.ended = [], True
            self._note("The last people of the mission have left")

    def _ramp_up(self) -> None:
        """People come by companies as soon as the curve is a whole company ahead."""
        model = self.model
        size = model.parameters.deployment.company
        people = (self.ramp_target() - model.forces.deployed()) // size * size
        if people <= 0 or not model.airport_open():
            return
        contingent = next((one for one in model.contingents if one.country == "United Nations"), None)
        if contingent is None:
            number = len(model.contingents)
            contingent = Contingent(model, "United Nations", 0, model.day, False, number)
            model.contingents.append(contingent)
        contingent.offered += people
        contingent.arrive(people)
        fleet, vehicles = model.mission.fleet, round(people * model.parameters.mandate.vehicles_peacekeeping)
        fleet.delivered += vehicles
        fleet.serviceable += vehicles
        model.mission.beds = max(model.mission.beds, float(model.forces.deployed()))
        model.ledger.add("mission_arrived", model.base, people)

    def _note(self, text: str) -> None:
        self.model.ledger.incident(self.model.day, "mandate", self.model.base, "Security Council", text)
