"""What a room chose and injected, as scenario files: `katye run` makes of them what the page showed, to the byte.

A change holds from the first day, and then stands under [parameters], or from a date on, and is then an event of that date.
A branch at a day is nothing else than changes from that day on: under the same seed both sides are one run until then.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulation.clock import parse_date
from simulation.errors import InputError, unknown_name
from simulation.files.toml import flat, of_kind, read_toml, toml_key, toml_value
from simulation.port.family import DEFAULT, Case, ModelFamily, find_family

MOST_CHANGES = 100  # of one side
MOST_PAIRS = 100
LONGEST_TITLE = 120
TIMING = ("date", "until", "days")
OWN_FILES = ("population", "bring")
FIRST, SECOND = "as-it-is", "what-if"
"""Names of the files of the two sides, and so of their scenarios."""


@dataclass(frozen=True)
class Side:
    """One side of a page: `text` is its scenario file, `name` the file's name without its ending."""

    name: str
    title: str
    text: str
    case: Case = field(compare=False, repr=False)


@dataclass(frozen=True)
class Wish:
    """What is asked for: one side or two, and the seeds of their pairs, `seed` to `seed + pairs - 1`."""

    model: str
    sides: tuple[Side, ...]
    seed: int
    pairs: int

    @property
    def family(self) -> ModelFamily:
        return find_family(self.model)


def read_wish(said: Any, model: str = DEFAULT) -> Wish:
    """A wish from a message of the page.

    `scenario`: its name. `days`, `weight`: as the scenario has them unless given. `seed` (1), `pairs` (0: a sketch alone).
    `a`: changes of both sides, `b`: those of the right one alone, of which there is none without. A change is
    `{"set": name, "value": value}`, with a `date` unless it holds from the first day, or an event:
    `{"what": kind, "date": ..., "settings": {...}}`, with `until` or `days`. `title`: of the right side.

    InputError for whatever does not fit, in the words of the register.
    """
    said = of_kind(said, dict, "table of wishes", "message")
    for key in said:
        if key not in (known := ("scenario", "days", "weight", "seed", "pairs", "a", "b", "title")):
            raise unknown_name("wish", key, known, "message")
    family = find_family(model)
    name = of_kind(said.get("scenario"), str, "name of a scenario", "scenario")
    names = [one.name for one in family.scenarios()]
    if name not in names:  # a file somewhere on this machine is nobody's business
        raise unknown_name("scenario", name, names)
    sizes = {key: said[key] for key in ("days", "weight") if said.get(key) is not None}
    both, right = (_changes(said.get(key, []), key) for key in "ab")
    sides = [_side(family, name, sizes, both, FIRST, "")]
    if right:
        title = of_kind(said.get("title") or _label(right), str, "text", "title")
        sides.append(_side(family, name, sizes, [*both, *right], SECOND, title[:LONGEST_TITLE]))
    seed = _whole(said.get("seed", 1), "seed", 0, 2**63)
    return Wish(model, tuple(sides), seed, _whole(said.get("pairs", 0), "pairs", 0, MOST_PAIRS))


def read_case(family: ModelFamily, name: str, text: str, weight: int | None = None) -> Case:
    """The case of a scenario file of this text, exactly as `katye run NAME.toml` reads it."""
    with tempfile.TemporaryDirectory(prefix="katye-app-") as folder:
        path = Path(folder) / f"{name}.toml"
        try:
            path.write_text(text, encoding="utf-8")
        except UnicodeEncodeError:
            raise InputError("a text holds half a letter", "message") from None
        try:
            return family.load_case(path, weight=weight)
        except InputError as error:
            parts = (part.replace(f"{folder}/", "") for part in (error.what, error.where, error.hint))
            raise type(error)(*parts) from None


def _side(
    family: ModelFamily,
    name: str,
    sizes: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    stem: str,
    title: str,
) -> Side:
    table = scenario_table(family, name)
    days = _whole(sizes.get("days", table["days"]), "days", 1, 36_500)
    table |= {"days": days} | {key: _whole(sizes[key], key, 1, 10**6) for key in ("weight",) if key in sizes}
    parameters, events = table["parameters"], table["events"]
    undated = [one["set"] for one in changes if "set" in one and one.get("date") is None]
    # the register says what is wrong with a value before a file does
    family.parameters().replace({one["set"]: one["value"] for one in changes if "set" in one})
    dated: dict[datetime.date, dict[str, Any]] = {}
    for one in changes:
        if "set" not in one:
            events.append(_event(family, one))
        elif one.get("date") is None:
            parameters[one["set"]] = one["value"]
        elif not family.event_kinds:
            raise InputError("this model has no dated events", "date", "Change it from the first day")
        else:
            own = dated.setdefault(parse_date(one["date"], "date"), {})
            if one["set"] in own:
                raise InputError(f"{one['set']} is set twice on {one['date']}", "changes", "Take one of the two out")
            own[one["set"]] = one["value"]
    events += [{"date": date, "set": own} for date, own in sorted(dated.items())]
    table["title"] = title or table["title"]
    top = f"# Made with katye app {version('katye')} from the scenario {name} of the model {family.name}.\n"
    text = top + written(table)
    case = read_case(family, stem, text)
    family.check_effect(case, undated, "changes")
    _check_dated(family, case, dated)
    return Side(stem, case.title, text, case)


def scenario_table(family: ModelFamily, name: str) -> dict[str, Any]:
    """What the file of a scenario says, with all parameters by their dotted names. InputError if it names files of its own."""
    if family.scenario_file is None:
        raise InputError("its scenarios cannot be changed in a room", f"model '{family.name}'")
    path = family.scenario_file(name)
    table, _ = read_toml(path)
    if own := [key for key in OWN_FILES if key in table]:
        raise InputError(f"it reads a file of its own ({own[0]})", f"scenario {name}", "Copy it and use: katye replay")
    case = family.load_case(name)
    named = {key: value for key, value in flat(table.get("parameters", {}), str(path)).items() if value != {}}
    table = {"title": case.title, "question": case.question, "start": case.start, "days": case.days} | table
    return table | {"parameters": named, "events": list(table.get("events", []))}


def _check_dated(family: ModelFamily, case: Case, dated: Mapping[datetime.date, Mapping[str, Any]]) -> None:
    """InputError for a change on the way that the run could not make, or that would change nothing."""
    now = case.parameters
    for _, changes in sorted(dated.items()):
        after = now.replace(changes)
        family.check_branch(now, after)
        now = after


def _event(family: ModelFamily, said: Mapping[str, Any]) -> dict[str, Any]:
    what = of_kind(said.get("what"), str, "kind of event", "what")
    if what not in family.event_kinds:
        raise unknown_name("kind of event", what, family.event_kinds)
    kinds = family.event_kinds[what].settings
    settings = of_kind(said.get("settings", {}), dict, "table of settings", f"{what}, settings")
    event: dict[str, Any] = {"what": what}
    for key in TIMING:
        if said.get(key) is not None:
            event[key] = said[key] if key == "days" else parse_date(said[key], f"{what}, {key}")
    for key, value in settings.items():
        if key not in kinds:
            raise unknown_name(f"setting of {what}", key, kinds)
        event[key] = parse_date(value, f"{what}, {key}") if kinds[key].kind == "date" else value
    return event


def _changes(said: Any, where: str) -> list[dict[str, Any]]:
    found = of_kind(said, list, "list of changes", where)
    if len(found) > MOST_CHANGES:
        raise InputError(f"{len(found)} changes are too many", where, f"At most {MOST_CHANGES}")
    for one in found:
        of_kind(one, dict, "change", where)
        if ("set" in one) == ("what" in one):
            raise InputError("a change either sets a parameter or is an event", where, 'It says "set" or "what"')
        if "set" in one:
            of_kind(one["set"], str, "name of a parameter", where)
            if "value" not in one:
                raise InputError(f"there is no value for {one['set']}", where)
    return found


def _label(changes: Sequence[Mapping[str, Any]]) -> str:
    """What the changes are, in a few words, for a title."""
    return "; ".join(
        (f"{one['set']} = {one['value']}" if "set" in one else str(one["what"]).replace("_", " "))
        + (f" ({one['date']})" if one.get("date") else "")
        for one in changes
    )


def _whole(value: Any, where: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(f"'{value}' is no whole number from {least} to {most:,}", where)
    return value


def written(table: Mapping[str, Any]) -> str:
    """A scenario as TOML: its own keys, then parameters, then events."""
    lines = [f"{key} = {_value(one)}" for key, one in table.items() if key not in ("parameters", "events")]
    if table["parameters"]:
        lines += ["", "[parameters]", *(f"{toml_key(key)} = {_value(one)}" for key, one in table["parameters"].items())]
    for event in table["events"]:
        lines += ["", "[[events]]", *(f"{toml_key(key)} = {_value(one)}" for key, one in event.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return toml_value(value, "changes")
