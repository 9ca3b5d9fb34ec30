"""Data folders of somebody's own map (`[bring] data`) that somebody or something has damaged."""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import networkx

from fuzz.judging import Tally, judge
from fuzz.mutation import ATOMS_OF_JSON, BIDI, at, damaged_bytes
from models.haiti.model import HaitiModel
from models.haiti.presentation import read_geography
from models.haiti.replay.city_map import city_map
from models.haiti.scenario.scenario import load_case
from models.haiti.world.city import DATA

READ = (
    "aliases.csv", "contributors.csv", "deployments.csv", "displacement_stock.csv", "edges.csv", "external_places.csv",
    "funding.csv", "gangs.csv", "gateways.csv", "initial_control.csv", "landmarks.csv", "mission_base.csv",
    "neighbourhoods.csv", "pledges.csv", "police.csv", "neighbourhoods.geojson", "land.geojson",
)  # fmt: skip
"""The files of a data folder that a run on it reads."""
CELLS = (
    "", " ", "x", "0", "1", "-1", "2", "0.5", "-0.5", "nan", "inf", "1e308", "1e-300", "1e12", "99999", "1000000000",
    str(2**31), str(2**63), "9" * 5000, "1_000", "0x10", "2024-06-01", "2024-06", "0001-01-01", "9999-12-31", "9999-12",
    "2024-13-01", "yes", "no", "x" * 200_000, '"', "a\x00b", "a\nb", BIDI, "=1+1", "\x1b[31m", ";", "solino;solino", "abroad",
    "origin", "Ouest", "state", "gang", "sea", "total_strength", "airport", "\ud800",
)  # fmt: skip


def data_folders(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Copies of the shipped data folder with one or two files harmed, on which a run begins and has its maps drawn."""
    tally, path = Tally(), folder / "harmed-map.toml"
    whole = {name: (DATA / name).read_bytes() for name in READ}
    with _ways_counted_once():
        for number in range(-1, inputs):
            luck, harmed = Random(f"data {seed} {number}"), folder / f"harmed-data-{number}"
            harmed.mkdir()
            for name, content in whole.items():
                (harmed / name).write_bytes(content)
            path.write_text(f'days = 2\nweight = 10000\n[bring]\ndata = "{harmed.name}"\n')
            if number < 0:
                _opened(path, harmed)  # sound: compiles all that no input is to wait for
            else:
                for name in luck.choices(READ, k=luck.choice((1, 1, 2))):
                    _harm(harmed / name, whole[name], luck)
                judge(tally, lambda: _opened(path, harmed), (harmed.name,), f"data {seed} {number}")  # noqa: B023
            shutil.rmtree(harmed)
    return tally


@contextlib.contextmanager
def _ways_counted_once() -> Iterator[None]:
    """The count of shortest ways, half the time of an input, is made anew only where the roads are others."""
    count, known = networkx.betweenness_centrality, {}

    def counted(graph: networkx.Graph, weight: str) -> dict[str, float]:
        roads = tuple(graph), tuple(graph.edges(data=weight))
        if roads not in known:
            known[roads] = count(graph, weight=weight)
        return known[roads]

    with mock.patch("networkx.betweenness_centrality", counted):
        yield


def _opened(path: Path, harmed: Path) -> None:
    case = load_case(path)
    model = HaitiModel(case, run_seed=1, neighbourhoods=True).run(1)
    model.summary(), model.verdict(), model.save(harmed.parent / "kept.katye")
    read_geography(harmed), city_map(case.brought)


def _harm(path: Path, content: bytes, luck: Random) -> None:
    """Do one thing to a file, which may be gone or a folder already."""
    how = luck.randrange(12)
    if not path.is_file():
        return
    if how <= 1:
        path.unlink()
        if how:
            path.mkdir()
    elif how == 2:
        path.write_bytes(luck.choice((b"", b"\n", b"\xff\xfe", content.decode().encode("utf-16"), content[:1] * 3)))
    elif how == 3:
        path.write_bytes(damaged_bytes(content, luck))
    else:
        harmed = _other_shapes if path.suffix == ".geojson" else _other_cells
        path.write_bytes(harmed(content.decode(), luck).encode(errors="surrogatepass"))


def _other_cells(text: str, luck: Random) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(luck.choice((1, 1, 2, 5))):
        row, column, how = luck.randrange(len(rows)), luck.randrange(len(rows[0])), luck.randrange(10)
        if how == 0 and len(rows) > 1:
            del rows[row]
        elif how == 1:
            rows.insert(row, list(rows[row]))
        elif how == 2 and len(rows[0]) > 1:
            rows = [line[:column] + line[column + 1 :] for line in rows]
        elif how == 3:
            rows[1:] = luck.sample(rows[1:], min(len(rows) - 1, luck.choice((0, 1, 3, len(rows)))))
        elif column < len(rows[row]):
            others = [line[column] for line in rows if column < len(line)]
            rows[row][column] = luck.choice(CELLS if how < 8 else others)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _other_shapes(text: str, luck: Random) -> str:
    tree = {"": json.loads(text)}
    for _ in range(luck.choice((1, 1, 3))):
        where = _some_place(tree, luck)
        parent, key = at(tree, where[:-1]), where[-1]
        if luck.random() < 0.3 and parent is not tree:
            del parent[key]
        else:
            parent[key] = copy.deepcopy(luck.choice(ATOMS_OF_JSON))
    return json.dumps(tree[""])


def _some_place(tree: Any, luck: Random) -> tuple[Any, ...]:
    """A path to something, leaf or not: leaves are thousands, and would take all turns if each place had the same."""
    where: tuple[Any, ...] = ()
    while isinstance(tree, dict | list) and tree and (not where or luck.random() < 0.8):
        key = luck.choice(list(tree)) if isinstance(tree, dict) else luck.randrange(len(tree))
        where, tree = (*where, key), tree[key]
    return where
