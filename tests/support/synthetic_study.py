"""A made-up study with the tables of a real one, so that pictures and report are tested without the model."""

from __future__ import annotations

import numpy as np
import pandas as pd

CEILINGS = ("authorised", "contributors", "beds", "cash", "airport")


def square_shapes(side: int = 5) -> dict[str, list[np.ndarray]]:
    """A chequerboard of places over the middle of the map."""
    west, south, step = -72.40, 18.50, 0.03
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * step
    return {
        f"place_{x}_{y}": [corners + np.array([west + x * step, south + y * step])]
        for x in range(side)
        for y in range(side)
    }


def synthetic_tables(
    forces: tuple[int, ...] = (0, 1000, 9000),
    levels: tuple[float, ...] = (0.33, 1.0),
    arms: tuple[str, ...] = ("gated", "forced"),
    replicates: int = 3,
    days: int = 120,
    effect: float = 0.35,
    shapes: dict[str, list[np.ndarray]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Tables runs, curves and places. `effect`: what a large force changes."""
    shapes = shapes or square_shapes()
    dates = pd.date_range("2024-06-01", periods=days)
    runs, curves, places = [], [], []
    for replicate in range(replicates):
        luck = np.random.default_rng(replicate).normal(0, 1, 8)
        for arm in arms:
            for force in forces:
                for level in levels:
                    design = {
                        "arm": arm,
                        "authorised_force": force,
                        "funding_level": level,
                        "replicate": replicate,
                    }
                    run = {"run": len(runs), **design}
                    weekly, present = _weekly(force, level, arm, dates, luck, effect)
                    curves.append(weekly.assign(**run))
                    runs.append({"scenario": "baseline", "seed": 100 + replicate, **run, **_outcomes(weekly, present)})
                    places.append(_places(sorted(shapes), luck, present, effect).assign(**run))
    return {"runs": pd.DataFrame(runs), "curves": pd.concat(curves), "places": pd.concat(places)}


def _weekly(force, level, arm, dates, luck, effect) -> tuple[pd.DataFrame, float]:
    when = dates[::7]
    progress = np.linspace(0, 1, len(when))
    reach = force if arm == "forced" else min(force, 400 + 2800 * level + 150 * luck[0])
    deployed = (
        np.full(len(when), float(force)) if arm == "forced" else min(50, force) + (reach - min(50, force)) * progress
    )
    present = float(np.clip(deployed.mean() / 6000, 0, 1))
    control = np.clip(0.62 + progress * (0.16 + 0.03 * luck[1] - effect * present), 0, 1)
    binding = np.where(
        deployed >= force,
        "authorised",
        np.where(progress < 0.4, "beds", "cash" if level < 0.9 else "contributors"),
    )
    weekly = pd.DataFrame(
        {
            "date": when,
            "gang_control_population_share": control,
            "gang_influence_population_share": np.clip(control + 0.2, 0, 1),
            "displaced_people": 578_000 + progress * (470_000 + 60_000 * luck[2] - 900_000 * effect * present),
            "deployed_force": deployed,
            "mandate_strength": force,
            "usable_force": deployed * 0.22,
            "binding_ceiling": binding,
            "residents_killed_total": progress * (3100 + 260 * luck[3] - 1500 * effect * present),
            "gang_members_killed_total": progress * (900 + 2600 * present + 90 * luck[4]),
            "security_forces_killed_total": progress * (60 + 180 * present + 6 * luck[5]),
        }
    )
    return weekly, present


def _outcomes(weekly: pd.DataFrame, present: float) -> dict[str, float]:
    last = weekly.iloc[-1]
    days = {f"binding_ceiling_days_{c}": 7 * int((weekly["binding_ceiling"] == c).sum()) for c in CEILINGS}
    return {
        "gang_control_population_share_end": last["gang_control_population_share"],
        "gang_influence_population_share_end": last["gang_influence_population_share"],
        "gang_control_area_share_end": last["gang_control_population_share"] * 0.9,
        "displaced_people_end": last["displaced_people"],
        "displaced_people_hosted_capital_end": last["displaced_people"] * 0.35,
        "new_displacements_total": last["displaced_people"] - 400_000,
        "residents_killed_total": last["residents_killed_total"],
        "gang_members_killed_total": last["gang_members_killed_total"],
        "security_forces_killed_total": last["security_forces_killed_total"],
        "deployed_force_mean": weekly["deployed_force"].mean(),
        "usable_force_mean": weekly["usable_force"].mean(),
        "deployed_force_end": last["deployed_force"],
        "funding_received_usd_total": 6e8 * present,
        "mission_cost_usd_total": 5.5e8 * present,
        "displaced_people_last_90_days": weekly["displaced_people"].tail(13).mean(),
    } | days


def _places(names: list[str], luck: np.ndarray, present: float, effect: float) -> pd.DataFrame:
    start = np.abs(np.sin(np.arange(len(names)) * 0.37 + 0.4)) ** 0.6
    end = np.clip(start + 0.12 + 0.05 * luck[6] - effect * present, 0, 1)
    label = lambda u: np.select([u > 0.65, u > 0.35], ["gang", "contested"], "state")  # noqa: E731
    return pd.DataFrame(
        {
            "neighbourhood": names,
            "influence_start": start,
            "influence_end": end,
            "label_start": label(start),
            "label_end": label(end),
        }
    )
