"""Two runs of the model compared: what they recorded, and all that they hold."""

from __future__ import annotations

import pandas as pd

from support import object_graph

# Caches that are filled on demand, views that NetworkX makes of a graph, and what Mesa counts over all models.
ASIDE = (
    "Dice._names", "Dice._today", "Relocation._version", "Relocation._near", "Relocation._far", "PlaceGraph._routes",
    "Graph.adj", "Graph.edges", "Graph.nodes", "Graph.degree", "HaitiModel.households", "HaitiModel._event_generators",
    "HaitiModel._scenario", "Event.unique_id", "Forces._muster", "Unit._muster",
)  # fmt: skip


def differences(a, b, most=10):
    """All in which two models differ. They may share what nobody ever changes: map, first situation, parameters."""
    rules = {type(getattr(a.parameters, name)) for name, _ in (full.split(".") for full, _ in a.parameters)}
    records = {type(record) for value in vars(a.start).values() if isinstance(value, tuple) for record in value}
    common = (type(a.city), type(a.start), *records, type(a.case), type(a.parameters), *rules)
    return object_graph.differences(a, b, ASIDE, common, most)


def assert_same_run(a, b):
    exact = {"check_exact": True}
    pd.testing.assert_frame_equal(a.recorder.daily(), b.recorder.daily(), **exact)
    pd.testing.assert_frame_equal(a.recorder.neighbourhoods(), b.recorder.neighbourhoods(), **exact)
    pd.testing.assert_frame_equal(a.events(), b.events(), **exact)
    pd.testing.assert_series_equal(pd.Series(a.summary(), dtype=object), pd.Series(b.summary(), dtype=object))
    found = differences(a, b)
    assert not found, found


def reloaded(model, tmp_path, **options):
    model.save(tmp_path / "run.katye")
    return type(model).load(tmp_path / "run.katye", **options)
