"""Names of places: neighbourhoods, and the departments and borders beyond them, numbered one after the other."""

from __future__ import annotations

from models.haiti.world.city import City
from simulation.errors import InputError, UnknownNameError, unknown_name


def place_name(city: City, number: int) -> str:
    """Name of a neighbourhood or of a place beyond."""
    return city.names[number] if number < len(city) else city.external[number - len(city)].name


def find_neighbourhood(city: City, text: object, where: str = "") -> int:
    """Number of a neighbourhood by id, name or alias; InputError that says `where`."""
    try:
        return city.resolve(str(text))
    except InputError as error:
        raise type(error)(error.what, where, error.hint) from None


def find_beyond(city: City, text: object, where: str = "") -> int:
    """Number of the place beyond the city with this id or name; InputError that says `where`, with the nearest."""
    folded = str(text).strip().casefold()
    parts = []
    for number, one in enumerate(city.external, start=len(city)):
        if folded in (one.id.casefold(), one.name.casefold()):
            return number
        if one.department and folded == one.department.casefold():
            parts.append(one.name)
    if len(parts) == 1:
        return find_beyond(city, parts[0])
    if parts:
        raise InputError(f"'{text}' is the name of {len(parts)} places", where, f"Say {' or '.join(parts)}")
    known = {name for one in city.external for name in (one.id, one.name)}
    raise unknown_name("place beyond the city", text, known, where)


def find_place(city: City, text: object, where: str = "") -> int:
    """Number of a neighbourhood or of a place beyond the city, by id or name; InputError that says `where`."""
    try:
        return find_neighbourhood(city, text, where)
    except UnknownNameError:
        pass
    try:
        return find_beyond(city, text, where)
    except UnknownNameError:
        names = (name for one in city.external for name in (one.id, one.name))
        raise unknown_name("place", text, {*city.ids, *city.names, *names}, where) from None
