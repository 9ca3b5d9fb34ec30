"""Rumours and what is said against them: misinformation spreads between neighbours with fear, credible talk lowers it (M37).

Belief in rumours rises with perceived threat and with hearing them again (greenhill2017); communication
works only as far as the speaker is trusted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.haiti.passes.opinion import step_rumours
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform

STATUS_QUO = 0.1 * 0.25  # effort on local dialogue in the default scenario, where hotlines change nothing


@dataclass(frozen=True)
class InformationParameters:
    effort: float = parameter(
        0.1, "share", "communication of the mission: 0 none, 1 all that could be done", bounds=(0, 1), status="policy",
        source="seed2024: objectives and progress hardly explained",
    )  # fmt: skip
    progress: float = parameter(
        0.5, "share", "part of it that explains objectives and progress (parts are normalised to one)", bounds=(0, 1),
        status="policy", source="stands for half of the effort on objectives",
    )  # fmt: skip
    rebuttal: float = parameter(
        0.25, "share", "part of it that answers rumours", bounds=(0, 1), status="policy",
        source="stands for a quarter of the effort on rumours",
    )  # fmt: skip
    dialogue: float = parameter(
        0.25, "share", "part of it that is local dialogue and hotlines", bounds=(0, 1), status="policy",
        source="stands for a quarter of the effort on dialogue",
    )  # fmt: skip
    inflated: bool = parameter(
        False, "", "progress is reported better than it is", status="policy", source="stands for a mission that oversells"
    )  # fmt: skip
    half_effort: float = parameter(
        0.3, "share", "effort that reaches half of the people", bounds=(0.01, 10), prior=loguniform(0.1, 1),
        source="assumed: from a tenth of all that could be done to all of it",
    )  # fmt: skip
    blocked: float = parameter(
        0.5, "share", "part of what is said that gangs keep out at full influence", bounds=(0, 1), prior=uniform(0.1, 0.9),
        source="assumed: from a tenth to nearly all",
    )  # fmt: skip
    initial: float = parameter(
        0.2, "share", "misinformation on the first day", bounds=(0, 1), prior=uniform(0.1, 0.5),
        source="assumed: from a tenth to half",
    )  # fmt: skip
    spread: float = parameter(
        0.08, "1/day", "how fast rumours spread in full fear", bounds=(0, 5), prior=loguniform(0.027, 0.24),
        source="form: greenhill2017",
    )  # fmt: skip
    decay: float = parameter(
        0.03, "1/day", "how fast rumours are forgotten", bounds=(0, 5), prior=loguniform(0.01, 0.09),
        source="assumed: half forgotten after one to ten weeks",
    )  # fmt: skip
    counter: float = parameter(
        0.1, "1/day", "how fast fully trusted rebuttal that reaches all ends them", bounds=(0, 5), prior=loguniform(0.033, 0.3),
        source="assumed: half ended after two days to three weeks",
    )  # fmt: skip
    gang_media: float = parameter(
        0.1, "share", "rumours that gangs feed at full influence, as if neighbours told them", bounds=(0, 1),
        prior=uniform(0, 0.2), source="assumed: from none to as much as a fifth of the neighbours tell",
    )  # fmt: skip
    elites: float = parameter(
        0.05, "share", "rumours that partisan media feed everywhere", bounds=(0, 1), prior=uniform(0, 0.1),
        source="assumed: from none to as much as a tenth of the neighbours tell",
    )  # fmt: skip
    un_susceptibility: float = parameter(
        0.2, "ratio", "how much faster rumours about a UN operation spread", bounds=(0, 5), prior=uniform(0, 0.5),
        source="direction: legacy of MINUSTAH, schuller2012",
    )  # fmt: skip

    def reach(self) -> tuple[float, float, float]:
        """Share of people reached by words on progress, by rebuttal and by local dialogue, before gangs keep any out."""
        parts = (self.progress, self.rebuttal, self.dialogue)
        total = max(math.fsum(parts), 1e-9)
        return tuple([self.saturated(self.effort * part / total) for part in parts])

    def saturated(self, effort: float) -> float:
        """Share of people that an effort reaches: one half at `half_effort`."""
        return effort / (effort + self.half_effort)

    def hotline(self) -> float:
        """Reach of local dialogue above that of the default scenario."""
        return self.reach()[2] - self.saturated(STATUS_QUO)


class Misinformation(Mechanism):
    """One day of rumours in every neighbourhood."""

    name = "misinformation"
    covers = ("M37", "M41")
    shown_by = ("misinformation", "information_given")
    neutral = "There is no misinformation: it stays 0."
    objection = "Rumours travel by phone and radio across the whole city, not from neighbour to neighbour."
    equations = (
        "told = mean next door of misinformation + information.elites + information.gang_media · influence",
        "up = information.spread · (1 + information.un_susceptibility · [un_peacekeeping]) · told · (0.2 + 0.8 · fear)",
        "down = information.decay + information.counter · reach(information.rebuttal) · heard · trust",
        "heard = 1 - information.blocked · influence",
        "misinformation ← misinformation · k + up / (up + down) · (1 - k), k = exp(-(up + down))",
        "misinformation on the first day = information.initial",
        "reach(part) = e / (e + information.half_effort)",
        "e = information.effort · part / (information.progress + information.rebuttal + information.dialogue)",
    )
    reads = ("influence", "population.fear")
    writes = ("misinformation",)
    uses = ("mandate", "trust")

    def found(self) -> None:
        model = self.model
        model.state.misinformation[:] = model.parameters.information.initial if self.on else 0.0

    def step(self) -> None:
        model, state, rules = self.model, self.model.state, self.model.parameters.information
        spread = rules.spread * (1.0 + rules.un_susceptibility * (model.mandate.option == "un_peacekeeping"))
        counter = rules.counter * rules.reach()[1]
        fear, trust = model.population.fear.field[: model.n, 0], model.trust.mean[0]
        rates = rules.elites, rules.gang_media, spread, rules.decay, counter, rules.blocked
        step_rumours(state.misinformation, *model.terrain.land, fear, state.influence, trust, *rates)
