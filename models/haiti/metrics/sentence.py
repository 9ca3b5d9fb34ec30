"""A run in one sentence, for people."""

from __future__ import annotations


def verdict(model) -> str:
    """What happened to people and territory between the first and the last day recorded; conditional, no forecast."""
    values = model.recorder.values
    days = model.recorder.days[-1]
    displaced = values["displaced_people"]
    share = values["gang_influence_population_share"]
    killed = sum(values["residents_killed_today"])
    deployed = values["deployed_force"][-1]
    authorised = values["mandate_strength"][-1]
    return (
        f"After {days} days in this run, {displaced[-1]:,} people live away from home because of violence "
        f"({displaced[-1] - displaced[0]:+,}), {killed:,} residents have been killed, and {share[-1]:.0%} of the capital's "
        f"people live where gangs rule or contest ({share[0]:.0%} at the start). {deployed:,} of {authorised:,} authorised "
        f"people of the mission are in Haiti. Conditional on the mechanisms and assumptions of the model; not a forecast."
    )
