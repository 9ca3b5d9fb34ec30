"""What Mesa keeps of a model by itself (agents, their numbers, counted days, its random generators): noted and put back.

Mesa's versions differ in where they keep it. Its own attributes are those that a bare model has, whatever the version;
days are counted by letting Mesa count them.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Mapping
from typing import Any

import mesa

from simulation.errors import InputError

LARGEST = 1 << 53  # number of an agent; nobody counts so far


@functools.cache
def mesa_attributes() -> frozenset[str]:
    """Attributes of a model that belong to Mesa, in one version or another."""
    return frozenset(vars(mesa.Model(rng=0))) | {"agent_id_counter"}


def note(model: mesa.Model) -> dict[str, Any]:
    """Mesa's part of a model's state, for a snapshot. InputError if events wait in Mesa's own schedule."""
    waiting = getattr(model, "_event_list", ())
    if len([event for event in getattr(waiting, "_events", ()) if not event.CANCELED]) > 1:
        raise InputError("events that wait in Mesa's schedule cannot be saved", "model")
    return {
        "running": model.running,
        "steps": model.steps,
        "rng": model.rng,
        "random": model.random,
        "agents": list(model.agents),
        "types": [[kind.__name__, list(agents)] for kind, agents in model.agents_by_type.items()],
        "numbers": [agent.unique_id for agent in model.agents],
        "next_number": _next_number(model),
    }


def check(model: mesa.Model, noted: Any, classes: Mapping[str, type]) -> None:
    """ValueError unless `noted` are Mesa's books of this model, on its day."""
    if not isinstance(noted, dict) or noted.keys() != note(model).keys():
        raise ValueError("Mesa's books are incomplete")
    if noted["steps"] != model.day or type(noted["steps"]) is not int or type(noted["running"]) is not bool:
        raise ValueError("Mesa's books are of another day")
    if type(noted["random"]) is not random.Random or type(noted["rng"]) is not type(model.rng):
        raise ValueError("Mesa's books have no generators")
    if type(noted["rng"].bit_generator) is not type(model.rng.bit_generator):
        raise ValueError("Mesa's books have another generator")
    agents, numbers, kinds = noted["agents"], noted["numbers"], noted["types"]
    if not all(type(part) is list for part in (agents, numbers, kinds)) or len(agents) != len(numbers):
        raise ValueError("Mesa's books have no agents")
    if not all(isinstance(agent, mesa.Agent) and vars(agent).get("model") is model for agent in agents):
        raise ValueError("Mesa's books have agents of another model")
    if not all(type(number) is int and 0 < number < LARGEST for number in (*numbers, noted["next_number"])):
        raise ValueError("Mesa's books number agents by something else")
    if len(set(numbers)) != len(numbers) or max(numbers, default=0) >= noted["next_number"]:
        raise ValueError("Mesa's books have two agents under one number")
    present = {id(agent) for agent in agents}
    if len(present) != len(agents):
        raise ValueError("Mesa's books have an agent twice")
    listed = [agent for _, group in kinds for agent in group]
    if len(listed) != len(agents) or {id(agent) for agent in listed} != present:
        raise ValueError("Mesa's books have other agents by kind")
    if any(type(agent) is not classes[name] for name, group in kinds for agent in group):
        raise ValueError("Mesa's books have agents under another kind")


def restore(model: mesa.Model, noted: Mapping[str, Any], classes: Mapping[str, type]) -> None:
    """Give a model without agents the agents, numbers, days and generators of another. `classes` names kinds of agents."""
    model.running, model.rng, model.random = noted["running"], noted["rng"], noted["random"]
    days, model._user_step = model._user_step, _no_day
    for _ in range(noted["steps"]):
        model.step()
    model._user_step, model.steps = days, noted["steps"]
    for agent, number in zip(noted["agents"], noted["numbers"], strict=True):
        model.register_agent(agent)
        agent.unique_id = number
    kind_of_set = type(model.agents)
    model.agents_by_type.clear()
    for name, agents in noted["types"]:
        model.agents_by_type[classes[name]] = kind_of_set(agents, random=model.random)
    _count_on(model, noted["next_number"])


def _no_day() -> None:
    """The model's own day while Mesa counts days that have been lived already."""


def _next_number(model: mesa.Model) -> int:
    if hasattr(model, "agent_id_counter"):  # Mesa 3.5, and models of this package
        return model.agent_id_counter
    number = next(mesa.Agent._ids[model])
    _count_on(model, number)
    return number


def _count_on(model: mesa.Model, number: int) -> None:
    """The next agent gets this number."""
    if hasattr(model, "agent_id_counter"):
        model.agent_id_counter = number
    else:
        mesa.Agent._ids[model] = itertools.count(number)
