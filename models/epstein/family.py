"""What experiments may ask of the model of civil violence: the other side of `simulation/port/family.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.epstein.metrics import DAILY, OUTCOMES, PRESENTATION
from models.epstein.model import EpsteinModel
from models.epstein.parameters import default_parameters
from models.epstein.replay import REPLAY
from simulation.port.case import Case, Scenarios
from simulation.port.family import ModelFamily

MECHANISMS = ("movement", "arrests")
OF_A_FALL = ("legitimacy.fall_day", "legitimacy.fall_steps")
SCENARIOS = Scenarios(Path(__file__).with_name("scenarios"), default_parameters, MECHANISMS)
load_case = SCENARIOS.load


def create(case: Case, run_seed: int, *, places: bool = False, events: bool = False) -> EpsteinModel:
    """A society on its first day. It has no places to record, and its outbursts are always known."""
    return EpsteinModel(case, run_seed=run_seed)


def unmoved(case: Case, names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Parameters of a fall that does not happen: {name: (what is wrong, nearest right answer)}."""
    if case.parameters.get("legitimacy.fall"):
        return {}
    hint = "Set legitimacy.fall as well"
    return {name: (f"{name} means nothing while legitimacy.fall is 0", hint) for name in names if name in OF_A_FALL}


FAMILY = ModelFamily(
    name="epstein",
    title="Epstein's civil violence",
    load_case=load_case,
    scenarios=SCENARIOS.listed,
    parameters=default_parameters,
    create=create,
    outcomes=OUTCOMES,
    daily=DAILY,
    curves=("active", "jailed"),
    compared=("active", "jailed", "arrests_total"),
    usual=("outbursts", "peak_active", "jailed_mean"),
    mechanisms=MECHANISMS,
    unmoved=unmoved,
    scenario_file=SCENARIOS.find,
    input_files=lambda case: sorted(SCENARIOS.folder.glob("*.toml")),
    presentation=PRESENTATION,
    replay=lambda: REPLAY,
)
