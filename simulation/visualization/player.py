"""The animated map of one run as a self-contained piece of HTML: small data, one script, no network."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from simulation.errors import InputError, unknown_name
from simulation.files.plain_text import plain_text
from simulation.visualization import style
from simulation.visualization.maps import Extent, Geography, Rings, centre_of

CONDITIONAL = "Conditional on the mechanisms and assumptions of the model; not a forecast."
WIDTH = 2400  # map units across: about 15 m each for a city of 37 km, finer than any quartier border

TEXT: dict[str, object] = {
    "conditional": CONDITIONAL,
    "largest": "largest circle",
    "events": "What happened",
    "nothing": "No event recorded yet.",
    "play": "Play",
    "pause": "Pause",
    "back": "One day back",
    "next": "One day on",
    "day": "Day shown",
    "speed": "Speed",
    "days_a_second": "days/s",
    "keys": "Keys: space plays, arrows move a day, shift + arrows a week",
}


@dataclass(frozen=True)
class Series:
    """A line under the map: a column of the daily table, its words, its unit ('share' or 'people'), its
    colour."""

    column: str
    label: str
    unit: str
    colour: str


@dataclass(frozen=True)
class Look:
    """What a model shows on its animated map, and in which words.

    level: column of the table of days and places, 0-1, that colours a place; stops: positions on 0-1 and their colours.
    place: column that names the place. text: words of `TEXT` and those of the model: `map` (what is seen), `level`, `low`
    and `high` (its ends), `labels` (words, one for each of labels), `circles`. labels: values of a column `label`, which is
    shown if it is there; between: position among them of any other value. circles: column of people, drawn as circles if
    it is there. series: lines under the map, of those columns that the daily table has.
    """

    level: str
    stops: Sequence[tuple[float, str]]
    text: Mapping[str, object]
    place: str = "place"
    labels: Sequence[str] = ()
    between: int = 0
    circles: str = ""
    series: Sequence[Series] = ()


def player_data(
    daily: pd.DataFrame,
    tall: pd.DataFrame,
    events: pd.DataFrame | None,
    geography: Geography,
    look: Look,
    *,
    title: str = "",
    text: Mapping[str, object] | None = None,
    every: int = 1,
    events_a_day: int = 3,
) -> dict[str, object]:
    """Everything the script needs, ready for JSON, from the tables of one run.

    `daily` has a row a date; `tall` a row a date and place with what `look` names; `events` columns date, kind, text and
    that of the place. `every` keeps each n-th day of the map; at most `events_a_day` events of a day are kept, the first
    ones. `text` replaces words of `TEXT` and of the look, for translation. Raises UnknownNameError for a missing column
    and InputError for tables without a day.
    """
    for name in ("date", look.place, look.level):
        if name not in tall.columns:
            raise unknown_name("column", name, tall.columns, where="table of days and places")
    places = [place for place in sorted(geography.shapes) if _is_inside(geography.shapes[place], geography.extent)]
    moments = pd.DatetimeIndex(pd.to_datetime(tall["date"])).unique().sort_values()[::every]
    if len(moments) == 0 or not places:
        raise InputError("an animated map needs at least one day and one place inside its extent")
    step = (moments[-1] - moments[0]).days / (len(moments) - 1) if len(moments) > 1 else 1
    data: dict[str, object] = {
        "title": title,
        "text": {**TEXT, **look.text, **(text or {})},
        "palette": {"stops": look.stops, "sea": style.SEA, "land": style.LAND},
        "dates": [moment.date().isoformat() for moment in moments],
        "days_a_frame": max(step, 1e-6),
        "caption_lines": 4,
        "series": [_series(daily, moments, one) for one in look.series if one.column in daily.columns],
        "events": _events(events, moments, places, look.place, events_a_day),
        "map": _map(geography, places),
    }
    return data | _fields(tall, moments, places, look)


def _is_inside(rings: Rings, extent: Extent) -> bool:
    west, east, south, north = extent
    points = np.concatenate(rings)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return x1 > west and x0 < east and y1 > south and y0 < north


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.clip(np.rint(values), 0, 255).astype(np.uint8).tobytes()).decode("ascii")


def _fields(tall: pd.DataFrame, moments: pd.DatetimeIndex, places: list[str], look: Look) -> dict[str, object]:
    """Levels, labels and people in circles as bytes, a row a moment and a column a place."""
    table = tall.assign(date=pd.to_datetime(tall["date"]))

    def wide(column: pd.Series) -> np.ndarray:
        frame = table.assign(value=column).pivot(index="date", columns=look.place, values="value")
        return frame.reindex(index=moments, columns=places).fillna(0).to_numpy(dtype=float)

    packed: dict[str, object] = {"levels": _packed(255 * wide(table[look.level]))}
    if look.labels and "label" in table.columns:
        numbers = table["label"].astype(str).map({label: i for i, label in enumerate(look.labels)})
        packed["labels"] = _packed(wide(numbers.fillna(look.between)))
    if look.circles in table.columns:
        people = wide(table[look.circles])
        most = max(float(people.max()), 1.0)
        packed["circles"] = _packed(255 * np.sqrt(np.clip(people, 0, None) / most))
        packed["circles_most"] = most
    return packed


def _series(daily: pd.DataFrame, moments: pd.DatetimeIndex, series: Series) -> dict[str, object]:
    values = pd.Series(daily[series.column].to_numpy(dtype=float), index=pd.to_datetime(daily["date"]))
    digits = 4 if series.unit == "share" else 0
    shown = [None if math.isnan(v) else round(v, digits) for v in values.reindex(moments).to_numpy()]
    return {"label": series.label, "unit": series.unit, "colour": series.colour, "values": shown}


def _events(
    events: pd.DataFrame | None, moments: pd.DatetimeIndex, places: list[str], column: str, a_day: int
) -> list[dict[str, object]]:
    if events is None or events.empty:
        return []
    dates = pd.to_datetime(events["date"])
    kept = events.assign(date=dates).sort_values("date", kind="stable").groupby("date", sort=True).head(a_day)
    # An event between two kept days belongs to the later one; after the last day it is not shown.
    frames = moments.searchsorted(kept["date"])
    number = {place: i for i, place in enumerate(places)}
    known = kept[column] if column in kept.columns else [None] * len(kept)
    return [
        {"frame": int(frame), "place": number.get(place, -1), "text": str(words)}
        for frame, place, words in zip(frames, known, kept["text"])
        if frame < len(moments)
    ]


def _map(geography: Geography, places: list[str]) -> dict[str, object]:
    west, east, south, north = geography.extent
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    height = round((north - south) * scale)

    def project(points: np.ndarray) -> np.ndarray:
        return np.column_stack([(points[:, 0] - west) * squeeze * scale, (north - points[:, 1]) * scale])

    def point(position: tuple[float, float]) -> dict[str, float]:
        x, y = project(np.array([position]))[0]
        return {"x": round(float(x)), "y": round(float(y))}

    unit = scale / 111.32  # map units a kilometre
    length = max((k for k in (1, 2, 5, 10, 20, 50) if k * unit <= WIDTH * 0.24), default=1)
    return {
        "width": WIDTH,
        "height": height,
        "land": "".join(_outline(project(ring)) for ring in geography.land),
        "scale": {"length": round(length * unit), "text": f"{length} km"},
        "captions": [
            {"text": text, **point(position)}
            for text, position in geography.captions.items()
            if west < position[0] < east and south < position[1] < north
        ],
        "places": [
            {
                "name": geography.names.get(place, place),
                "path": "".join(_outline(project(ring)) for ring in geography.shapes[place]),
                **point(centre_of(geography.shapes[place])),
            }
            for place in places
        ],
    }


def _outline(points: np.ndarray) -> str:
    """An SVG path in whole map units, each step relative to the last: a third of the text of absolute
    numbers."""
    whole = np.rint(points).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    return f"M{whole[0, 0]},{whole[0, 1]}" + "".join(f"l{x},{y}" for x, y in steps) + "z"


def _cleaned(data: object) -> object:
    """Data whose texts neither turn nor hide what stands beside them on a page."""
    if isinstance(data, Mapping):
        return {key: _cleaned(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_cleaned(value) for value in data]
    return plain_text(data) if isinstance(data, str) else data


def player_fragment(data: Mapping[str, object], *, with_code: bool = True) -> str:
    """A piece of HTML that shows the player: for a page, a notebook cell or an app.

    A page with several players needs the code once: pass `with_code=False` for all but the first, and every
    fragment still mounts itself.
    """
    # '</' inside a script element would end it, whatever the quotes.
    packed = json.dumps(_cleaned(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace(
        "</", "<\\/"
    )
    code = ""
    if with_code:
        folder = files("simulation.visualization")
        look = folder.joinpath("player.css").read_text(encoding="utf-8")
        script = folder.joinpath("player.js").read_text(encoding="utf-8")
        code = f"<style>\n{look}</style>\n<script>\n{script}</script>\n"
    carrier = f'<script type="application/json">{packed}</script>'
    without = f"<noscript>{html.escape(CONDITIONAL)} The animated map needs JavaScript.</noscript>"
    place = f'<div class="katye-player">{carrier}{without}</div>'
    return f"{code}{place}\n<script>KatyePlayer.mountAll();</script>\n"
