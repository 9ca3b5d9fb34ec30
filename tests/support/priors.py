"""Which test asks of which parameter whether both ends of its prior move an outcome.

A parameter whose prior moves nothing is worse than none: studies draw it, and readers believe that it was explored.
"""

from __future__ import annotations

from models.haiti.parameters import default_parameters
from simulation.parameters import Row

COVERED_BY: dict[str, tuple[str, ...]] = {
    "test_trust": ("trust", "expectation", "information", "civil_society", "abuse"),
    "test_politics": (
        "economy", "tolls", "kidnapping", "patronage", "trafficking", "wages", "arms", "recruitment", "livelihoods",
        "coalition", "prosecution", "government", "election",
        *(f"offensive.{name}" for name in ("days", "lull", "contrast", "cohesion")),
    ),
    "test_services": ("roads", "infrastructure", "liaison", "mentoring", "region", "self_defence", "strike"),
    "test_donors": ("appeal", "support", "tolerance"),
    "test_mandate": (
        "mandate.adoption_lag", "mandate.ramp", "mandate.vehicles_peacekeeping", "mandate.clearing_peacekeeping",
    ),
    "test_dead_parameters": (
        "mandate.adoption_probability", "mandate.adoption_lag_spread", "mandate.drawdown_days",
        "mandate.permission_peacekeeping", "mandate.permission_suppression", "offensive.losses",
        "contingency", "deployment", "funding",
        "cost", "shortage", "contributor", "arrears", "equipment", "force", "police", "command", "phase", "clearing",
        "rules_of_engagement", "hold", "patrol", "control", "gang", "rivalry", "travel", "household", "exposure", "fear",
        "flight", "destination", "site", "displaced",
    ),
}  # fmt: skip
"""By test file: parameter groups, or single parameters where a group is shared between files."""


def with_prior() -> list[Row]:
    """Every parameter that has a prior, at its default."""
    return [row for row in default_parameters().rows() if row.prior is not None]


def covered(file: str) -> list[Row]:
    """The parameters with a prior that a test file covers."""
    mine = COVERED_BY[file]
    return [row for row in with_prior() if row.name in mine or row.name.partition(".")[0] in mine]


def ends(row: Row, tail: float = 0.001) -> tuple[float, float]:
    """The low and the high end of a prior (quantiles `tail` and 1 - `tail`), legal and of the parameter's own type."""
    kind = round if isinstance(row.default, int) else float
    low, high = (min(max(row.prior.quantile(u), row.bounds[0]), row.bounds[1]) for u in (tail, 1.0 - tail))
    return kind(low), kind(high)
