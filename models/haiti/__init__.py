"""Port-au-Prince under gang rule: `from models.haiti import HaitiModel, load_case`.

`HaitiModel` is the model, `load_case` reads a scenario with changes on top, `scenario_list` names the shipped ones,
`default_parameters` is the register of parameters, `FAMILY` what experiments need. The names are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation import quick_import

if TYPE_CHECKING:
    from models.haiti.family import FAMILY
    from models.haiti.model import HaitiModel
    from models.haiti.parameters import default_parameters
    from models.haiti.scenario.scenario import load_case, scenario_list

__all__ = ["FAMILY", "HaitiModel", "default_parameters", "load_case", "scenario_list"]
HOMES = {
    "FAMILY": "models.haiti.family",
    "HaitiModel": "models.haiti.model",
    "default_parameters": "models.haiti.parameters",
    "load_case": "models.haiti.scenario.scenario",
    "scenario_list": "models.haiti.scenario.scenario",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(quick_import(HOMES[name]), name)
