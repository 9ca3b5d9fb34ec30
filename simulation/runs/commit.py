"""Which git commit the program is: asked of git in a checkout, read from `katye/commit.txt` in a wheel or an sdist.

Imports nothing but the standard library, as `setup.py` runs this file to note the commit.
"""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

NOTED = "katye/commit.txt"
"""Where a build notes the commit, below the folder of the program."""


def commit(root: Path | None) -> str | None:
    """The commit of the program in the folder `root`, with `-modified` if files differ from it; None if nobody knows."""
    if root is None:
        return None
    if found := git_commit(root):
        return found
    with contextlib.suppress(OSError):
        return (root / NOTED).read_text(encoding="utf-8").strip() or None
    return None


def git_commit(root: Path) -> str | None:
    """What git says of `root`; None without git, and in a folder that only lies within somebody else's checkout."""
    if _git(root, "ls-files", "--error-unmatch", ".") is None:
        return None
    return _git(root, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=-modified")


def _git(root: Path, *words: str) -> str | None:
    """What a git command prints; None if it fails, is not there, or takes too long."""
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
