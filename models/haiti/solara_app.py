"""The city in Mesa's own page: `solara run models/haiti/solara_app.py --production` serves it, without a network.

`pip install --editable '.[solara]'` brings Solara with the versions that go with Mesa 3 (docs/mesa.md). Every choice begins a
run anew; `katye app --open` has far more, and needs none of this.
"""

from __future__ import annotations

from typing import Any

try:
    import solara
    from mesa.visualization import SolaraViz
    from mesa.visualization.utils import update_counter
except ModuleNotFoundError as error:
    from simulation.errors import InputError, installing

    raise InputError(
        f"{error.name} is not installed", "models/haiti/solara_app.py", installing("katye[solara]")
    ) from None

from models.haiti import HaitiModel, load_case, scenario_list

WEIGHT = 1000  # households to a row: a day takes a blink
SEEDS = 50
NAMES = sorted(found.name for found in scenario_list())


class City(HaitiModel):
    """The model as the page's choices make it: a scenario by its name, and the seed of its luck."""

    def __init__(self, scenario: str = "baseline", seed: int = 1):
        super().__init__(load_case(scenario, weight=WEIGHT), run_seed=seed)


@solara.component
def Map(model: HaitiModel) -> Any:
    """Who rules, on the evening of the day."""
    update_counter.get()
    return solara.FigureMatplotlib(model.map(field="label"))


@solara.component
def Displaced(model: HaitiModel) -> Any:
    """People displaced, from the first day to this one."""
    update_counter.get()
    if not model.day:
        return solara.Text("The curve of people displaced begins with the first step.")
    return solara.FigureMatplotlib(model.curve("displaced_people"))


page = SolaraViz(
    City(),
    components=[Map, Displaced],
    model_params={
        "scenario": {"type": "Select", "value": "baseline", "label": "scenario", "values": NAMES},
        "seed": {"type": "SliderInt", "value": 1, "label": "luck", "min": 1, "max": SEEDS, "step": 1},
    },
    name="Katye: conditional on the mechanisms and assumptions of the model; not a forecast",
)
