"""The kinds of files that users bring, each with a way to damage the `number`th one and to have it read."""

from __future__ import annotations

import itertools
import math
import tomllib
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet

from experiments.study.study import STUDIES, load_study
from experiments.study.workshop import read_workshop
from fuzz.data_folder import data_folders
from fuzz.folders import folders
from fuzz.judging import Tally, judge
from fuzz.kept_run import kept_runs
from fuzz.mutation import BIDI, damaged_bytes, damaged_text, mutated, written
from models.haiti.model import HaitiModel
from models.haiti.people.population_file import read_people
from models.haiti.scenario import event_kinds as event_kinds  # registers them
from models.haiti.scenario.events import KINDS, TIMING
from models.haiti.scenario.scenario import FOLDER, KEYS, load_case
from models.haiti.world.city import load_city
from simulation.port.family import find_family
from simulation.port.plugins import brought_in, read_brought

ROOT = Path(__file__).parents[2]
WORDS = (
    *KEYS, *TIMING, *KINDS, *(name for kind in KINDS.values() for name in kind.settings), "funding.level", "funding",
    "mandate.option", "deployment.authorised", "flight.half_dose", "low", "high", "vary", "arms", "fixed", "quick", "replay",
    "titles", "levels", "points", "replicates", "samples", "seed", "design", "shared_start", "model", "scenario", "outcomes",
    "curves", "sections", "asks", "analysis", "metrics", "mechanisms", "agents", "data", "add", "after", "by", "replace",
    "gang", "", "x",
)  # fmt: skip
WORKSHOPS = ROOT / "models/haiti/workshops"
FEW = 500  # what a shipped study may have of samples, so that the many inputs stay cheap


def _toml(trees: list[tuple[str, dict[str, Any]]], number: int, luck: Random) -> bytes:
    _, tree = trees[number % len(trees)]
    if luck.random() < 0.25:
        return luck.choice((damaged_text, lambda text, luck: damaged_bytes(text.encode(), luck)))(written(tree), luck)
    return written(mutated(tree, luck, WORDS)).encode()


def scenarios(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Scenario files of the city and of the other model; every twentieth that is taken also founds a city."""
    trees = _shipped(FOLDER) + _shipped(ROOT / "models/epstein/scenarios")
    epstein, tally = find_family("epstein"), Tally()
    path = folder / "harmed-scenario.toml"
    HaitiModel(load_case(weight=10_000), run_seed=1)  # compiles what no input is to wait for
    for number in range(inputs):
        luck = Random(f"scenario {seed} {number}")
        path.write_bytes(_toml(trees, number, luck))
        other = number % len(trees) >= len(trees) - len(list((ROOT / "models/epstein/scenarios").glob("*.toml")))

        def call(number: int = number, other: bool = other) -> None:
            case = epstein.load_case(path) if other else load_case(path, weight=10_000)
            family = epstein if other else find_family("haiti", case.brought)
            family.described(case), family.dated(case), family.unmoved(case, list(case.chosen)), case.drawn(1)
            if not other and number % 20 == 0:
                HaitiModel(case, run_seed=1)

        judge(tally, call, (path.name,), f"scenario {seed} {number}")
    return tally


def studies(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Study files, with a table of points beside them."""
    trees = [(name, tree) for name, tree in _shipped(STUDIES) if name not in ("paths", "screening")]
    trees.append(("points", {"design": "table", "points": "points.csv", "days": 20, "weight": 1000}))
    trees.append(
        ("sample", {"design": "latin-hypercube", "samples": 8, "weight": 1000, "vary": {"flight.half_dose": "prior"}})
    )
    path, tally = folder / "harmed-study.toml", Tally()
    table = "deployment.authorised,mandate.option\n400,mss\n1000,none\n"
    for number in range(inputs):
        luck = Random(f"study {seed} {number}")
        path.write_bytes(_toml(trees, number, luck))
        (folder / "points.csv").write_text(table)
        if number % len(trees) == len(trees) - 2:
            path.write_bytes(written(trees[-2][1]).encode())
            (folder / "points.csv").write_bytes(_table(table, luck))

        def call() -> None:
            study = load_study(path)
            study.content(), study.cases(), study.run_command(study.cells()[0], 0)
            if study.quick:
                study.quickly()

        judge(tally, call, ("harmed-study", "points.csv"), f"study {seed} {number}")
    return tally


def _table(text: str, luck: Random) -> bytes:
    """A CSV file whose cells, rows, letters or bytes are not what they were."""
    rows = [line.split(",") for line in text.splitlines()]
    if luck.random() < 0.4:
        return luck.choice(
            (damaged_bytes(text.encode(), luck), text.encode("utf-16"), text.encode("cp037"), b"", b"\n\n")
        )
    cells = ("", " ", "x", "nan", "inf", "-1", "1e308", "1" * 5000, "1e400", "0.5", "x" * 200_000, '"', '"a""b"', "a\x00b",
             BIDI, "=1+1", "true", "1_000", "0x10", "١٢", "2024-06-01", "[1, 2]", "{}", "\x1b[31m")  # fmt: skip
    for _ in range(luck.choice((1, 1, 2, 5))):
        row = luck.choice(rows)
        how = luck.randrange(6)
        if how == 0 and row:
            row.pop()
        elif how == 1:
            row.append(luck.choice(cells))
        elif how == 2:
            rows.append(list(row))
        elif row:
            row[luck.randrange(len(row))] = luck.choice(cells)
    return "\n".join(",".join(row) for row in rows).encode(errors="surrogatepass")


NOW = ("ns", "UTC")
COLUMNS: tuple[tuple[Any, pyarrow.DataType], ...] = (
    ([1, 2], pyarrow.list_(pyarrow.int64())), (None, pyarrow.list_(pyarrow.int8())), ({"a": 1}, pyarrow.struct({"a": "int8"})),
    ([("k", 1)], pyarrow.map_(pyarrow.string(), pyarrow.int8())), (b"\xff\xfe", pyarrow.binary()), (None, pyarrow.null()),
    (2**62, pyarrow.int64()), (2**64 - 1, pyarrow.uint64()), (-5, pyarrow.int64()), (5, pyarrow.int8()),
    (True, pyarrow.bool_()), (math.inf, pyarrow.float64()), (math.nan, pyarrow.float64()), (1.5, pyarrow.float16()),
    (9.0, pyarrow.float32()),
    (Decimal(10), pyarrow.decimal128(20, 3)), (Decimal(10**60), pyarrow.decimal256(70, 2)), ("poor", pyarrow.large_string()),
    ("x" * 100_000, pyarrow.string()), ("5", pyarrow.string()), ("1_0", pyarrow.string()), ("1e400", pyarrow.string()),
    (5, pyarrow.date32()), (5, pyarrow.timestamp(*NOW)), (5, pyarrow.duration("s")), (5, pyarrow.time64("us")),
)  # fmt: skip
"""Columns of every kind that a parquet file can have."""


def populations(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Population files, CSV and parquet in turn."""
    city, tally, weight = load_city(), Tally(), 10_000
    rows = 60
    ids = list(itertools.islice(itertools.cycle(city.ids), rows))
    ties = list(itertools.islice(itertools.cycle(("", city.external[0].id)), rows))
    people = [int(city.population.sum()) // rows] * rows
    frame = pd.DataFrame({"home": ids, "people": people, "wealth": "poor", "ties": ties, "threshold": 0.1})
    text = frame.to_csv(index=False)
    for number in range(inputs):
        luck = Random(f"population {seed} {number}")
        path = folder / f"harmed-people.{('csv', 'parquet')[number % 2]}"
        if number % 2 == 0:
            path.write_bytes(_table(text, luck))
        else:
            path.write_bytes(_parquet(frame, luck, folder))
        judge(tally, lambda path=path: read_people(path, city, weight), (path.name,), f"population {seed} {number}")
    return tally


def _column(rows: int, luck: Random) -> pyarrow.Array:
    value, kind = luck.choice(COLUMNS)
    column = pyarrow.array([value] * rows, kind)
    words = pyarrow.types.is_string(kind) or pyarrow.types.is_integer(kind)
    return column.dictionary_encode() if words and luck.random() < 0.3 else column


def _parquet(frame: pd.DataFrame, luck: Random, folder: Path) -> bytes:
    table, whole = pyarrow.Table.from_pandas(frame, preserve_index=False), folder / "whole.parquet"
    how = luck.randrange(5)
    if how:
        for _ in range(luck.choice((1, 1, 2))):
            place = luck.randrange(table.num_columns)
            table = table.set_column(place, table.column_names[place], _column(table.num_rows, luck))
    if how == 1:
        table = table.slice(0, luck.choice((0, 1, 30)))
    if how == 2:
        table = table.append_column(luck.choice(table.column_names), table[0])
    pyarrow.parquet.write_table(table, whole, compression=luck.choice(("snappy", "none", "zstd")))
    return whole.read_bytes() if how else damaged_bytes(whole.read_bytes(), luck)


MINE = '''"""What somebody brings."""
from models.haiti.metrics.definition import Metric
from simulation.mechanism import Mechanism


class Curfew(Mechanism):
    name = "curfew"


METRICS = 5
NUMBER = 7
'''


def bringing(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """[bring] tables, alone and in a scenario."""
    (folder / "mine.py").write_text(MINE)
    (folder / "broken.py").write_text("1 / 0\n")
    tree = {
        "bring": {
            "metrics": ["mine.py:METRICS"],
            "mechanisms": [{"add": "mine.py:Curfew", "after": "flight"}, {"replace": "flight", "by": "broken.py:X"}],
            "agents": {"gang": "mine.py:Curfew"},
            "data": ".",
        }
    }
    path, tally = folder / "harmed-bring.toml", Tally()
    for number in range(inputs):
        luck = Random(f"bring {seed} {number}")
        path.write_bytes(_toml([("bring", tree)], number, luck))
        judge(
            tally,
            lambda: read_brought(brought_in(path).content(), "bring"),
            (path.name, "bring"),
            f"bring {seed} {number}",
        )
        judge(
            tally,
            lambda: load_case(path, weight=10_000),
            (path.name, "mine.py", "broken.py"),
            f"bring {seed} {number} in a scenario",
        )
    return tally


def workshops(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Files of workshops, with the study that each of them runs."""
    trees, path, tally = _shipped(WORKSHOPS), folder / "harmed-workshop.toml", Tally()
    for number in range(inputs):
        luck = Random(f"workshop {seed} {number}")
        path.write_bytes(_toml(trees, number, luck))
        judge(tally, lambda: read_workshop(path).study(), ("harmed-workshop",), f"workshop {seed} {number}")
    return tally


def _shipped(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(folder.glob("*.toml")):
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        if "samples" in tree:
            tree["samples"] = min(tree["samples"], 4)
        found.append((path.stem, tree))
    return found


KINDS_OF_FILES = {
    "scenario": scenarios,
    "study": studies,
    "population": populations,
    "bring": bringing,
    "workshop": workshops,
    "data": data_folders,
    "kept": kept_runs,
    "folder": folders,
}
