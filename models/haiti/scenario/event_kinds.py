"""The kinds of dated events that scenarios may name, and what contradicts a scenario's parameters.

Another kind is one `register(Kind(...))`: its settings with unit and bounds, and what it does to the running model.
"""

from __future__ import annotations

import datetime
from typing import Any

from models.haiti.mechanisms.politics.mandate import LEAD_DAYS, OPTIONS
from models.haiti.parameters import FOUNDING
from models.haiti.scenario.events import KINDS, Event, Kind, Setting, check_order, register
from models.haiti.world.naming import find_neighbourhood
from simulation.errors import InputError, unknown_name
from simulation.files.toml_lines import TomlLines
from simulation.port.registers import Registers


def check(case, where: str, *, within: bool, lines: TomlLines | None = None) -> None:
    """Everything in which the events of a case contradict one another, its dates or its parameters; InputError.

    within: whether events must also happen before its last day. lines: of its file, to name those of parameters.
    """
    end = case.start + datetime.timedelta(days=case.days) if within else None
    check_order(case.events, case.start, end, _key(where, lines, "days"))
    for event in case.events:
        if event.what == "parameters":
            _check_parameters(case, event)
    rules = case.parameters
    absent = rules.mandate.option == "none" or rules.deployment.authorised == 0
    adopted = [event for event in case.events if event.what == "adoption"]
    for event in case.events:
        date = event.date_from(case.start)
        if event.what in ("withdrawal", "consent_withdrawn") and absent:
            key = "mandate.option" if rules.mandate.option == "none" else "deployment.authorised"
            if not any(one.date_from(case.start) < date for one in adopted):
                other = adopted[0].where if adopted else _key(where, lines, key)
                what = f"the mission would leave from {date} on, before it has a mandate"
                raise InputError(what, f"{event.where} and {other}", "Let it be adopted earlier")
        if event.what == "adoption" and event.get("option") == rules.mandate.option != "none" and not absent:
            what = f"the option {event.get('option')} is in force before it is adopted on {date}"
            hint = "Leave mandate.option out, or the adoption"
            raise InputError(what, f"{_key(where, lines, 'mandate.option')} and {event.where}", hint)


def held(case, day: int) -> dict[str, tuple[Any, Event]]:
    """What the events of a case hold parameters at on the evening of a day of the run: {name: (value, event)}."""
    found = {}
    order = sorted(case.events, key=lambda event: event.first_day(case.start))
    for event in order:
        last = event.last_day(case.start)
        if event.what == "parameters" and event.first_day(case.start) <= day and (last is None or day <= last):
            found |= {name: (value, event) for name, value in event.get("set")}
    return found


def _key(where: str, lines: TomlLines | None, key: str) -> str:
    """A key of the scenario, with its line in the file if it stands there."""
    if lines is None:
        return f"{where}, {key}"
    line = lines.find("", key) if "." not in key else lines.find_dotted(key, "parameters")
    return f"{where.rpartition('/')[2]}, line {line}, {key}" if line else f"{where}, {key} (default)"


def _check_parameters(case, event: Event) -> None:
    changes, known = dict(event.get("set")), [name for name, _ in case.parameters]
    for name in changes:
        if name not in known:
            raise unknown_name("parameter", name, known, event.where)
    case.parameters.replace(changes, event.where)
    for name, value in changes.items():
        if name in FOUNDING:
            hint = "Set it under [parameters]"
            raise InputError(f"{name} cannot change during a run: {FOUNDING[name]}", event.where, hint)
        if name == "funding.source" and (case.parameters.funding.source, value) == ("level", "pledges"):
            raise InputError("funding.source cannot go from 'level' to 'pledges' during a run", event.where)
    ends = event.until is not None or event.length is not None
    if ends and changes.get("funding.source", case.parameters.funding.source) != case.parameters.funding.source:
        raise InputError("a change of funding.source cannot end: pledges not paid by then are lost", event.where)


# Parameters


def _set(model, event: Event) -> None:
    model.calendar.set_parameters(model.case.events.index(event), dict(event.get("set")))


def _unset(model, event: Event) -> None:
    model.calendar.release(model.case.events.index(event))


register(
    Kind(
        "parameters", "parameters take other values, for good or for a time", _set,
        {"set": Setting(None, "", 'parameters and values, as {"funding.level" = 0.5}', kind="table")}, _unset,
    )
)  # fmt: skip


# Donors


def _check_donor(model, event: Event) -> None:
    known = {record.donor for record in model.start.pledges} | {"all", "largest"}
    if event.what == "donor_shock":
        known.discard("largest")
    if event.get("donor") not in known:
        raise unknown_name("donor", event.get("donor"), known, event.where)


def _shock(model, event: Event) -> None:
    number = model.case.events.index(event)
    model.political_will.shocks.append([number, event.get("donor"), event.get("cash"), event.get("in_kind")])


def _shock_ends(model, event: Event) -> None:
    number = model.case.events.index(event)
    model.political_will.shocks = [shock for shock in model.political_will.shocks if shock[0] != number]


register(
    Kind(
        "donor_shock", "a donor freezes, cuts or raises what it pays", _shock,
        {
            "donor": Setting("United States", "", "who, or 'all'", kind="text"),
            "cash": Setting(0.0, "ratio", "payments into the trust fund over those due: 0 a freeze, above 1 a surge", (0, 1.5)),
            "in_kind": Setting(1.0, "ratio", "the same for goods in kind", (0, 1.5)),
        },
        _shock_ends, _check_donor,
    )
)  # fmt: skip
register(
    Kind(
        "donor_loss", "a donor pays nothing more",
        lambda model, event: model.political_will.lose(event.get("donor")),
        {"donor": Setting("largest", "", "who, or 'largest': from whom most is still expected", kind="text")},
        check=_check_donor,
    )
)  # fmt: skip


# The Council


def _adopt(model, event: Event) -> None:
    begins = event.get("begins")
    lag = event.get("lag") if begins is None else max(0, model.clock.day(begins) - model.day)
    model.mandate.propose(event.get("option"), event.get("ceiling"), event.get("probability"), lag)


def _expire(model, event: Event) -> None:
    model.mandate.set_expiry(model.clock.day(event.date_from(model.case.start)), event.get("then"))


def _withdraw_consent(model, event: Event) -> None:
    model.mandate.consent = False
    model.mandate.end(event.get("over"))


def _veto(model, event: Event) -> None:
    model.mandate.vetoes += 1


def _veto_ends(model, event: Event) -> None:
    model.mandate.vetoes -= 1


_OVER = Setting(-1, "days", "length of the draw-down; -1: mandate.drawdown_days", (-1, 1000), kind="whole")
register(
    Kind(
        "adoption", "the Council votes on another option, which takes over some time later", _adopt,
        {
            "option": Setting(None, "", "the option", choices=OPTIONS),
            "ceiling": Setting(-1, "people", "strength authorised; -1: as before", (-1, 30_000), kind="whole"),
            "probability": Setting(-1.0, "probability", "of adoption; -1: mandate.adoption_probability", (-1, 1)),
            "lag": Setting(-1.0, "days", "until it takes over; -1: drawn around mandate.adoption_lag", (-1, 2000)),
            "begins": Setting(None, "", "date on which it takes over, instead of a lag", kind="date"),
        },
        decides=True,
    )
)  # fmt: skip
register(
    Kind(
        "renewal", "the mandate in force is extended", lambda model, event: model.mandate.renew(event.get("term")),
        {"term": Setting(365, "days", "by how long", (1, 3650), kind="whole")}, decides=True,
    )
)  # fmt: skip
register(
    Kind(
        "expiry", "the mandate in force expires on this date, and then", _expire,
        {"then": Setting("end", "", "what has been decided ninety days before", choices=("renew", "change", "end"))},
        lead_days=LEAD_DAYS, decides=True,
    )
)  # fmt: skip
register(
    Kind(
        "withdrawal", "the mission starts to leave", lambda model, event: model.mandate.end(event.get("over")),
        {"over": _OVER}, decides=True,
    )
)  # fmt: skip
register(
    Kind(
        "consent_withdrawn",
        "the host state wants the mission to leave",
        _withdraw_consent,
        {"over": _OVER},
        decides=True,
    )
)
register(Kind("veto", "no new option is adopted", _veto, end=_veto_ends))


# Politics and gangs

_LEFT = Setting(0.1, "share", "what is left of it", (0, 1))
register(
    Kind(
        "government_falls", "the government falls; stability drops to a level",
        lambda model, event: model.government.fall(event.get("level")), {"level": _LEFT},
    )
)  # fmt: skip
register(
    Kind(
        "pact_breaks", "the pact between the gangs breaks up; cohesion drops to a level",
        lambda model, event: model.coalition.break_up(event.get("level")), {"level": _LEFT},
    )
)  # fmt: skip
register(
    Kind(
        "offensive", "gangs are on the offensive",
        lambda model, event: model.offensives.hold(True), end=lambda model, event: model.offensives.hold(False),
    )
)  # fmt: skip


# Ways


def _ends_of(model, event: Event) -> tuple[str, str]:
    a, b = (model.city.ids[find_neighbourhood(model.city, name, event.where)] for name in event.get("between"))
    return a, b


def _check_corridor(model, event: Event) -> None:
    a, b = _ends_of(model, event)
    graph = model.city.places.graph
    if not graph.has_edge(a, b):
        near = ", ".join(sorted(graph.neighbors(a)))
        raise InputError(f"no way joins {a} and {b}", event.where, f"From {a} one can go to {near}")


def _close_airport(model, event: Event) -> None:
    model.calendar.airport_closures += 1


def _open_airport(model, event: Event) -> None:
    model.calendar.airport_closures -= 1


register(Kind("airport_closure", "nobody of the mission can land", _close_airport, end=_open_airport))
register(
    Kind(
        "corridor_closure", "the way between two neighbouring places is closed",
        lambda model, event: model.terrain.close(*_ends_of(model, event)),
        {"between": Setting(None, "", "two neighbourhoods", kind="pair")},
        lambda model, event: model.terrain.open(*_ends_of(model, event)), _check_corridor,
    )
)  # fmt: skip


# Contributors


def _contingent(model, event: Event) -> None:
    model.deployment.add_contingent(event.get("country"), event.get("people"), event.get("ready"))


def _check_contingent(model, event: Event) -> None:
    """A country of contributors.csv that has pledged a number cannot send more, all events together, unless it offers more."""
    country, offered = event.get("country"), event.get("offered")
    if offered >= 0:
        return
    record = next((one for one in model.start.contributors if one.country == country), None)
    if record is None or record.personnel is None:
        return
    same = [one for one in model.case.events if one.what == "contingent" and one.get("country") == country]
    total = sum(one.get("people") for one in same)
    if total > record.personnel:
        row = f"contributors.csv, {country}, personnel = {record.personnel}"
        what = f"a contingent of {total} people from {country} is larger than its pledge of {record.personnel}"
        raise InputError(what, f"{event.where} and {row}", "Say a new pledge with 'offered'")


register(
    Kind(
        "landing", "people of a country land, as recorded, whatever the ceilings",
        lambda model, event: model.deployment.land(event.get("country"), event.get("people")),
        {
            "country": Setting(None, "", "who", kind="text"),
            "people": Setting(None, "people", "how many", (1, 30_000), kind="whole"),
        },
    )
)  # fmt: skip
register(
    Kind(
        "contingent", "people of a country get ready to come, on top of what its pledge has planned", _contingent,
        {
            "country": Setting(None, "", "who", kind="text"),
            "people": Setting(None, "people", "how many", (1, 30_000), kind="whole"),
            "offered": Setting(-1, "people", "a pledge made with it; -1: that of contributors.csv", (-1, 30_000), kind="whole"),
            "ready": Setting(0, "days", "time until they are ready", (0, 2000), kind="whole"),
        },
        check=_check_contingent,
    )
)  # fmt: skip

ADDED = Registers({"kind of event": KINDS})
