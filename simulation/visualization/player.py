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
from simulation.visualization import style
from simulation.visualization.maps import Extent, Geography, Rings, centre_of

CONDITIONAL = "Conditional on the mechanisms and assumptions of the model; not a forecast."
WIDTH = 2400  # map units across: about 15 m each for a city of 37 km, finer than any quartier border
LABELS = ("state", "contested", "gang")

TEXT: dict[str, object] = {
    "conditional": CONDITIONAL,
    "map": "Map of neighbourhoods coloured by gang influence",
    "influence": "Gang influence",
    "low": "none (state presence)",
    "high": "complete (gang hold)",
    "labels": ["state presence", "contested", "held by a gang"],
    "hosted": "Displaced people hosted",
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


SERIES = (
    Series("displaced_people", "people displaced", "people", "#00588a"),
    Series("gang_control_population_share", "of residents in gang-held areas", "share", "#a8321c"),
)


def player_data(
    daily: pd.DataFrame,
    neighbourhoods: pd.DataFrame,
    events: pd.DataFrame | None,
    geography: Geography,
    *,
    title: str = "",
    series: Sequence[Series] = SERIES,
    text: Mapping[str, object] | None = None,
    every: int = 1,
    events_a_day: int = 3,
) -> dict[str, object]:
    """Everything the script needs, ready for JSON, from the tables of one run.

    `daily` has a row a date; `neighbourhoods` a row a date and neighbourhood with influence (0-1), optionally
    label and displaced_hosted; `events` columns date, kind, neighbourhood, text. `every` keeps each n-th day
    of the map; at most `events_a_day` events of a day are kept, the first ones. `text` replaces words of
    `TEXT`, for translation. Raises UnknownNameError for a missing column and InputError for tables without a
    day.
    """
    for name in ("date", "neighbourhood", "influence"):
        if name not in neighbourhoods.columns:
            raise unknown_name("column", name, neighbourhoods.columns, where="neighbourhoods table")
    places = [place for place in sorted(geography.shapes) if _is_inside(geography.shapes[place], geography.extent)]
    moments = pd.DatetimeIndex(pd.to_datetime(neighbourhoods["date"])).unique().sort_values()[::every]
    if len(moments) == 0 or not places:
        raise InputError("an animated map needs at least one day and one neighbourhood inside its extent")
    step = (moments[-1] - moments[0]).days / (len(moments) - 1) if len(moments) > 1 else 1
    data: dict[str, object] = {
        "title": title,
        "text": {**TEXT, **(text or {})},
        "palette": {"stops": style.INFLUENCE_STOPS, "sea": style.SEA, "land": style.LAND},
        "dates": [moment.date().isoformat() for moment in moments],
        "days_a_frame": max(step, 1e-6),
        "caption_lines": 4,
        "series": [_series(daily, moments, one) for one in series if one.column in daily.columns],
        "events": _events(events, moments, places, events_a_day),
        "map": _map(geography, places),
    }
    return data | _fields(neighbourhoods, moments, places)


def _is_inside(rings: Rings, extent: Extent) -> bool:
    west, east, south, north = extent
    points = np.concatenate(rings)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return x1 > west and x0 < east and y1 > south and y0 < north


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.clip(np.rint(values), 0, 255).astype(np.uint8).tobytes()).decode("ascii")


def _fields(neighbourhoods: pd.DataFrame, moments: pd.DatetimeIndex, places: list[str]) -> dict[str, object]:
    """Influence, labels and hosted people as bytes, a row a moment and a column a place."""
    table = neighbourhoods.assign(date=pd.to_datetime(neighbourhoods["date"]))

    def wide(column: pd.Series) -> np.ndarray:
        frame = table.assign(value=column).pivot(index="date", columns="neighbourhood", values="value")
        return frame.reindex(index=moments, columns=places).fillna(0).to_numpy(dtype=float)

    packed: dict[str, object] = {"influence": _packed(255 * wide(table["influence"]))}
    if "label" in table.columns:
        numbers = table["label"].astype(str).map({label: i for i, label in enumerate(LABELS)})
        packed["labels"] = _packed(wide(numbers.fillna(1)))
    if "displaced_hosted" in table.columns:
        people = wide(table["displaced_hosted"])
        most = max(float(people.max()), 1.0)
        packed["hosted"] = _packed(255 * np.sqrt(np.clip(people, 0, None) / most))
        packed["hosted_most"] = most
    return packed


def _series(daily: pd.DataFrame, moments: pd.DatetimeIndex, series: Series) -> dict[str, object]:
    values = pd.Series(daily[series.column].to_numpy(dtype=float), index=pd.to_datetime(daily["date"]))
    digits = 4 if series.unit == "share" else 0
    shown = [None if math.isnan(v) else round(v, digits) for v in values.reindex(moments).to_numpy()]
    return {"label": series.label, "unit": series.unit, "colour": series.colour, "values": shown}


def _events(
    events: pd.DataFrame | None, moments: pd.DatetimeIndex, places: list[str], a_day: int
) -> list[dict[str, object]]:
    if events is None or events.empty:
        return []
    dates = pd.to_datetime(events["date"])
    kept = events.assign(date=dates).sort_values("date", kind="stable").groupby("date", sort=True).head(a_day)
    # An event between two kept days belongs to the later one; after the last day it is not shown.
    frames = moments.searchsorted(kept["date"])
    number = {place: i for i, place in enumerate(places)}
    known = kept["neighbourhood"] if "neighbourhood" in kept.columns else [None] * len(kept)
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


def player_fragment(data: Mapping[str, object], *, with_code: bool = True) -> str:
    """A piece of HTML that shows the player: for a page, a notebook cell or an app.

    A page with several players needs the code once: pass `with_code=False` for all but the first, and every
    fragment still mounts itself.
    """
    # '</' inside a script element would end it, whatever the quotes.
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
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
