"""A comparison as its words and pictures need it: runs by side, days by side, and all tables made from them.

It is read from the study that `katye compare` made, from any other finished study (what varies are its sides), or from
several folders of studies and runs, a side each.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from experiments.analysis import comparison as made
from experiments.analysis import paired
from experiments.analysis.numbers import write_difference
from experiments.analysis.study_results import StudyResults, parameter_words, read_card
from experiments.store.load import failure_words, read_failures
from experiments.store.sharing import load_cells, load_sharing
from simulation.errors import InputError, UnknownNameError, named_in, typed, unknown_name
from simulation.files.json_file import Kept
from simulation.port.family import DEFAULT, ModelFamily, find_family
from simulation.port.naming import unknown_column
from simulation.port.outcomes import former
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas

    from simulation.port.outcomes import Outcome
    from simulation.visualization.picture import Picture

MOST_SIDES = 40
ALIKE = ("model", "start", "days")  # of cards: what several folders must have in common


@dataclass(frozen=True, repr=False)
class Compared:
    """Sides against the first of them. `names`: the sides, the reference first.

    `runs`: a row a run, with `side` and `replicate`. `daily`: a row a run and day with the columns that are compared, flows
    added up from the start; None where no days were kept. `setup`: {side: what sets it apart}. `failures`: of failed runs,
    side, replicate, error and command. `about`: {side: (title, question)}. `dated`: (side, date, words) of dated
    events. `folder`: of the study, where it is one.
    """

    card: Mapping[str, Any]
    family: ModelFamily
    names: list[str]
    runs: pandas.DataFrame
    daily: pandas.DataFrame | None = None
    setup: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    failures: Sequence[Mapping[str, Any]] = ()
    dated: Sequence[tuple[str, str, str]] = ()
    folder: Path | None = None

    @property
    def last_date(self) -> str:
        """The last day of the runs, as 2024-06-01."""
        start = datetime.date.fromisoformat(str(self.card["start"])[:10])
        return (start + datetime.timedelta(days=int(self.card["days"]))).isoformat()

    def events(self) -> list[tuple[str, str]]:
        """Dated events within the runs, (date, words) in order; with the side's name where not all sides have them."""
        found: dict[tuple[str, str], list[str]] = {}
        for side, date, words in self.dated:
            if date <= self.last_date:
                found.setdefault((date, words), []).append(side)
        told = {key: "" if len(sides) == len(self.names) else f" ({', '.join(sides)})" for key, sides in found.items()}
        return [(date, words + told[date, words]) for date, words in sorted(found)]

    @property
    def reference(self) -> str:
        return self.names[0]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """The headline outcomes that the runs have, without parts of a total that are 0 in every run."""
        there = [item for item in self.family.headlines if item.name in self.runs]
        return [item for item in there if not (item.part and not self.runs[item.name].any())]

    @cached_property
    def tables(self) -> dict[str, pandas.DataFrame]:
        """Every table that the model allows; those that need pairs are empty until there are two of them."""
        import pandas

        runs, names, family = self.runs, self.names, self.family
        found = {"differences": made.difference_table(runs, names, self.outcomes)}
        price, product = family.price, family.product
        if price and self.daily is not None and {price.gain, price.cost, price.harm} <= set(self.daily):
            found["prices"] = made.price_table(self.daily, runs, names, price)
        if product and {f"factor_{name}" for name in product.factors} <= set(runs):
            found["decomposition"] = made.decomposition_table(runs, names, product)
        found["chances"] = made.chance_table(runs, names, self.outcomes)
        found["ranks"] = made.rank_table(runs, names, self.outcomes)
        return dict.fromkeys(("prices", "decomposition"), pandas.DataFrame()) | found

    @cached_property
    def others(self) -> list[str]:
        """The sides that can be told from the reference: those with two pairs or more."""
        table = self.tables["differences"]
        return list(dict.fromkeys(table.side)) if len(table) else []

    def difference(self, outcome: str, side: str = "") -> dict[str, Any]:
        """One row of the differences. side: as in `curve`. UnknownNameError for an outcome that has none, or another side."""
        table = self.tables["differences"]
        if outcome not in set(table.outcome):
            raise unknown_column("outcome", outcome, dict.fromkeys(table.outcome), "", former(self.outcomes))
        return table[(table.outcome == outcome) & (table.side == self._side(side, "comparison"))].iloc[0].to_dict()

    def _side(self, side: str, where: str) -> str:
        if side and side not in self.names[1:]:
            raise unknown_name("side", side, self.names[1:], where)
        return side or self.names[1]

    def parts(self, side: str) -> dict[str, dict[str, float]]:
        """The rows of the decomposition of one side, by part."""
        table = self.tables["decomposition"]
        return table[table.side == side].set_index("part").to_dict("index")

    # How it shows itself

    def __repr__(self) -> str:
        pairs = len(self.runs["replicate"].unique())
        return f"<comparison of {', '.join(self.names[1:])} with {self.reference}: {pairs} pairs>"

    def curve(self, column: str = "", side: str = "") -> Picture:
        """Differences to the reference over time, as a matplotlib figure: every pair thin, their mean, its 95 % interval.

        column: of the daily ones that were compared; side: one of `names` (the first that is not the reference, if none is
        given). InputError without days or without two pairs, UnknownNameError for a column or side that is not there.
        """
        from simulation.visualization.many_runs import draw_pairs, mean_and_interval

        where = "comparison, curve"
        if self.daily is None:
            hint = "compare([...]) and katye compare keep every day, and so does a study with curve_days = 1"
            raise InputError("these runs kept no days to compare", where, hint)
        known = [
            name for name in self.daily if name in self.family.curve_columns and self.daily[name].dtype.kind in "biuf"
        ]
        column = column or next((name for name in self.family.presentation.pictured if name in known), known[0])
        if column not in known:
            raise unknown_column("column", column, known, where)
        side = self._side(side, where)
        wide = self.daily.pivot_table(index="date", columns=["side", "replicate"], values=column)
        sides = wide.columns.get_level_values(0)
        if side not in sides or self.reference not in sides:
            missing = next(name for name in (self.reference, side) if name not in sides)
            raise InputError(f"no run of {missing} has finished", where, self._why_missing(missing))
        gaps = (wide[side].astype(float) - wide[self.reference]).dropna(axis=1, how="all")
        if gaps.shape[1] < 2:
            hint = self._first_failure((side, self.reference)) or "Take 2 replicates or more"
            raise InputError("fewer than two pairs have finished", where, hint)
        gaps.index = pandas_dates(gaps.index)
        item = self.family.curve_columns[column]
        title = f"{item.title}: {side} less {self.reference}"
        return draw_pairs(item, gaps, mean_and_interval(gaps, paired.t_interval), title, f"{side} and {self.reference}")

    def map(self, *_: Any, **__: Any) -> NoReturn:
        """InputError: no map of differences is drawn; its hint says what draws the places of one side."""
        where = str(self.folder) if self.folder else "FOLDER"
        hint = f"Its runs have places: StudyResults.read({where!r}).map()"
        raise InputError("a comparison has no map", "comparison, map", hint)

    def _why_missing(self, side: str) -> str:
        """Why a side has no run, and what to do: its first failure, else how the study goes on."""
        again = f"Go on with: {typed('katye', 'resume', self.folder)}" if self.folder else ""
        return self._first_failure((side,)) or again

    def _first_failure(self, sides: Sequence[str]) -> str:
        found = next((item for item in self.failures if item["side"] in sides), None)
        return failure_words(str(self.folder), found["run"], found["error"]) if found else ""

    def _repr_html_(self) -> str:
        from simulation.visualization.picture import caveat_html, shown, table_html

        header = ("outcome", *(f"{name} less {self.reference}" for name in self.others))
        rows = []
        for item in self.outcomes if self.others else ():
            gaps = [self.difference(item.name, name) for name in self.others]
            rows.append((item.title, *(write_estimate(gap, item.format) for gap in gaps)))
        still = self.curve()._repr_html_() if self.daily is not None and self.others else ""
        note = "Means over pairs with shared luck and their 95 % intervals, which cover luck alone."
        notes = " ".join(self.family.presentation.notes)
        return shown(
            repr(self).strip("<>"), still, table_html(rows, header) if rows else "", caveat_html(f"{note} {notes}")
        )


def write_estimate(row: Mapping[str, Any], format: str) -> str:
    """A difference with its interval: +1,200 [−300, +2,700]."""
    gap, low, high = (write_difference(row[name], format) for name in ("difference", "low", "high"))
    return f"{gap} [{low}, {high}]" + (" points" if format == "share" else "")


def pandas_dates(index: Any) -> pandas.DatetimeIndex:
    """Dates as a picture takes them."""
    import pandas

    return pandas.DatetimeIndex(pandas.to_datetime(index))


def compared_study(folder: str | Path) -> Compared:
    """A study's own sides: the levels of what varies if that is one factor, else its arms, else its cells.

    InputError if no run has finished, or if there is one side or more than can be shown.
    """
    folder = Path(folder)
    found = StudyResults.read(folder)
    runs, card = found.runs, found.card
    columns = side_columns(card)
    side = _sides(runs, columns)
    names = list(dict.fromkeys(_sides(_design(card, runs, columns), columns)))
    if len(names) < 2:
        raise InputError("all its runs have the same settings, so there is nothing to compare", f"study in {folder}")
    if len(names) > MOST_SIDES:
        hint = "Look at its report, which has the effects of what varies"
        raise InputError(f"{len(names)} cells are too many to compare one by one", f"study in {folder}", hint)
    failures, sharing = read_failures(folder), load_sharing(folder)
    told = card.get("scenarios") or {}
    return Compared(
        card=card,
        family=found.family,
        names=names,
        runs=runs.assign(side=side),
        daily=_daily(folder, runs.assign(side=side), columns),
        setup={name: told[name]["changes"] for name in names if name in told},
        about={name: (told[name]["title"], told[name]["question"]) for name in names if name in told},
        dated=[(name, *event) for name in names if name in told for event in told[name].get("dated", ())],
        failures=[item | {"side": side} for item in failures for side in _failed_sides(item, columns, sharing)],
        folder=folder,
    )


def side_columns(card: Mapping[str, Any]) -> list[str]:
    """The columns of a study's runs whose levels are its sides."""
    varied = list(card.get("vary") or (card.get("points") or [{}])[0])
    arms = card.get("arms") or {}
    return ([] if len(arms) < 2 else ["arm"]) + varied or ["arm"]


def _sides(runs: pandas.DataFrame, columns: Sequence[str]) -> list[str]:
    """The side of every run: a level alone, or levels with their names where several vary."""
    if len(columns) == 1:
        return [parameter_words(value) for value in runs[columns[0]]]
    rows = runs[list(columns)].itertuples(index=False)
    return [", ".join(_named(name, value) for name, value in zip(columns, row)) for row in rows]


def _named(name: str, value: Any) -> str:
    return parameter_words(value) if name in ("arm", "scenario") else f"{name} = {parameter_words(value)}"


def _design(card: Mapping[str, Any], runs: pandas.DataFrame, columns: Sequence[str]) -> pandas.DataFrame:
    """A row a cell, in the order of the design: the reference may have no run yet."""
    import pandas

    if len(columns) == 1 and (card.get("vary") or {}).get(columns[0]):
        levels = card["vary"][columns[0]]
        if columns == ["scenario"]:
            levels = [Path(name).stem if name.endswith(".toml") else name for name in levels]
        return pandas.DataFrame({columns[0]: levels})
    if columns == ["arm"]:
        return pandas.DataFrame({"arm": list(card.get("arms") or runs["arm"].unique())})
    return runs


def _failed_sides(item: Mapping[str, Any], columns: Sequence[str], sharing: pandas.DataFrame | None) -> list[str]:
    """The side of a run that failed, and those that share it."""
    others = [] if sharing is None else _sides(sharing[sharing["run"] == item["run"]], columns)
    return [_failed_side(item, columns), *others]


def _failed_side(item: Mapping[str, Any], columns: Sequence[str]) -> str:
    known = [item.get(name, "unknown") for name in columns]  # a folder may have been damaged
    values = [Path(str(value)).stem if name == "scenario" else value for name, value in zip(columns, known)]
    if len(columns) == 1:
        return parameter_words(values[0])
    return ", ".join(_named(name, value) for name, value in zip(columns, values))


def _daily(folder: Path, runs: pandas.DataFrame, columns: Sequence[str]) -> pandas.DataFrame | None:
    """The days that a study kept, by side; None if it kept weeks only."""
    try:
        curves = load_cells(folder, "curves")
    except UnknownNameError:
        return None
    if "day" not in curves or not (curves["day"].diff().loc[lambda gap: gap > 0] == 1).all():
        return None
    if runs["run"].is_unique:
        return curves.assign(side=curves["run"].map(dict(zip(runs["run"], runs["side"]))))
    return curves.merge(runs[["run", *columns, "side"]], on=["run", *columns], how="left")


def compared_folders(folders: Sequence[str | Path]) -> Compared:
    """Finished studies and runs against the first of them, a side each; runs of one seed make a pair.

    A study of several cells is paired cell by cell, so that all must have the same design. InputError: less than two
    folders, one that holds no results, other models, starts or days, no seed in common.
    """
    import pandas

    if len(folders) < 2:
        raise InputError("one folder cannot be compared", "folders", "Name the reference first, or give a study alone")
    sides: dict[str, tuple[Kept, pandas.DataFrame]] = {}
    for folder in map(Path, folders):
        name = folder.resolve().name
        if name in sides:
            raise InputError(f"two folders are called {name}", "folders", "Rename one of them")
        sides[name] = (read_card(folder), _rows(folder))
    cards = {name: card for name, (card, _) in sides.items()}
    reference, first = next(iter(cards.items()))
    for name, card in cards.items():
        for key in ALIKE:
            if card.get(key, DEFAULT) != first.get(key, DEFAULT):
                what = f"{key} is {card.get(key)}, and {first.get(key)} in {reference}"
                raise InputError(what, f"folder {name}", "Runs that are compared cover the same days of one model")
    keys = sorted({key for _, rows in sides.values() for key in rows["pair"]})
    number = {key: place for place, key in enumerate(keys)}
    runs = pandas.concat([rows.assign(side=name) for name, (_, rows) in sides.items()], ignore_index=True)
    runs["replicate"] = runs["pair"].map(number)
    if not set.intersection(*(set(rows["pair"]) for _, rows in sides.values())):
        hint = "Runs are compared seed by seed: make them with the same --seed"
        raise InputError("no run of one has the seed and design of a run of another", "folders", hint)
    card = first.but({"title": " against ".join([", ".join(list(sides)[1:]), reference]), "replicates": len(keys)})
    counts = {"finished_runs": len(runs), "planned_runs": len(runs)}
    card = card.but(counts | {"command": "", "folders": list(map(str, folders))})
    setup = {
        name: {key: str(value) for key, value in (card.get("parameters") or {}).items()} for name, card in cards.items()
    }
    about = {
        name: (card.get("title") or card.get("scenario") or name, card.get("question") or "")
        for name, card in cards.items()
    }
    with named_in(f"{Path(folders[0]) / 'card.json'}"):
        family = find_family(first.get("model", DEFAULT))
    return Compared(card, family, list(sides), runs, setup=setup, about=about)


def _rows(folder: Path) -> pandas.DataFrame:
    """A row a run of a study or the one of a run's folder, with `pair`: what a run of another folder must share."""
    import pandas

    results = Results(folder)
    if "outcomes" in results.card and "runs" not in results.names() and isinstance(results.card["outcomes"], Mapping):
        row = {"run": 0, "seed": results.card["seed"], **results.card["outcomes"]}
        return pandas.DataFrame([row | {"pair": str(row["seed"])}])
    runs = load_cells(folder, "runs")
    cells = runs["arm"].astype(str) + "," + runs["point"].astype(str) if runs.groupby("seed").size().max() > 1 else ""
    return runs.assign(pair=runs["seed"].astype(str) + ("," + cells if isinstance(cells, pandas.Series) else ""))
