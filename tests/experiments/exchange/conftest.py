"""Folders of a run and of a study of the city, made of invented tables: nothing is simulated."""

import numpy as np
import pandas as pd
import pytest

from models.haiti.world.city import DATA, load_city
from simulation.runs.results import write_json, write_run, write_tables

DAYS = 20
CARD = {
    "model": "haiti",
    "scenario": "baseline",
    "seed": 3,
    "days": DAYS - 1,
    "versions": {"katye": "0.1.0"},
    "commit": "abc",
}


@pytest.fixture(scope="session")
def places_of_the_city():
    return load_city(DATA).ids


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, places_of_the_city):
    """A run of twenty days: somebody is killed in every seventh place on day 4, the airport is closed on days 6 and 7."""
    number, dates = len(places_of_the_city), pd.date_range("2024-06-01", periods=DAYS)
    days = np.repeat(np.arange(DAYS), number)
    which = np.tile(np.arange(number), DAYS)
    places = pd.DataFrame({
        "day": days, "date": dates[days], "neighbourhood": np.tile(places_of_the_city, DAYS),
        "influence": (which / number * (days + 1) / DAYS).astype(np.float32),
        "label": np.where(which % 3 == 0, "gang", "state"),
        "residents": 10_000 + 10 * which, "residents_killed_today": ((days == 4) & (which % 7 == 0)).astype(int),
    })  # fmt: skip
    airport = np.where(np.isin(np.arange(DAYS), (6, 7)), "closed", "open")
    daily = pd.DataFrame({"day": range(DAYS), "date": dates, "airport_state": airport})
    daily["new_displacements_today"] = [0] * 4 + [900] * (DAYS - 4)
    return write_run(tmp_path_factory.mktemp("run") / "one", daily, places, daily.iloc[:0], CARD)


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory, places_of_the_city):
    """Two cells of three runs each; the gang holds a place in two of the three."""
    rows = [
        {"run": 3 * cell + k, "arm": arm, "replicate": k, "scenario": "baseline", "deployment.authorised": 1000 * cell,
         "neighbourhood": place, "influence_start": 0.5, "influence_end": (k + cell) / 4,
         "label_start": "state", "label_end": "gang" if k else "state"}
        for cell, arm in enumerate(("one", "two")) for k in range(3) for place in places_of_the_city
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("study") / "two"
    folder.mkdir()
    table = pd.DataFrame(rows)
    write_tables(folder, runs=table.groupby("run").first().reset_index()[["run", "arm"]], places=table)
    write_json(CARD | {"study": "two"}, folder / "card.json")
    return folder
