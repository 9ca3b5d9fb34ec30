"""How much disk an installation takes: a fresh environment with Katye and what it needs, and nothing of tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from simulation.errors import KatyeError

LEFT_OUT = {"build", "runs", "docs", "tests", "notebooks"}  # of the checkout's first level


def installed_mb(source: Path) -> float:
    """10^6 bytes on the disk of site-packages after `pip install SOURCE`, less pip and setuptools, which were there before.

    KatyeError if the installation fails: pip has said why.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = sysconfig.get_path("scripts", "venv", {"base": folder})
        packages = Path(sysconfig.get_path("purelib", "venv", {"base": folder}))
        before = disk_bytes(packages)
        python = Path(scripts) / Path(sys.executable).name
        # A copy, as a build leaves folders where it works.
        copy = shutil.copytree(source, Path(folder) / "source", ignore=lambda at, names: _left_out(at, names, source))
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", copy]
        if subprocess.run(command, stdout=sys.stderr).returncode:
            raise KatyeError("the fresh installation failed; pip's own message is above")
        return (disk_bytes(packages) - before) / 1e6


def disk_bytes(folder: Path) -> int:
    """What the files below a folder take on the disk, in whole blocks where the system tells."""
    files = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    stats = [path.stat() for path in files if not path.is_symlink()]
    return sum(one.st_blocks * 512 if hasattr(one, "st_blocks") else one.st_size for one in stats)


def _left_out(where: str, names: list[str], source: Path) -> list[str]:
    """What of a folder of the checkout no build needs."""
    top = Path(where) == source
    return [name for name in names if top and (name in LEFT_OUT or name.startswith(".") or name.endswith(".egg-info"))]
