"""How the city and those in it show themselves: maps of today and of recorded days; a gang, a household, a neighbourhood."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.clock import write_date
from simulation.errors import InputError

if TYPE_CHECKING:
    from models.haiti.agents.gang import Gang
    from models.haiti.agents.household import Household
    from models.haiti.model import HaitiModel
    from models.haiti.world.neighbourhood import Neighbourhood
    from simulation.visualization.maps import Geography
    from simulation.visualization.picture import Picture

Marks = Mapping[str, tuple[Sequence[int], str]]
"""{words: (numbers of neighbourhoods, colour)}."""
HELD, PRESENT, HOME, NOW, BESIDE = "#7d2315", "#efab66", "#0072b2", "#d55e00", "#a3cdd6"
LEAST, AROUND = 0.35, 1.5  # of the city's width: the nearest that a map looks; of what is marked: what lies around it
NEXT = 8  # names in a sentence, and sentences of a story below a picture


class CityPictures:
    """What a model of the city says of its places when it is drawn (`simulation.visualization.short_ways.Shown`)."""

    def _geography(self: HaitiModel) -> Geography:
        from models.haiti.presentation import read_geography

        return read_geography(self.city.folder)

    def _places(self: HaitiModel, day: int, field: str) -> Mapping[str, Any]:
        """Of today from the state as it is; of another day from what was recorded."""
        from models.haiti.metrics import FIELDS

        if day == self.day:
            return dict(zip(self.city.ids, FIELDS[field](self).tolist()))
        if not self.recorder.fields:
            hint = "Make the model with neighbourhoods=True: HaitiModel(case, neighbourhoods=True); map() shows today"
            raise InputError("days before today were not recorded for neighbourhoods", f"{self._called()}, map", hint)
        return dict(zip(self.city.ids, self.recorder.place_values[field][day].tolist()))


def gang_picture(gang: Gang) -> Picture:
    """Where a gang rules and where its people are."""
    model = gang.model
    held = gang.territory
    present = np.setdiff1d(np.flatnonzero(model.state.members[gang.index]), held)
    marks = {"it rules": (held, HELD), "it has members": (present, PRESENT)}
    alt = f"{gang.name} rules {_listed(model, held)} and has members in {_listed(model, present)}."
    return _marked(model, gang.name, marks, alt)


def household_picture(household: Household) -> Picture:
    """Where a household comes from and where it is."""
    model, columns = household.model, household.model.population
    home, place = int(columns.home[household.row]), int(columns.place[household.row])
    marks = {f"home: {household.home}": ([home], HOME)}
    if place != home:
        marks[f"now: {household.place}"] = ([place] if place < model.n else [], NOW)
    alt = f"Household {household.row} of {household.home}: {household.status}, in {household.place}."
    return _marked(model, f"Household {household.row}: {household.status}", marks, alt)


def neighbourhood_picture(place: Neighbourhood) -> Picture:
    """Where a neighbourhood lies, and what it borders on."""
    beside = [place.model.city.resolve(name) for name in place.neighbours]
    marks = {place.name: ([place.number], NOW), "next to it": (beside, BESIDE)}
    alt = f"{place.name} in {place.commune}, next to {_listed(place.model, beside)}."
    return _marked(place.model, f"{place.name}, {place.commune}", marks, alt)


def _marked(model: HaitiModel, title: str, marks: Marks, alt: str) -> Picture:
    """A map on which some neighbourhoods have a colour, as near as shows them all; a legend says why."""
    from simulation.visualization.maps import draw_map
    from simulation.visualization.picture import finish, new_picture, small_style, title_of
    from simulation.visualization.short_ways import draw_words

    city, colours = model.city, {words: colour for words, (_, colour) in marks.items()}
    labels = {city.ids[place]: words for words, (places, _) in marks.items() for place in places}
    alone = [city.ids[places[0]] for places, _ in marks.values() if len(places) == 1]
    with small_style():
        picture = new_picture(6.4, 4.6)
        axes = picture.subplots()
        draw_map(axes, _near(model, list(labels), alone), labels=labels, label_colours=colours)
        draw_words(axes, {}, colours)
        axes.set_title(title_of(title, picture))
        return finish(picture, alt, f"{write_date(model.clock.date(model.day))}: {model._called()}.")


def _near(model: HaitiModel, places: Sequence[str], named: Sequence[str]) -> Geography:
    """The map cut to these places and what lies around them; `named` are named instead of the communes, if there are any."""
    from simulation.visualization.maps import centre_of

    geography = model._geography()
    if not places:
        return geography
    points = np.concatenate([ring for place in places for ring in geography.shapes[place]])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    whole = geography.extent
    wide, high = whole[1] - whole[0], whole[3] - whole[2]
    scale = min(1.0, max(LEAST, AROUND * max((east - west) / wide, (north - south) / high)))
    middle = [
        min(max((low + top) / 2, edge + scale * size / 2), far - scale * size / 2)
        for low, top, edge, far, size in ((west, east, *whole[:2], wide), (south, north, *whole[2:], high))
    ]
    half = scale * wide / 2, scale * high / 2
    extent = (middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1])
    names = {geography.names[place]: centre_of(geography.shapes[place]) for place in named}
    return dataclasses.replace(geography, extent=extent, captions=names or geography.captions)


def _listed(model: HaitiModel, places: Sequence[int]) -> str:
    """Names of neighbourhoods for a sentence, of many their number."""
    names = [model.city.names[place] for place in places]
    if not names:
        return "no neighbourhood"
    return ", ".join(names) if len(names) <= NEXT else f"{len(names)} neighbourhoods"


def thing_html(thing: Any, picture: Picture, rows: Sequence[tuple[str, object]]) -> str:
    """What somebody or a place shows: the picture, facts of today, and the last sentences of its story if one is written."""
    from simulation.visualization.picture import caveat_html, shown, table_html

    model, told = thing.model, ""
    if model.ledger.keep_incidents:
        lines = [(write_date(date), sentence) for date, sentence in model.story(thing).lines[-NEXT:]]
        told = table_html(lines)
    title = repr(thing).strip("<>")
    return shown(title[0].upper() + title[1:], picture._repr_html_(), table_html(rows), told, caveat_html("Simulated."))
