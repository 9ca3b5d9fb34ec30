"""People: who is displaced, where they live, who moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.haiti.kernels import GONE, HOME
from models.haiti.metrics.definition import CLOSING, Metric, RunMetric
from models.haiti.people.columns import WEALTH_WORDS


def hosted(model, commune: str = "") -> int:
    """Displaced people living in the nine metropolitan communes, or in one of them."""
    inside = model.city.metropolitan & (model.city.communes == commune) if commune else model.city.metropolitan
    return int((model.state.in_sites + model.state.with_hosts)[inside].sum())


def hosted_outside(model) -> int:
    """Displaced people living on the map outside the nine metropolitan communes."""
    return int((model.state.in_sites + model.state.with_hosts)[~model.city.metropolitan].sum())


def in_sites(model) -> int:
    return int(model.state.in_sites[model.city.metropolitan].sum())


def in_provinces(model) -> int:
    return int(model.state.present[model.n :].sum() - model.state.present[model.abroad])


def abroad(model) -> int:
    return int(model.state.present[model.abroad])


def people_alive(model) -> int:
    return int(model.state.present.sum())


SAFE_DAYS = 60


def safe_home(model) -> int:
    return int(model.state.away[model.state.safe_days >= SAFE_DAYS].sum())


def open_sites(model) -> int:
    return int(model.relocation.sites.number[model.city.metropolitan].sum())


def _displaced_share(wealth: int) -> Metric:
    def share(model) -> float:
        alive, away = model.population.by_wealth[:, wealth].tolist()
        return away / alive if alive else 0.0

    word = WEALTH_WORDS[wealth]
    name = f"displaced_share_{word.replace(' ', '_')}"
    return Metric(name, "share", f"displaced people among people of households that are {word}", share, CLOSING)


COMMUNES = {
    "carrefour": "Carrefour", "cite_soleil": "Cité Soleil", "croix_des_bouquets": "Croix-des-Bouquets", "delmas": "Delmas",
    "kenscoff": "Kenscoff", "petion_ville": "Pétion-Ville", "port_au_prince": "Port-au-Prince", "tabarre": "Tabarre",
}  # fmt: skip


def _hosted_in(commune: str) -> Callable[[Any], int]:
    def there(model) -> int:
        return hosted(model, commune)

    return there


def _flow(name: str):
    return lambda model: int(model.ledger.sum(name))


METRICS = (
    Metric(
        "displaced_people", "people",
        "people of the 138 neighbourhoods living elsewhere because of violence; compare with 'originating from Ouest'",
        lambda model: model.displaced_people(), CLOSING,
    ),
    Metric(
        "displaced_people_hosted_capital", "people", "displaced people living in the nine metropolitan communes",
        hosted, CLOSING,
    ),
    Metric(
        "displaced_people_in_sites", "people", "those of them who live in sites", in_sites,
        ("end",),
    ),
    *(
        Metric(
            f"displaced_people_hosted_{slug}", "people", f"displaced people living in the commune of {commune}",
            _hosted_in(commune),
        )
        for slug, commune in COMMUNES.items()
    ),
    Metric(
        "displaced_people_hosted_outside_capital", "people",
        "displaced people living in neighbourhoods of the map outside the nine metropolitan communes", hosted_outside,
    ),
    Metric(
        "displaced_people_provinces", "people", "displaced people in the provinces", in_provinces,
        ("end",),
    ),
    Metric(
        "displaced_people_abroad", "people", "displaced people abroad", abroad, ("end",)
    ),
    Metric(
        "new_displacements", "people", "people who left home because of violence that day",
        _flow("new_displacements"), ("total",),
    ),
    Metric(
        "onward_displacements", "people", "displaced people whom violence made flee again that day",
        _flow("onward_displacements"), ("total",),
    ),
    Metric(
        "onward_moves", "people", "displaced people who moved on from a site by themselves that day",
        _flow("onward_moves"), ("total",),
    ),
    *(_displaced_share(wealth) for wealth in range(len(WEALTH_WORDS))),
    Metric("returns", "people", "displaced people who went home that day", _flow("returns"), ("total",)),
    Metric(
        "second_displacements", "people", "people who had gone home and had to leave it again that day",
        _flow("second_displacements"), ("total",),
    ),
    Metric(
        "displaced_people_safe_home", "people", "displaced people whose home has been safe for 60 days",
        safe_home, ("end",),
    ),
    Metric(
        "trapped_people", "people", "people who would have fled that day but could not pay or pass",
        _flow("trapped_people"), (("trapped_people_days", "total"),),
    ),
    Metric(
        "displacement_sites", "sites", "sites open in the nine metropolitan communes", open_sites,
        ("end",),
    ),
    Metric("people_alive", "people", "people of the 138 neighbourhoods alive, wherever they are", people_alive),
)  # fmt: skip


def _hosted_share(commune: str) -> Callable[[Any], float]:
    def share(model) -> float:
        total = hosted(model)
        return hosted(model, commune) / total if total else float("nan")

    return share


def settled_elsewhere(model) -> int:
    """People displaced who have made their home where they are: they will not go back."""
    households = model.population
    rows = np.flatnonzero((households.status != HOME) & (households.status != GONE)).astype(np.int32)
    return int(households.people[rows[model.returning.settled(rows)]].sum())


RUN_METRICS = (
    *(
        RunMetric(
            f"displaced_share_in_{slug}", "share",
            f"part of the displaced people hosted in the capital who are in the commune of {commune} at the end",
            _hosted_share(commune),
        )
        for slug, commune in COMMUNES.items()
    ),
    RunMetric(
        "people_settled_elsewhere", "people", "displaced people who have made their home elsewhere for good, at the end",
        settled_elsewhere,
    ),
)  # fmt: skip
