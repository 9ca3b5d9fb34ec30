"""The benchmark: its figures exist and make sense on a tiny setting, verdicts are right, its history is safe."""

from __future__ import annotations

import csv
import math

import pytest

from benchmarks import benchmark, install
from benchmarks import history as benchmark_history
from benchmarks import parts as benchmark_parts
from benchmarks import rows as benchmark_rows
from benchmarks import studies as benchmark_studies
from benchmarks.benchmark import Size
from benchmarks.rows import ROWS, Row
from experiments.cli import app as command
from simulation.errors import InputError, KatyeError

pytestmark = pytest.mark.slow

TINY = Size(
    1,
    12,
    6,
    6,
    1,
    6,
    rivals_days=12,
    weight=300,
    agents=4000,
    analysis_runs=100,
    coarse_weight=2000,
    coarse_days=10,
    coarse_runs=4,
    models=4,
)
TARGETS = {
    "help_s": "at most 0.25",
    "import_s": "at most 0.8",
    "first_day_s": "at most 1.3",
    "seconds_per_730_days": "at most 2",
    "cpu_seconds_per_730_days": "at most 2",
    "against_1_ratio": "at most 0.55",
    "against_50_ratio": "at most 0.45",
    "memory_above_import_mb": "at most 150",
    "growth_mb": "at most 0.5",
    "households_ratio": "at most 4",
    "people_10_ratio": "at most 3",
    "large_ratio": "at most 15",
    "large_memory_mb": "at most 2000",
    "workers_ratio": "at least 1.95",
    "store_ratio": "at most 1.03",
    "coarse_minutes": "at most 15",
    "analysis_s": "at most 2",
    "numpy_ratio": "at least 10",
    "mesa_ratio": "at least 200",
    "installed_mb": "at most 600",
}
WITHOUT_TARGET = {
    "seconds_per_year", "build_s", "against_1_s", "against_50_s", "neighbourhoods_2_ratio", "neighbourhoods_4_ratio",
    "gangs_2_ratio", "gangs_4_ratio", "runs_per_s_1", "runs_per_s_2", "candidates_per_1000", "moves_per_1000",
    "accepted_share",
}  # fmt: skip
COLUMNS = benchmark_history.columns(ROWS)


@pytest.fixture(scope="module")
def measured():
    """All figures of a tiny benchmark, everything done in this process: two workers take seconds to start."""
    rate = benchmark_studies.runs_per_second

    def one_worker(tasks, workers):
        return rate(tasks, workers) if workers == 1 else 2.0

    def part(name, cache="", **options):
        return benchmark_parts.PARTS[name](**options)

    def compare(commit, days, repeats):
        return {"against_1_ratio": 0.5, "against_1_s": 2.0, "against_50_ratio": 0.5, "against_50_s": 1.0}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benchmark, "_part", part)
        patch.setattr(benchmark.older, "compare", compare)
        patch.setattr(benchmark_parts, "warm_up", lambda: None)
        patch.setattr(benchmark_studies, "runs_per_second", one_worker)
        patch.setattr(benchmark_studies, "RUN_SECONDS", 0.01)
        patch.setattr("experiments.run.sweep.available_workers", lambda: 2)
        return benchmark.measure(TINY, against="0" * 40)


def test_every_row_is_measured(measured):
    figures, _ = measured
    assert set(figures) >= set(ROWS) - {"busy", "installed_mb"}
    assert all(math.isfinite(value) for value in figures.values())
    # in one process there is nothing to compile the first time, and no memory beyond that of the imports; no model leaves any
    for name in set(ROWS) - {"busy", "installed_mb", "compile_s", "memory_above_import_mb", "growth_mb"}:
        assert figures[name] > 0.0, name
    assert figures["seconds_per_730_days"] == pytest.approx(2 * figures["seconds_per_year"])
    assert 0.0 < figures["accepted_share"] <= 1.0
    assert figures["moves_per_1000"] <= figures["candidates_per_1000"]


def test_a_day_is_the_sum_of_its_mechanisms(measured):
    _, day = measured
    assert {"flight", "posture", "relocation", "recorder.record"} <= set(day)
    assert sum(ms for name, ms in day.items() if name != "day") <= day["day"]
    lines = benchmark_rows.day_rows(day)
    assert [name for name, *_ in lines[-2:]] == ["everything else", "the whole day"]
    assert len(lines) == 12
    times = [ms for _, ms, _ in lines]
    assert times[:10] == sorted(times[:10], reverse=True)
    assert sum(times[:-1]) == pytest.approx(day["day"])


def test_required_rows_have_their_targets():
    assert {name: ROWS[name].target() for name in TARGETS} == TARGETS
    assert {ROWS[name].target() for name in WITHOUT_TARGET} == {""}


@pytest.mark.parametrize(
    ("row", "value", "verdict"),
    [
        (Row("", at_most=2), 2.0, "met"),
        (Row("", at_most=2), 2.01, "missed"),
        (Row("", at_least=1.7), 1.7, "met"),
        (Row("", at_least=1.7), 1.69, "missed"),
        (Row("", at_least=0.85, at_most=1.15), 0.84, "missed"),
        (Row("", at_least=0.85, at_most=1.15), 1.0, "met"),
        (Row("", at_least=0.85, at_most=1.15), 1.16, "missed"),
        (Row("", at_most=2), float("nan"), "missed"),
        (Row("", at_most=2), None, "-"),
        (Row(""), 3.0, "-"),
    ],
)
def test_verdicts(row, value, verdict):
    assert row.verdict(value) == verdict


def test_table_says_what_was_not_measured():
    made_up = dict.fromkeys(ROWS, 1.0)
    for name in ("workers_ratio", "installed_mb", "against_1_ratio"):
        del made_up[name]
    table = {text: cells for text, *cells in benchmark_rows.rows(made_up)}
    assert len(table) == len(ROWS)
    assert table[ROWS["workers_ratio"].text] == ["not measured", "times", "at least 1.95", "-"]
    assert table[ROWS["numpy_ratio"].text] == [1.0, "times", "at least 10", "missed"]
    notes = benchmark_rows.notes(made_up)
    assert "one core" in notes
    assert "--install" in notes
    assert "--against" in notes
    assert "--quick" not in notes
    assert "one core" not in benchmark_rows.notes(dict.fromkeys(ROWS, 1.0))


def test_one_core_has_no_second_worker(monkeypatch):
    monkeypatch.setattr("experiments.run.sweep.available_workers", lambda: 1)
    assert benchmark_studies.two_workers(weight=2000, days=1, runs=4, pairs=1) == {}


def test_rate_leaves_out_the_start_of_workers():
    assert benchmark_studies.rate_once_started([9.0, 10.0, 11.0, 12.0], 1) == pytest.approx(1.0)
    in_step = [30.0, 30.0, 31.0, 31.0, 32.0, 32.0, 33.0, 33.0]
    assert benchmark_studies.rate_once_started(in_step, 2) == pytest.approx(2.0)


def test_parts_run_in_their_own_process(capfd):
    assert set(benchmark._part("imports")) == {"import_s", "import_memory_mb"}
    with pytest.raises(KatyeError, match="'nonsense'"):
        benchmark._part("nonsense")
    assert "nonsense" in capfd.readouterr().err


def test_size_of_an_installation_counts_files_once_and_in_whole_blocks(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "code.py").write_bytes(b"x" * 100_000)
    (tmp_path / "link.py").symlink_to(tmp_path / "package" / "code.py")
    assert 100_000 <= install.disk_bytes(tmp_path) < 200_000
    assert install._left_out(str(tmp_path), [".git", "runs", "simulation"], tmp_path) == [".git", "runs"]
    assert install._left_out(str(tmp_path / "simulation"), ["runs"], tmp_path) == []


# History


def row(**figures):
    return benchmark_history.row(figures, ROWS, quick=True, against="0" * 40)


def test_history_grows_by_a_row_a_run(tmp_path):
    path = tmp_path / "history.csv"
    benchmark_history.append(path, row(build_s=1.0))
    path.write_text(path.read_text().rstrip("\n"))  # as some editors leave it
    benchmark_history.append(path, row(build_s=0.5, mesa_ratio=321.0))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [one["build_s"] for one in rows] == ["1", "0.5"]
    assert [one["mesa_ratio"] for one in rows] == ["", "321"]
    assert rows[1]["mesa"].startswith("3.")
    assert int(rows[1]["cores"]) >= 1
    assert rows[1]["against"] == "0" * 40
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"date,commit,old_figure\n2024-06-01,abc,1\n", "without python, mesa, numba and .* more; with old_figure"),
        (",".join(reversed(COLUMNS)).encode() + b"\n", "another order"),
        (b"\xff\xfe\x00", "no readable CSV"),
        (b'date,"comm\n', "no readable CSV"),
    ],
)
def test_foreign_file_stays_as_it_is(tmp_path, content, message):
    path = tmp_path / "history.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        benchmark_history.append(path, row(build_s=1.0))
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def katye(monkeypatch, capsys):
    """Call `katye benchmark` with made-up figures: (status, stdout, stderr); `katye.sizes` are those measured."""

    def measure(size, install, against):
        assert not install
        assert not against
        call.sizes.append(size)
        return dict.fromkeys(ROWS, 1.0), {"flight": 1.0, "day": 2.0}

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            command.main(["benchmark", *map(str, arguments)])
        return (stop.value.code or 0, *capsys.readouterr())

    call.sizes = []
    monkeypatch.setattr(benchmark, "measure", measure)
    return call


def test_command_prints_the_table_and_records(katye, tmp_path):
    path = tmp_path / "history.csv"
    status, out, _ = katye("--quick", "--record", path)
    assert status == 0
    assert katye.sizes == [benchmark.QUICK]
    for words in ("verdict", "met", "missed", "at least 200", "where the day goes", "flight", "50%"):
        assert words in out
    assert katye("--record", path)[0] == 0
    assert katye.sizes[1] == benchmark.FULL
    status, out, _ = katye("--history", path)
    assert status == 0
    assert len(katye.sizes) == 2
    line = next(line.split() for line in out.splitlines() if line.split()[:1] == ["build_s"])
    assert line == ["build_s", "1", "1", "1.00"]


@pytest.mark.parametrize("wrong", ["no-such-folder/history.csv", ".", "foreign.csv"])
def test_unusable_file_is_found_before_anything_is_measured(katye, tmp_path, wrong):
    (tmp_path / "foreign.csv").write_text("a,b\n")
    status, _, err = katye("--record", tmp_path / wrong)
    assert status == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert not katye.sizes


@pytest.mark.parametrize("content", [None, "", "a,b\n1,2\n"])
def test_history_of_something_else_is_refused(katye, tmp_path, content):
    path = tmp_path / "history.csv"
    if content is not None:
        path.write_text(content)
    assert katye("--history", path)[0] == 2
    assert katye("--history", path, "--quick")[0] == 2
    assert katye("--history", path, "--against", "HEAD")[0] == 2
