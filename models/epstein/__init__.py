"""Epstein's model of civil violence: `from models.epstein import EpsteinModel, load_case`; see README.md beside this file.

The smallest whole model that experiments can run, and the one to copy for a model of your own. Names are loaded when used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation import quick_import

if TYPE_CHECKING:
    from models.epstein.family import FAMILY, load_case
    from models.epstein.model import EpsteinModel

__all__ = ["FAMILY", "EpsteinModel", "load_case"]
HOMES = {
    "FAMILY": "models.epstein.family",
    "EpsteinModel": "models.epstein.model",
    "load_case": "models.epstein.family",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(quick_import(HOMES[name]), name)
