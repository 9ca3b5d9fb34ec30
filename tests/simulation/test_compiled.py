"""Compiled code that cannot be kept, or not be read again, is compiled anew: one line says so, and every result is right."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core import caching

from simulation import compiled

ROOT = Path(__file__).parents[2]
SOURCE = '''"""Three functions."""
from simulation.compiled import compiled

@compiled
def double(x):
    return 2 * x

@compiled
def fourfold(x):
    return double(double(x))

@compiled
def half(x):
    return x / 2
'''


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Read the file again, as another process would."""
    monkeypatch.delenv(compiled.TOLD, raising=False)
    monkeypatch.setattr(caching.config, "CACHE_DIR", "")
    (tmp_path / "mine.py").write_text(SOURCE)

    def read():
        spec = importlib.util.spec_from_file_location("mine", tmp_path / "mine.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.fourfold(3) == 12
        assert module.half(3.0) == 1.5
        return module

    yield read
    os.environ.pop(compiled.TOLD, None)


def told(caplog):
    found = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return found


def test_what_can_be_kept_is_kept_in_silence(mine, caplog, tmp_path):
    mine()
    assert list(mine().fourfold.stats.cache_hits.values()) == [1]
    assert told(caplog) == []
    assert list((tmp_path / "__pycache__").glob("mine.double-*.nbi"))


def test_where_no_folder_takes_it_one_line_says_so(mine, caplog, monkeypatch):
    def refused(_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(caching._CacheLocator, "ensure_cache_path", refused)
    mine()
    (line,) = told(caplog)
    assert line == "note: compiled code cannot be kept (no folder takes it); NUMBA_CACHE_DIR may name a folder for it"
    mine()
    assert told(caplog) == []  # nor in a worker, which has the same environment


def test_a_disk_that_is_full_when_it_is_kept_is_one_line(mine, caplog, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(caching.IndexDataCacheFile, "save", full)
    mine()
    (line,) = told(caplog)
    assert "No space left on device" in line


def test_code_is_compiled_anew_when_that_of_another_file_which_it_calls_changes(mine, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "caller.py").write_text(
        "from mine import double\nfrom simulation.compiled import compiled_with\n\n"
        "@compiled_with(double)\ndef sixfold(x):\n    return double(3 * x)\n"
    )

    def sixfold(value):
        """The value, and how often it was read from the cache, in what another process would see."""
        for name in ("mine", "caller"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        found = importlib.import_module("caller").sixfold
        return found(value), sum(found.stats.cache_hits.values())

    assert sixfold(2) == (12, 0)
    assert sixfold(2) == (12, 1)
    (tmp_path / "mine.py").write_text(SOURCE.replace("2 * x", "200 * x"))
    assert sixfold(2) == (1200, 0)
    assert sixfold(2) == (1200, 1)


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_a_damaged_file_is_replaced(mine, caplog, tmp_path, ending):
    mine()
    for path in (tmp_path / "__pycache__").glob(f"mine.*.{ending}"):
        path.write_bytes(path.read_bytes()[:20])
    mine()
    assert list(mine().fourfold.stats.cache_hits.values()) == [1]
    assert told(caplog) == []


@pytest.mark.slow
def test_the_engine_starts_where_nothing_can_be_kept():
    """The real files in a fresh process; what Numba asks before it takes a folder says no."""
    code = (
        "from numba.core import caching\ndef refused(_): raise PermissionError(13, 'Permission denied')\n"
        "caching._CacheLocator.ensure_cache_path = refused\n"
        "from simulation import kernels, same_bits\nimport models.haiti.kernels\nimport numpy as np\n"
        "state = kernels.stream(1, 2, 3, 4)\nprint(kernels.uniform(state), same_bits.exp(np.zeros(1)))"
    )
    environment = {name: value for name, value in os.environ.items() if name != compiled.TOLD}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("note: compiled code cannot be kept")
    assert done.stderr.count("\n") == 1
    assert done.stdout.endswith(" [1.]\n")
