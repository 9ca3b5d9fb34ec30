"""Paths as people type them."""

from __future__ import annotations

import os
from pathlib import Path


def whole_path(typed: str | Path) -> Path:
    """The absolute path of what was typed. `~` at its beginning is the home folder; `./~` is a folder of that name here.

    A `Path` has forgotten a leading `./`, so it takes the text where there is one.
    """
    return Path(os.path.expanduser(typed)).absolute()


def typed_path(typed: str) -> Path:
    """A typed path as a `Path` that means the same to `whole_path`: absolute where a leading `./` would be lost on `~`."""
    path = Path(typed)
    return path.absolute() if path.parts[:1] and path.parts[0].startswith("~") and typed[0] != "~" else path
