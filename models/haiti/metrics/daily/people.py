"""People: who is displaced, where they live, who moves."""

from __future__ import annotations

from models.haiti.metrics.definition import CLOSING, Metric
from models.haiti.people.columns import WEALTH_WORDS


def hosted_in_capital(model) -> int:
    inside = model.city.metropolitan
    return int((model.state.in_sites + model.state.with_hosts)[inside].sum())


def in_sites(model) -> int:
    return int(model.state.in_sites[model.city.metropolitan].sum())


def in_provinces(model) -> int:
    return int(model.state.present[model.n :].sum() - model.state.present[model.abroad])


def abroad(model) -> int:
    return int(model.state.present[model.abroad])


def people_alive(model) -> int:
    return int(model.state.present.sum())


def _displaced_share(wealth: int) -> Metric:
    def share(model) -> float:
        alive, away = model.population.by_wealth[:, wealth].tolist()
        return away / alive if alive else 0.0

    word = WEALTH_WORDS[wealth]
    name = f"displaced_share_{word.replace(' ', '_')}"
    return Metric(name, "share", f"displaced people among people of households that are {word}", share, CLOSING)


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
        hosted_in_capital, CLOSING,
    ),
    Metric(
        "displaced_people_in_sites", "people", "those of them who live in sites", in_sites,
        ("end",),
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
        "trapped_people", "people", "people who would have fled that day but could not pay or pass",
        _flow("trapped_people"), (("trapped_people_days", "total"),),
    ),
    Metric("people_alive", "people", "people of the 138 neighbourhoods alive, wherever they are", people_alive),
)  # fmt: skip
