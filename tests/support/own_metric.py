"""A metric as somebody writes it in a module of their own, and what a worker knows of it."""

from __future__ import annotations

from models.haiti.metrics.definition import CLOSING, Metric


def days_so_far(model) -> float:
    return float(model.day)


OWN = Metric("own_days", "days", "days so far", days_so_far, CLOSING)


def known(name: str) -> list[bool]:
    """Whether this process has an outcome of that name, and the metric behind it."""
    from models.haiti import metrics

    return [f"{name}_end" in metrics.OUTCOMES, name in metrics.DAILY]
