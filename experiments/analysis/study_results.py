"""A study's folder as the analyses read it: its card, a row a run, what varies, and outcomes with their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from experiments.store.records import RUNS
from experiments.store.sharing import load_cells
from experiments.store.store import StoreState, store_of
from simulation.errors import InputError, UnknownNameError, named_in, refusal, typed, unknown_name
from simulation.files.atomic import write_whole
from simulation.files.json_file import Kept
from simulation.files.spreadsheets import csv_text
from simulation.port.family import DEFAULT, ModelFamily, find_family
from simulation.port.naming import unknown_column
from simulation.port.outcomes import Outcome, former
from simulation.port.plugins import read_brought
from simulation.runs.results import Results

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from simulation.visualization.picture import Picture

MOST_SIDES = 7  # levels that one picture over time shows
ABOUT = (
    "run", "scenario", "arm", "authorised_force", "funding_level", "funding_usd_per_year", "replicate", "seed", "point",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class StudyResults:
    """A study that has run, at least in part. `runs`: a row a finished run, with its levels by dotted name.

    A run that several cells share has a row for each of them. `language`: in which outcomes are called.
    """

    folder: Path
    card: Mapping[str, Any]
    runs: pandas.DataFrame
    language: str = "en"

    @classmethod
    def read(cls, folder: str | Path) -> StudyResults:
        """InputError if the folder holds no study, or none of its runs has finished."""
        folder = Path(folder)
        if (folder / "store").is_dir() and not (folder / "card.json").is_file():
            hint = f"See {typed('katye', 'status', folder)}; what has finished can be had with katye export"
            raise InputError("its first tables are written when it ends or is stopped", f"study in {folder}", hint)
        card = read_card(folder)
        if "design" not in card:
            raise InputError("this is no study with a design", f"folder {folder}", "Make one with: katye sweep STUDY")
        runs = load_cells(folder, RUNS)
        lacking = [name for name in (*varied_names(card), "arm", "run", "seed", "replicate") if name not in runs]
        if lacking:
            what = f"card.json and the runs do not belong together: these have no column {lacking[0]}"
            raise InputError(what, f"folder {folder}", card.hint)
        return cls(folder, card, runs)

    @property
    def family(self) -> ModelFamily:
        """The model that was asked."""
        with named_in(f"{self.folder / 'card.json'}"):
            brought = read_brought(self.card.get("brought") or {}, "bring")
            return find_family(self.card.get("model", DEFAULT), brought).speaking(self.language)

    @property
    def factors(self) -> list[str]:
        """What varies, in the order of the design."""
        return varied_names(self.card)

    @property
    def arms(self) -> list[str]:
        """The arms that have runs, the first of the study first."""
        return list(dict.fromkeys(self.runs["arm"]))

    @cached_property
    def content(self) -> dict[str, Any]:
        """The study as its file had it."""
        if (self.folder / "store").is_dir():
            return StoreState(store_of(self.folder)).about["study"]
        return {key: value for key, value in self.card.items() if value is not None}

    @cached_property
    def outcome_names(self) -> list[str]:
        """Every outcome of the runs that is a number."""
        import pandas

        other = {*ABOUT, *self.factors}
        return [name for name in self.runs if name not in other and pandas.api.types.is_numeric_dtype(self.runs[name])]

    def outcome(self, name: str, option: str = "--outcome") -> Outcome:
        """An outcome of the runs with its words; UnknownNameError if they have none of that name."""
        if name not in self.outcome_names:
            before = former(self.family.outcomes.values())
            raise unknown_column("outcome", name, self.outcome_names, option, before)
        return self.words(name)

    def words(self, name: str) -> Outcome:
        """An outcome as its model declares it; one that the model no longer has is called by its name."""
        return self.family.outcomes.get(name) or Outcome(name, "", "")

    def outcomes(self, names: Iterable[str] = ()) -> list[Outcome]:
        """The outcomes asked for, else those the study names, else the usual ones."""
        if names:
            return [self.outcome(name) for name in names]
        usual = self.card["outcomes"] or self.family.usual
        return [self.words(name) for name in usual if name in self.outcome_names]

    def of_arm(self, arm: str | None) -> list[str]:
        """The arms to look at: the one named, else all; UnknownNameError if there is none of that name."""
        if arm is not None and arm not in self.arms:
            raise unknown_name("arm", arm, self.arms, "--arm")
        return self.arms if arm is None else [arm]

    # How it shows itself

    def __repr__(self) -> str:
        return f"<{self._named()}, in {self.folder}>"

    def _named(self) -> str:
        varied = f", varying {', '.join(self.factors)}" if self.factors else ""
        return f"study {self._called()}: {self.runs['run'].nunique()} runs{varied}"

    def curve(self, column: str = "", by: str = "") -> Picture:
        """A column of the study's curves over time, a band a level, as a matplotlib figure.

        column: the first that the model wants pictured if none is given. by: what varies (the study's question, or the first
        factor). InputError for a study without curves and for too many levels, UnknownNameError for what is not there.
        """
        from simulation.visualization.many_runs import draw_sides

        where = f"study in {self.folder}, curve"
        table = self._table("curves", where)
        known = [name for name in self.family.curve_columns if name in table and table[name].dtype.kind in "biuf"]
        if not known:
            raise InputError("this study kept no curves", where, "Set curves in its file: docs/studies.md")
        column = column or next((name for name in self.family.presentation.pictured if name in known), known[0])
        if column not in known:
            raise unknown_column("column", column, known, where)
        item, dated = self.family.curve_columns[column], table.assign(date=table["date"].astype("datetime64[us]"))
        by = self._factor(by, where)
        if not by:
            return draw_sides(item, {"all runs": dated}, self._called())
        groups = {parameter_words(level): part for level, part in dated.groupby(by, sort=False)}
        if len(groups) > MOST_SIDES:
            raise InputError(f"{len(groups)} levels of {by} are too many for one picture", where, "Look at its report")
        return draw_sides(item, groups, f"{self._called()} (by {by})")

    def map(self, field: str = "", **levels: Any) -> Picture:
        """A field of all places on the last day, its mean over runs, as a matplotlib figure.

        levels: of which runs, `map(scenario="no-mission")`; names with a point in them as `map(**{"gang.arms": 1.2})`. Those of
        all runs if none are given. InputError for a study without places, UnknownNameError for what is not there.
        """
        from simulation.visualization.maps import mean_by_place
        from simulation.visualization.short_ways import draw_places

        where, family = f"study in {self.folder}, map", self.family
        if not isinstance(field, str):
            hint = f'Leave it out, or name a field: map("{next(iter(family.fields), "")}")'
            raise InputError(f"a study keeps its places on the last day alone, so {field!r} is no field", where, hint)
        if family.presentation.geography is None or family.presentation.look is None:
            raise InputError(f"the model {family.name} has no map", where, "Draw a curve: curve()")
        table = self._table("places", where)
        look = family.presentation.look()
        field = field or look.level
        known = [name for name in family.fields if f"{name}_end" in table and table[f"{name}_end"].dtype.kind in "biuf"]
        if field not in known:
            raise unknown_column("field", field, known, where)
        for name, level in levels.items():
            if name not in self.factors:
                raise unknown_name("factor", name, self.factors, where)
            words = table[name].map(parameter_words)
            if parameter_words(level) not in set(words):
                raise unknown_name(f"level of {name}", parameter_words(level), set(words), where)
            table = table[words == parameter_words(level)]
        place = "neighbourhood" if "neighbourhood" in table else "place"
        values = mean_by_place(table[place], table[f"{field}_end"])
        told = ", ".join(f"{name} = {parameter_words(level)}" for name, level in levels.items())
        called = f"{self._called()}{f', {told}' if told else ''}: mean of {table['run'].nunique()} runs, last day"
        return draw_places(family, family.presentation.geography(), field, values, called)

    def play(self, *_: Any) -> NoReturn:
        """InputError: a study has no days to play; its hint says what plays those of the run that it kept in full, if any."""
        hint = "Play a single run: katye run keeps its days"
        if (self.folder / "replay").is_dir():
            hint = f"Play the run that it kept in full: Results({str(self.folder)!r}).replay().play()"
        raise InputError("a study of many runs has no days to play", f"study in {self.folder}", hint)

    def _called(self) -> str:
        return str(self.card.get("title") or self.card.get("study") or self.folder.name).rstrip(".")

    def _table(self, name: str, where: str) -> pandas.DataFrame:
        """A table of all runs with their levels. InputError if the study did not keep it."""
        try:
            return load_cells(self.folder, name)
        except UnknownNameError:
            hint = f"Its runs are there: StudyResults.read({str(self.folder)!r}).runs"
            raise InputError(f"this study kept no {name}", where, hint) from None

    def _factor(self, by: str, where: str) -> str:
        """What curves are grouped by: the factor named, else the one that the study asks about, else its first or its arms."""
        known = [*self.factors, *(["arm"] if len(self.arms) > 1 else [])]
        if by and by not in known:
            raise unknown_name("factor", by, known, where)
        return by or next((name for name in (self.card.get("asks"), *known) if name in known), "")

    def _repr_html_(self) -> str:
        from simulation.visualization.picture import caveat_html, shown, table_html
        from simulation.visualization.short_ways import value_of

        rows = []
        for item in self.outcomes():
            values = self.runs[item.name]
            told = (value_of(item, value) for value in (values.mean(), values.min(), values.max()))
            rows.append((item.title, *told, item.unit))
        try:
            still = self.curve()._repr_html_()
        except InputError:  # it kept none, or they are too many for one picture
            still = ""
        table = table_html(rows, ("outcome", "mean of all runs", "lowest", "highest", "unit")) if rows else ""
        return shown(self._named(), still, table, caveat_html())


def read_card(folder: Path) -> Kept:
    """The card of a study or a run, under today's names. InputError if there is none, or it was damaged."""
    card = Results(folder).card
    if card.get("seed") is None and "entropy" in card:
        card["seed"] = card.pop("entropy")
    if "spin_up" in card:
        card["shared_start"] = card.pop("spin_up")
    return card


def parameter_words(value: Any) -> str:
    """A level for a table: numbers in four figures, true and false as in a study file, all else as it is."""
    value = value.item() if hasattr(value, "item") else value  # NumPy's true is no bool
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


@dataclass(frozen=True)
class Wish:
    """An outcome that is to stay on one side of a limit: `below` or above it. Equal to the limit counts as neither."""

    outcome: Outcome
    limit: float
    below: bool

    def known(self, runs: pandas.DataFrame) -> pandas.DataFrame:
        """The runs that have the outcome: some are NaN, as clearings for each place held where none is. InputError if none."""
        found = runs[runs[self.outcome.name].notna()]
        if found.empty:
            raise InputError("no run has a value of it", f"outcome {self.outcome.name}", "Choose another outcome")
        return found

    def met(self, values: pandas.Series) -> pandas.Series:
        return values < self.limit if self.below else values > self.limit

    def __str__(self) -> str:
        limit = f"{100 * self.limit:.12g}\u00a0%" if self.outcome.format == "share" else f"{self.limit:,.12g}"
        return f"{self.outcome.title}: {'below' if self.below else 'above'} {limit}"  # as asked for: not rounded


def wish(studied: StudyResults, outcome: str, below: float | None, above: float | None) -> Wish:
    """What `--outcome NAME --below X` or `--above X` asks for. What can be kept low and is never an aim: InputError."""
    found = studied.outcome(outcome)
    if (below is None) == (above is None):
        raise InputError("takes one of --below and --above", f"--outcome {outcome}", "For example --below 500000")
    if above is not None and found.never_aim:
        what = found.never_aim
        raise InputError(what, f"--outcome {outcome}", "It can be asked to stay --below a number")
    return Wish(found, float(below if above is None else above), above is None)


def analysis_folder(studied: StudyResults, out: Path | None) -> Path:
    """Where an analysis writes: the study's folder, or `out`, made if its parent is there (else InputError)."""
    if out is None:
        return studied.folder
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({refusal(error)})", f"output folder {out}", "Choose another --out") from None
    return out


def write_csv(table: pandas.DataFrame, path: Path) -> Path:
    """A table as CSV, whole or not at all."""
    write_whole(path, csv_text(table).encode())
    return path


def write_picture(figure: Figure, path: Path) -> Path:
    """A figure as PNG, whole or not at all."""
    from simulation.visualization import style

    write_whole(path, style.figure_png(figure))
    return path


def varied_names(card: Mapping[str, Any]) -> list[str]:
    """The names of what varies in a study with this card, in the order of the design; none if all its runs are alike."""
    return list(card["vary"] or (card["points"] or [{}])[0])


def varied_levels(card: Mapping[str, Any]) -> dict[str, Any]:
    """What varies as `designs` takes it: lists as tuples, limits as a Range, and the word prior."""
    from experiments.study.designs import Range

    levels = {}
    for name, given in (card["vary"] or {}).items():
        levels[name] = (
            Range(**given) if isinstance(given, Mapping) else given if isinstance(given, str) else tuple(given)
        )
    return levels
