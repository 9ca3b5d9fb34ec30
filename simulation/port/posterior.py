"""A posterior: weighted draws of parameters that a calibration found plausible, in a small Parquet file with its provenance.

A draw is taken whole, so that parameters which are only known together stay together. The file says which model it belongs
to: the version, and default and prior of every parameter there was. It is refused where one of these is another today, as the
draws were fitted with all others at their defaults.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import InputError, refusal, unknown_name
from simulation.parameters import ParameterSet

if TYPE_CHECKING:
    import pandas

SHIPPED = "posterior"
"""The word for the posterior that comes with a model, where a file may be named too."""
ENDING = ".parquet"
FILE = "posterior.parquet"
"""What katye calibrate calls it in its folder."""
KEY = b"katye.posterior"  # of the provenance in the file's metadata
WEIGHT, DRAW = "weight", "draw"
NEEDED = ("model", "version", "register", "free", "seed")


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weighted draws. names: parameters; values: float64 (draws, parameters); weights: (draws,), they sum to one.

    about: where it comes from, as `katye posterior` shows it; `register` in it is {parameter: [default, prior in words]}.
    """

    names: tuple[str, ...]
    values: np.ndarray
    weights: np.ndarray
    about: Mapping[str, Any]
    path: Path | None = None

    def draw(self, u: float) -> dict[str, float]:
        """The draw at `u` (0 to 1) of the weights: {parameter: value}."""
        number = int(np.searchsorted(np.cumsum(self.weights), u * self.weights.sum(), side="right"))
        return dict(zip(self.names, self.values[min(number, len(self.weights) - 1)].tolist(), strict=True))

    def check(self, parameters: ParameterSet, where: str) -> None:
        """InputError unless it was fitted with this version and with these parameters, whose values may be others."""
        here = version("katye")
        if self.about["version"] != here:
            what = f"it was fitted with version {self.about['version']}, and this is {here}"
            raise InputError(what, where, "Fit it again with: katye calibrate")
        if changed := different(self.about["register"], register(parameters)):
            what = f"{changed[0]} is another than when it was fitted ({changed[1]})"
            raise InputError(what, where, "Fit it again with: katye calibrate")
        today = {row.name: row for row in parameters.rows()}
        for name, column in zip(self.names, self.values.T, strict=True):
            low, high = today[name].bounds or (-np.inf, np.inf)
            if column.min() < low or column.max() > high:
                raise InputError(f"a draw of {name} leaves its range", where, f"It takes {today[name].range_text()}")


def register(parameters: ParameterSet) -> dict[str, list[str]]:
    """Default and prior of every parameter, in words."""
    return {row.name: [repr(row.default), str(row.prior or "none")] for row in parameters.rows()}


def different(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first parameter that is not as it was, and how; parameters that have come since do not count."""
    for name, (default, prior) in then.items():
        if name not in now:
            return name, "it is gone"
        if list(now[name]) != [default, prior]:
            ours, theirs = " and prior ".join(now[name]), " and prior ".join((default, prior))
            return name, f"default {theirs} then, default {ours} now"
    return None


def find_fit(name: str | Path, shipped: Path | None, where: str) -> Path:
    """The file of a fit: the one that ships for the word `posterior`, a file, or the one in the folder that a fit wrote.

    InputError for what is none of these, with what is near.
    """
    if str(name) == SHIPPED:
        if shipped is None or not shipped.is_file():
            raise InputError(
                "no posterior comes with this model", where, "Fit one with katye calibrate, and name its file"
            )
        return shipped
    path = Path(name)
    if os.path.isdir(path):
        inside = path / FILE
        if not inside.is_file():
            hint = f"katye calibrate writes it when it ends; '{SHIPPED}' is the fit that comes with the model"
            raise InputError(f"the folder {path} holds no {FILE}", where, hint)
        return inside
    if os.path.isfile(path):
        return path
    near = [str(one) for place in (path.parent, Path("runs")) for one in _fits(place)]
    hint = unknown_name("fit", name, [SHIPPED, *near]).hint
    what = f"'{name}' is no fit: neither a .parquet file of katye calibrate nor its folder, nor '{SHIPPED}', the model's own"
    raise InputError(what, where, hint)


def fit_file(path: Path) -> Path | None:
    """The file itself, or that of the fit in a folder; None if there is neither."""
    return next((one for one in (path, path / FILE) if os.path.isfile(one)), None)


def _fits(folder: Path) -> Iterator[Path]:
    yield from folder.glob(f"*{ENDING}")
    yield from (found.parent for found in folder.glob(f"*/{FILE}"))


def read_posterior(path: str | Path) -> Posterior:
    """The posterior of a file, read once. InputError where it is none."""
    path = Path(path)
    try:
        about = path.stat()
    except OSError as error:
        what = "there is no such file" if isinstance(error, FileNotFoundError) else refusal(error)
        raise InputError(what, f"posterior {path}", "Make one with: katye calibrate") from None
    return _read(path, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=8)
def _read(path: Path, changed: int, size: int) -> Posterior:
    from pyarrow import ArrowException

    from simulation.files.parquet import read_arrow

    where, hint = f"posterior {path}", "Make one with: katye calibrate"
    try:
        table = read_arrow(path)
        about = json.loads((table.schema.metadata or {}).get(KEY, b"null"))
    except (ArrowException, OSError, ValueError) as error:
        raise InputError(f"it cannot be read ({str(error).splitlines()[0]})", where, hint) from None
    if not isinstance(about, dict) or any(key not in about for key in NEEDED):
        raise InputError("it is no posterior of katye calibrate", where, hint)
    names = tuple(name for name in table.column_names if name not in (DRAW, WEIGHT))
    register_ = about["register"]
    if WEIGHT not in table.column_names or not names or not table.num_rows or not isinstance(register_, dict):
        raise InputError("it holds no weighted draws of parameters", where, hint)
    try:
        weights = table[WEIGHT].to_numpy().astype(float)
        values = np.column_stack([table[name].to_numpy().astype(float) for name in names])
    except (ValueError, TypeError):
        raise InputError("its draws are no numbers", where, hint) from None
    if not (np.isfinite(values).all() and np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise InputError("its draws or weights are no numbers from 0 up", where, hint)
    unknown = [name for name in names if name not in register_]
    pairs = all(isinstance(pair, list) and len(pair) == 2 for pair in register_.values())
    if unknown or not pairs:
        raise InputError("its draws and its provenance do not belong together", where, hint)
    return Posterior(names, values, weights / weights.sum(), about, path)


def write_posterior(path: Path, draws: pandas.DataFrame, about: Mapping[str, Any]) -> Path:
    """The file: a row a draw, `weight` and the parameters as columns. UnwritableError if the disk does not take it."""
    import pyarrow
    import pyarrow.parquet

    from simulation.files.atomic import write_atomically, writing

    table = pyarrow.Table.from_pandas(draws, preserve_index=False)
    table = table.replace_schema_metadata({KEY: json.dumps(dict(about), sort_keys=True).encode()})
    with writing(path):
        write_atomically(path, lambda hidden: pyarrow.parquet.write_table(table, hidden, compression="zstd"))
    return path


def where_from(value: Any, shipped: Path | None, folder: Path, where: str) -> tuple[bool, Path | None]:
    """What `uncertainty` says: whether parameters are drawn, and the posterior's file, None for priors alone.

    value: true, false, the word `posterior` for the one that comes with the model, or a fit's Parquet file or folder, whose
    relative path counts from `folder`. shipped: where the model keeps its own, or None. InputError for anything else.
    """
    if isinstance(value, bool):
        return value, None
    text = str(value)
    if isinstance(value, str | Path):
        path = find_fit(text if text == SHIPPED else folder / text, shipped, f"{where}, uncertainty")
        if text != SHIPPED:
            path = path.absolute()
            read_posterior(path)
        return True, path
    hint = f"It takes true, false, '{SHIPPED}' or a .parquet file of katye calibrate"
    raise InputError(f"'{value}' for uncertainty is neither true nor false", where, hint)
