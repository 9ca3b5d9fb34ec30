"""Short ways to a picture of one run: curves of its days and a map of its places, for models and folders alike.

What has days and places says `Shown`: its model's family, its tables and what it is called. Everything else is drawn here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.clock import Clock, parse_date, write_date
from simulation.errors import InputError
from simulation.port.naming import TODAY, running, unknown_column
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.colors import Colormap

    from simulation.port.family import ModelFamily
    from simulation.port.outcomes import Outcome
    from simulation.port.plugins import Brought
    from simulation.replay.playing import Player
    from simulation.replay.recorded import Recorded
    from simulation.visualization.maps import Geography
    from simulation.visualization.picture import Picture

MOST_CURVES = 7  # as many as there are colours
FEW_DAYS = 120  # on an axis, below which its dates need their days
WORST = 3  # places that a map's words name


class Shown:
    """What shows itself: `curve` of its days, `map` of its places, and both in a notebook as `_repr_html_`.

    A class says `_family`, `_called`, `_clock`, `_days` and, if it knows places, `_places` and `_geography`.
    """

    def _family(self) -> ModelFamily:
        """The family of the model, for words and looks."""
        raise NotImplementedError

    def _called(self) -> str:
        """Scenario and seed, for titles."""
        raise NotImplementedError

    def _named(self) -> str:
        """What stands above its picture."""
        return repr(self).strip("<>")

    def _clock(self) -> Clock:
        raise NotImplementedError

    def _days(self) -> pandas.DataFrame:
        """A row a day."""
        raise NotImplementedError

    def _places(self, day: int, field: str) -> Mapping[str, Any]:
        """{place: value} of a field on a day. InputError if it was not kept."""
        raise NotImplementedError

    def _geography(self) -> Geography | None:
        geography = self._family().presentation.geography
        return geography() if geography else None

    def curve(self, *columns: str) -> Picture:
        """One or several columns of the daily table over time, as a matplotlib figure: `curve("displaced_people")`.

        A column whose days add up can be had as its sum since the start too: `residents_killed_today` as
        `residents_killed_total`. Published figures of those days are points, where there are any. InputError for a column
        that is not there or holds words, for columns of several units, and before a day has been run.
        """
        family, days = self._family(), self._days()
        if len(days) < 2:
            what = "no day has been run, so there is no curve yet"
            raise InputError(what, f"{self._called()}, curve", "Run it first, for example run(60)")
        columns = columns or family.presentation.pictured[:1] or tuple(family.daily)[:1]
        words = [column_words(family, days, name, f"{self._called()}, curve") for name in columns]
        check_together(words, "curve")
        lines = {item.name: values_of(days, item.name) for item in words}
        step = family.presentation.step
        return draw_curves(
            words, days["day" if step else "date"], lines, self._called(), self._observed(words, days), step
        )

    def _observed(self, words: Sequence[Outcome], days: pandas.DataFrame) -> pandas.DataFrame | None:
        """Published figures of the only column that is drawn."""
        observed = self._family().presentation.observed
        if len(words) > 1 or observed is None or not len(days):
            return None
        found = observed(days["date"].iloc[0], days["date"].iloc[-1]).get(words[0].name)
        return found if found is not None and len(found) else None

    def map(self, day: int | str | datetime.date | None = None, field: str = "") -> Picture:
        """A field of all places on a day (a number, or a date such as 2024-09-01; None: the last), as a matplotlib figure.

        field: a column of the table of days and places; what the model colours places by if none is given. InputError for a day
        outside the run, a field that is not there, and a model or a run without places.
        """
        family, geography = self._family(), self._geography()
        where = f"{self._called()}, map"
        if geography is None or family.presentation.look is None:
            hint = f'Its days can be drawn: curve("{next(iter(family.daily))}")'
            raise InputError(f"the model {family.name} has no map", where, hint)
        look = family.presentation.look()
        field = field or look.level
        if field not in family.fields:
            raise unknown_column("field", field, family.fields, where)
        if family.fields[field].unit == "name" and field != "label":
            raise InputError(
                f"{field} holds words, which have no scale of colours", where, f"Say label or {look.level}"
            )
        number = self._day(day, where)
        date, values = write_date(self._clock().date(number)), self._places(number, field)
        if not values.keys() & geography.shapes.keys():
            raise InputError(f"none of its places is on the map of {family.name}", where, "Draw a curve instead")
        return draw_places(family, geography, field, values, f"{date}: {self._called()}")

    def play(self, day: Any = None) -> Player:
        """The days so far as a moving picture: the player in a frame of the notebook; `play().save("run.html")` writes a page.

        A notebook that is not trusted shows the still picture instead. InputError if the days were not kept for it, and for a
        `day`: all are played.
        """
        if day is not None:
            raise InputError("it plays all days and takes none", f"{self._called()}, play", f"Draw one: map({day!r})")
        from simulation.replay.content import content_of_run
        from simulation.replay.playing import Player

        family, recorded = self._family(), self._recorded()
        content = content_of_run(family, recorded, self._brought(recorded))
        return Player(content, self._still(), f"{self._called()}: {recorded.frames - 1} days")

    def _recorded(self) -> Recorded:
        """The days that were kept for a replay. InputError if they were not."""
        raise NotImplementedError

    def _brought(self, recorded: Recorded) -> Brought:
        """What was brought to the model that its map hangs on."""
        raise NotImplementedError

    def _outcomes(self) -> Mapping[str, Any]:
        """The figures of the run as a whole."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from simulation.visualization.picture import caveat_html, shown, table_html

        family, outcomes = self._family(), self._outcomes()
        names = [name for name in (*family.usual, *family.reported_beside) if name in outcomes]
        words = [family.outcomes[name] for name in names]
        units = ["" if item.format == "share" else item.unit for item in words]  # the per cent says it
        rows = [
            (item.title, value_of(item, outcomes[item.name]), unit) for item, unit in zip(words, units, strict=True)
        ]
        table = table_html(rows) if rows else ""
        return shown(self._named(), self._still()._repr_html_(), table, caveat_html("One run of many."))

    def _still(self) -> Picture:
        """The picture that stands for the run: its map, or the first curve of a model without one."""
        try:
            return self.map()
        except InputError:
            return self.curve()

    def _last_day(self) -> int:
        return int(self._days()["day"].iloc[-1])

    def _day(self, day: Any, where: str) -> int:
        """The number of a day of the run. InputError with the days there are."""
        last, clock = self._last_day(), self._clock()
        if day is None:
            return last
        if isinstance(day, (str, datetime.date)):
            number = clock.day(parse_date(day, where))
        elif isinstance(day, (int, np.integer)) and not isinstance(day, bool):
            number = int(day)
        else:
            raise InputError(f"'{day}' is no day", where, "Give its number or its date, such as 2024-09-01")
        if not 0 <= number <= last:
            said = f"{day} is no day of this run"
            hint = f"It has the days 0 to {last} ({clock.date(0)} to {clock.date(last)})"
            raise InputError(said, where, hint)
        return number


def column_words(family: ModelFamily, days: pandas.DataFrame, name: str, where: str) -> Outcome:
    """A column of a table of days, or the running sum of one, with its words. InputError if there is none, or only words."""
    sums = {running(column) for column in days if column.endswith(TODAY)}
    known = [column for column in (*days, *sums) if column not in ("day", "date", "run")]
    if name not in known:
        raise unknown_column("column", name, known, where)
    if name in days and days[name].dtype.kind not in "biuf":
        hint = "Columns of numbers can be drawn: katye metrics lists them"
        raise InputError(f"{name} holds words, which have no curve", where, hint)
    from simulation.port.outcomes import Outcome

    return family.daily.get(name) or family.curve_columns.get(name) or Outcome(name, "", "")


def check_together(words: Sequence[Outcome], where: str) -> None:
    """InputError unless one axis can carry all of them."""
    units = dict.fromkeys(item.unit for item in words)
    if len(units) > 1:
        told = " and ".join(f"{unit or 'none'}" for unit in units)
        raise InputError(f"these columns have several units ({told})", where, "Draw them one by one")
    if len(words) > MOST_CURVES:
        raise InputError(f"{len(words)} curves are too many for one picture", where, f"Take {MOST_CURVES} at most")


def values_of(days: pandas.DataFrame, name: str) -> pandas.Series:
    """A column of a table of days, or the running sum of the one that it sums up."""
    if name in days:
        return days[name].astype(float)
    return days[next(column for column in days if running(column) == name)].astype(float).cumsum()


def draw_curves(
    words: Sequence[Outcome],
    dates: Sequence[Any],
    lines: Mapping[str, Sequence[float]],
    called: str,
    observed: pandas.DataFrame | None = None,
    step: str = "",
) -> Picture:
    """Curves of one run, each in a colour; with several a legend names them. step: what `dates` count if they are numbers."""
    from simulation.visualization import curves
    from simulation.visualization.picture import finish, new_picture, small_style, title_of

    with small_style():
        picture = new_picture()
        axes = picture.subplots()
        for item, colour in zip(words, style.CATEGORICAL):
            axes.plot(dates, lines[item.name], color=colour, label=item.title)
        if observed is not None:
            curves.draw_observed(axes, observed)
        if len(words) > 1 or observed is not None:
            axes.legend(loc="best")
        title = title_of(words[0].title if len(words) == 1 else called, picture)
        finish_axes(axes, words[0], title, step=step)
        told = " ".join(in_words(item, dates, lines[item.name], step) for item in words)
        return finish(picture, told, f"One run of many ({called}).")


def finish_axes(axes: Any, item: Outcome, title: str, zero: bool = True, step: str = "") -> None:
    """Time below (steps of that name, if there is one), the outcome's unit beside, the title on top."""
    from simulation.visualization import curves

    low, high = axes.dataLim.intervaly
    curves.finish_time_axes(axes, style.write_share if item.format == "share" else style.write_tick, title, zero)
    if zero and low >= 0 and np.isfinite(high):
        axes.set_ylim(0, 1.06 * high if high > 0 else 1.0)  # a flat line does not lie on the edge
    first, last = axes.get_xlim()
    if step:
        from matplotlib.ticker import MaxNLocator, ScalarFormatter

        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.set_xlabel(step)
    elif last - first < FEW_DAYS:
        axes.xaxis.set_major_formatter(_write_day)
    axes.set_ylabel(item.unit)


def _write_day(number: float, _: object = None) -> str:
    """1 Sep 2024, where months alone would stand twice on an axis."""
    from matplotlib.dates import num2date

    return f"{(date := num2date(number)).day} {date:%b %Y}"


def in_words(item: Outcome, dates: Sequence[Any], values: Sequence[float], step: str = "") -> str:
    """A curve in a sentence: where it starts and ends, and between which numbers it stays."""
    numbers, days = np.asarray(values, float), np.asarray(dates)
    first, last, low, high = (value_of(item, value) for value in _ends(numbers))
    if step:
        start, end = (f"at {step} {days[place]}" for place in (0, -1))
    else:
        start, end = (f"on {write_date(datetime.date.fromisoformat(str(days[place])[:10]))}" for place in (0, -1))
    unit = f" ({item.unit})" if item.unit else ""
    return f"{item.title}{unit}: {first} {start}, {last} {end}, between {low} and {high}."


def _ends(numbers: np.ndarray) -> tuple[float, float, float, float]:
    known = numbers[np.isfinite(numbers)]
    return numbers[0], numbers[-1], known.min() if known.size else np.nan, known.max() if known.size else np.nan


def value_of(item: Outcome, value: Any) -> str:
    """A value of an outcome for a sentence or a table; in four figures where its unit is not known, as of a brought metric."""
    if item.unit or isinstance(value, str) or not np.isfinite(value):
        return write_value(value, item.format)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def write_value(value: Any, format: str = "count") -> str:
    """A value for a sentence or a table: 41 %, 1,020,000, $312M, 0.123; a word as it is."""
    if isinstance(value, str):
        return value
    if not np.isfinite(value):
        return "none"
    if format == "share":
        return style.write_share(float(value))
    if format == "usd":
        return f"${style.write_people(float(value))}"
    return style.write_in_words(float(value)) if format == "count" else f"{float(value):.3g}"


def draw_places(
    family: ModelFamily, geography: Geography, field: str, values: Mapping[str, Any], called: str
) -> Picture:
    """A map of one field: labels in colours with a legend, numbers with a bar of colours."""
    from simulation.visualization.maps import draw_map
    from simulation.visualization.picture import finish, new_picture, small_style, title_of

    item, look = family.fields[field], family.presentation.look()
    title = look.title if field == look.level else item.title
    with small_style():
        picture = new_picture(7.2, 5.1)
        axes = picture.subplots()
        if field == "label":
            colours = label_colours(look)
            draw_map(axes, geography, labels=values, label_colours=colours)
            draw_words(axes, dict(zip(look.labels, look.words)), colours)
            told = ", ".join(f"{sum(value == word for value in values.values())} {word}" for word in colours)
            alt = f"Map of {len(values)} places, {title}: {told}."
        else:
            numbers = {place: float(value) for place, value in values.items()}
            share = item.format == "share"
            top = 1.0 if share else max([*(value for value in numbers.values() if np.isfinite(value)), 1e-9])
            colours = _colours(look) if field == look.level else None
            drawn = draw_map(axes, geography, numbers, colormap=colours, limits=(0.0, top))
            bar = picture.colorbar(drawn, ax=axes, shrink=0.75, aspect=28, pad=0.02)
            bar.outline.set_visible(False)
            bar.ax.yaxis.set_major_formatter(
                lambda value, _: write_value(value, "share") if share else style.write_tick(value)
            )
            bar.set_label(item.unit if not share else "")
            alt = f"Map of {len(numbers)} places, {title}{_most(geography, numbers, item.format)}."
        axes.set_title(title_of(title, picture))
        return finish(picture, alt, f"{called}.")


def _most(geography: Geography, numbers: Mapping[str, float], format: str) -> str:
    """The places that have most of it, for the words of a map."""
    known = [place for place in numbers if np.isfinite(numbers[place])]
    most = sorted(known, key=lambda place: (-numbers[place], place))[:WORST]
    told = [f"{geography.names.get(place, place)} {write_value(numbers[place], format)}" for place in most]
    return f", most in {', '.join(told)}" if told else ""


def _colours(look: Any) -> Colormap:
    return style.colormap("level", look.stops)


def label_colours(look: Any) -> dict[str, str]:
    """A colour for every label, from one end of the level's colours to the other."""
    from matplotlib.colors import to_hex

    scale = _colours(look)
    return {label: to_hex(scale(place / max(1, len(look.labels) - 1))) for place, label in enumerate(look.labels)}


def draw_words(axes: Any, names: Mapping[str, str], colours: Mapping[str, str]) -> None:
    """A legend of words and their colours, in the upper left corner."""
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=colour, edgecolor="#928d88", label=names.get(word, word)) for word, colour in colours.items()
    ]
    axes.legend(handles=patches, loc="upper left", frameon=True, framealpha=0.9, edgecolor="none")
