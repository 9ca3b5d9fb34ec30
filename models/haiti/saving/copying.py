"""Copies behind a model's back are refused: Python's tools copy half of what belongs together, and that runs on as nonsense."""

from __future__ import annotations

from typing import Any, NoReturn

from simulation.errors import InputError


def refuse(thing: Any) -> NoReturn:
    """InputError that names the right ways."""
    hint = "model.branch() gives a second model that goes on from today, model.save(path) a file for another process"
    raise InputError(f"a {type(thing).__name__} cannot be copied or pickled", "copy or pickle", hint)
