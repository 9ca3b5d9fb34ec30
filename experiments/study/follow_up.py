"""The study after a Morris screening: Sobol indices of the parameters that survived, as a file ready to run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.files.toml import toml_value

SAMPLES = 64  # rows of the Sobol sample; a power of two
NAME = "sobol-survivors"
SIZES = ("days", "shared_start", "weight", "replicates")


def survivors_study(content: Mapping[str, Any], names: Sequence[str], samples: int = SAMPLES) -> str:
    """TOML of a Sobol study that varies `names` as the study in `content` did; the others keep the scenario's own values."""
    left_out = [name for name in content["vary"] if name not in names]
    runs = samples * (len(names) + 2) * content["replicates"] * len(content["arms"])
    lines = [
        f"# Sobol indices of the parameters that survived the screening: {runs:,} runs.",
        f"# Left out, at the scenario's own values: {', '.join(left_out) or 'nothing'}.",
        "",
        f"title = {_value('Sobol indices after: ' + content['title'])}",
        f"question = {_value(content['question'])}",
        f"scenario = {_value(content['scenario'])}",
        *(f"{name} = {content[name]}" for name in SIZES if content.get(name) is not None),
        f"seed = {content['seed']}",
        'design = "sobol"',
        f"samples = {samples}",
        *([f"start = {_date(content['start'])}"] if content.get("start") else []),
        *([f"uncertainty = {_value(content['uncertainty'])}"] if content.get("uncertainty") else []),
        f"outcomes = {_value(content['outcomes'])}",
        "",
        "[vary]",
        *(f"{name} = {_value(content['vary'][name])}" for name in names),
    ]
    if content.get("fixed"):
        lines += ["", "[fixed]", *_settings(content["fixed"])]
    for arm, changes in content["arms"].items():
        lines += ["", f"[arms.{_value(arm)}]", *_settings(changes)]
    return "\n".join(lines) + "\n"


def _settings(settings: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in settings.items()]


def _date(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _value(value: Any) -> str:
    return toml_value(value, "the study that follows")
