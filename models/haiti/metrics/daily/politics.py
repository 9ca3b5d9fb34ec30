"""Politics: how firm the government is, who reckons with it, and how far the country could hold a vote."""

from __future__ import annotations

from models.haiti.metrics.definition import Metric

METRICS = (
    Metric(
        "government_stability", "share", "stability of the government, 0 to 1", lambda model: model.politics.stability,
        ("end", "mean"),
    ),
    Metric(
        "consent", "index", "consent of the host state to the mission: 1 in full, 0 where nobody governs",
        lambda model: model.politics.consent, ("end", "mean"),
    ),
    Metric(
        "donor_confidence", "ratio", "what donors pay of their pledges, over what they pay a government as on the first day",
        lambda model: model.politics.donors, ("end", "mean"),
    ),
    Metric(
        "polling_possible", "share",
        "people before displacement in places where a vote could be held: state-held, or contested and guarded, by guards",
        lambda model: model.politics.polling, ("end", "mean"),
    ),
    Metric(
        "turnout_possible", "share",
        "people who could vote and would, by where they live, fear and trust, of those who vote in a calm city",
        lambda model: model.politics.turnout, ("end", "mean"),
    ),
    Metric(
        "election_readiness", "index", "readiness for elections, 0 to 1, renewed every 30 days",
        lambda model: model.politics.readiness, ("end",),
    ),
    Metric(
        "election_pulse", "ratio", "what a vote that comes too early adds to attacks of gangs and to patrons' money",
        lambda model: model.politics.aggression - 1.0, ("mean",),
    ),
    Metric(
        "legitimacy", "index", "legitimacy of the vote that was held, by readiness and turnout; 0 before",
        lambda model: model.politics.legitimacy, ("end",),
    ),
)  # fmt: skip
