"""A population from a file: one row a household (or `weight` of them), read, checked, founded, and written again.

Whoever has a synthetic population of their own brings it as CSV or parquet with the columns of `NEEDED` and, if wanted,
`OPTIONAL`. The file then *is* the population: neighbourhoods have the people that it gives them, in every share and
density of the run (`PeopleFile.city`). The map's own figures no longer count.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.csv

from models.haiti.people.columns import NO_TIE, WEALTH_WORDS, Households, draw_character
from models.haiti.world.city import City
from models.haiti.world.naming import find_beyond, find_neighbourhood
from simulation.errors import InputError, unknown_name
from simulation.files.atomic import write_atomically, writing
from simulation.files.columns import KINDS, read_columns
from simulation.runs.results import write_table

NEEDED = ("home", "people", "wealth", "ties")
OPTIONAL = ("threshold",)
MOST_PEOPLE = 50
"""The most people of one household (a row that stands for `weight` households may have `weight` times as many)."""
WIDEST_THRESHOLD = 5.0
"""A household's own half dose of flight lies within exp(-5) and exp(5) times the city's."""
FACTOR = 2.0
"""How far the people of a file may be from those of the map, as a factor: beyond it lies a sample or a wrong unit."""


@dataclasses.dataclass(frozen=True, eq=False)
class PeopleFile:
    """A checked population: arrays with one entry a row of the file, in its order.

    home: int16, neighbourhood. people: int32. wealth: int8. tie: int16, place beyond the city or -1. threshold: float64,
    NaN where the file has none (it is then drawn).
    """

    path: Path
    home: np.ndarray
    people: np.ndarray
    wealth: np.ndarray
    tie: np.ndarray
    threshold: np.ndarray

    def city(self, city: City) -> City:
        """The city with the people of this file instead of its own; everything else is shared."""
        return populated(city, np.bincount(self.home, self.people, minlength=len(city)).astype(np.int64))

    def households(self, city: City, weight: int, parameters, generator: np.random.Generator) -> Households:
        """The households of the file at home, before any displacement; thresholds that it lacks and fear are drawn."""
        found = Households(self.home, self.people, len(city), len(city) + len(city.external), weight)
        found.wealth[:] = self.wealth
        found.tie[:] = self.tie
        draw_character(found, parameters, generator, self.threshold)
        return found


def populated(city: City, population: np.ndarray) -> City:
    """The city with other people, int64 (n,); everything else is shared."""
    density = population / city.area_km2
    for array in (population, density):
        array.setflags(write=False)
    return dataclasses.replace(city, population=population, density_per_km2=density)


def read_people(path: Path, city: City, weight: int) -> PeopleFile:
    """Read and check a population for this city; each row stands for `weight` households.

    `home`: id or name of a neighbourhood. `people`: 1 to 50 times the weight. `wealth`: poor, middle or better off.
    `ties`: id or name of a place beyond the city, empty for none. `threshold`: log of the household's half dose of flight
    against the city's, -5 to 5, as it is to be used (effects of wealth and ties included).

    Raises InputError naming file, row and column; also if the file's people are not within half and twice the map's, or if
    the last row of a CSV file has no line break at its end, as it may have been cut off in its last cell.
    """
    table = read_columns(path, NEEDED, OPTIONAL)
    home = table.read("home", lambda cell: find_neighbourhood(city, cell)).astype(np.int16)
    people = table.read("people", lambda cell: _people(cell, weight)).astype(np.int32)
    wealth = table.read("wealth", _wealth).astype(np.int8)
    tie = table.read("ties", lambda cell: find_beyond(city, cell), empty=NO_TIE).astype(np.int16)
    threshold = np.full(len(table), np.nan)
    if "threshold" in table:
        threshold = table.numbers("threshold", -WIDEST_THRESHOLD, WIDEST_THRESHOLD)
    total, mapped = int(people.sum()), int(city.population.sum())
    if not mapped / FACTOR <= total <= mapped * FACTOR:
        hint = "The file must hold everybody: a row of a sample stands for `weight` households, with all their people"
        raise InputError(f"{total:,} people for a city of {mapped:,}", f"{path}, column 'people'", hint)
    return PeopleFile(Path(path), home, people, wealth, tie, threshold)


def write_people(path: str | Path, population: Households, city: City) -> Path:
    """Write the households with somebody alive as a population file (.csv or .parquet), to read or to change.

    It says who the households are, not where they are today: displacement is founded anew. Raises InputError if
    something is at `path` or nothing can be made there.
    """
    path = Path(path)
    if path.suffix.lower() not in KINDS:
        raise InputError("is neither a .csv nor a .parquet file", str(path), f"Call it {path.stem}.csv")
    if os.path.lexists(path):
        raise InputError("it exists already and is not overwritten", str(path), "Choose another name")
    alive = population.people > 0
    ids = np.array([*city.ids, *(one.id for one in city.external), ""])  # the last: no tie, -1
    columns = {"home": ids[population.home[alive]], "people": population.people[alive]}
    columns |= {"wealth": np.array(WEALTH_WORDS)[population.wealth[alive]], "ties": ids[population.tie[alive]]}
    table = pyarrow.table({**columns, "threshold": population.threshold[alive]})

    def write(hidden: Path) -> None:
        if path.suffix.lower() == ".csv":
            with hidden.open("wb") as file:  # Arrow opens no file whose name is no Unicode
                pyarrow.csv.write_csv(table, file)
        else:
            write_table(table.to_pandas(), hidden)

    with writing(path):
        write_atomically(path, write)
    return path


def _people(cell: Any, weight: int) -> int:
    """A number of people from the text of a CSV cell or the number of a parquet file."""
    most = MOST_PEOPLE * weight
    try:
        number = float(cell)
    except (TypeError, ValueError):
        raise InputError(f"'{cell}' is no number of people", hint=f"It can be 1 to {most:,}") from None
    if not number >= 1:
        raise InputError(
            f"{cell} people make no household", hint="The least is 1; leave the row out if nobody is there"
        )
    if number > most:
        stands = "one household" if weight == 1 else f"{weight} households"
        hint = f"A row stands for {stands} here and can have 1 to {most:,}; `weight` lets it stand for more"
        raise InputError(f"{cell} people are too many", hint=hint)
    if number != int(number):
        raise InputError(f"{cell} people are not whole people", hint=f"Say {round(number)}")
    return int(number)


def _wealth(cell: Any) -> int:
    word = str(cell).casefold().replace("_", " ")
    if word not in WEALTH_WORDS:
        raise unknown_name("wealth", cell, WEALTH_WORDS)
    return WEALTH_WORDS.index(word)
