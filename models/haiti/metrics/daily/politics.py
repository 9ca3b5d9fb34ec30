"""Politics: how firm the government is, and how far the country could hold a vote."""

from __future__ import annotations

from models.haiti.metrics.definition import Metric

METRICS = (
    Metric(
        "government_stability", "share", "stability of the government, 0 to 1", lambda model: model.politics.stability,
        ("end", "mean"),
    ),
    Metric(
        "election_readiness", "index", "readiness for elections, 0 to 1, renewed every 30 days",
        lambda model: model.politics.readiness, ("end",),
    ),
    Metric(
        "legitimacy", "index", "readiness reached when a vote was held; 0 before",
        lambda model: model.politics.legitimacy, ("end",),
    ),
)  # fmt: skip
