"""The command `katye posterior`: prior against posterior, what is only known together, and what was not learnt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.terminal import Json, print_json, print_table, say, text, typed_path

if TYPE_CHECKING:
    from simulation.parameters import Row
    from simulation.port.posterior import Posterior

ABOUT = ("version", "scenario", "start", "days", "weight", "cutoff", "points", "seeds", "waves", "seed", "made")
FEW = 15.0  # draws below which correlations are chance
MOST_PAIRS = 15


def posterior(
    file: Annotated[
        Path | None,
        typer.Argument(
            parser=typed_path, help="A file or folder of `katye calibrate`; the one of the model unless given."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The model, to look up its own; the file says which it is.", show_default="haiti")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show prior against posterior: medians and 90 % intervals, pairs that are only known together, what was not learnt."""
    from simulation.port.family import DEFAULT, find_family
    from simulation.port.posterior import SHIPPED, read_posterior

    file = fit_of(SHIPPED if file is None else file, model or DEFAULT)
    found = read_posterior(file)
    family = find_family(model or found.about["model"])
    found.check(family.parameters(), f"posterior {file}")
    rows = {row.name: row for row in family.parameters().rows()}
    if as_json:
        print_json(_told(found, rows))
        return
    for name in ABOUT:
        if found.about.get(name) is not None:
            say(f"{name}: {found.about[name]}")
    say(f"{len(found.weights)} different draws, {len(found.about.get('figures', ()))} figures")
    if found.about.get("space_ended"):
        say("The space of plausible parameters was empty before the waves ended: the draws are the least bad ones.")
    tell_posterior(file, rows)


def fit_of(name: str | Path, model: str) -> Path:
    """The file of a fit, by the word `posterior`, its path or its folder. InputError with what is near."""
    from simulation.port.family import find_family
    from simulation.port.posterior import SHIPPED, find_fit

    shipped = find_family(model).load_case(uncertainty=SHIPPED).posterior if str(name) == SHIPPED else None
    return find_fit(name, shipped, "posterior")


def tell_posterior(file: Path, rows: Mapping[str, Row]) -> None:
    """Prior against posterior, in tables."""
    from experiments.calibration.draws import effective, learnt, together
    from simulation.port.posterior import read_posterior

    found = read_posterior(file)
    lines = learnt(found, rows)
    print_table(
        ("parameter", "prior", "90 % of the prior", "posterior", "90 % of the posterior", "shrinkage"),
        [
            (
                one.name,
                one.prior[1],
                _ends(one.prior),
                one.posterior[1],
                _ends(one.posterior),
                f"{100 * one.shrinkage:.0f} %",
            )
            for one in lines
        ],
    )
    moved = [(name, group) for name, group, *_ in found.about["free"] if len(group) > 1]
    for name, group in moved:
        say(f"Moved as one ({name}): {', '.join(group)}")
    if worth := effective(found) < FEW:
        say(f"The draws are worth {effective(found):.1f} even ones: too few to tell pairs that are only known together")
    for one, other, r in [] if worth else together(found, rows)[:MOST_PAIRS]:
        say(f"Only known together: {one} and {other} (correlation {r:.2f})")
    unlearnt = [one.name for one in lines if one.unlearnt]
    say(f"Not learnt beyond chance, so as wide as the prior: {', '.join(unlearnt) or 'nothing'}")
    say("All other parameters stay as they are, in the fit and in what is drawn.")


def _ends(three: tuple[float, float, float]) -> str:
    return f"{text(three[0])} to {text(three[2])}"


def _told(found: Posterior, rows: Mapping[str, Row]) -> dict[str, object]:
    from experiments.calibration.draws import central, learnt, together

    about = {name: value for name, value in found.about.items() if name != "register"}
    parameters = [
        {"parameter": one.name, "prior": one.prior, "posterior": one.posterior, "shrinkage": one.shrinkage}
        for one in learnt(found, rows)
    ]
    pairs = [{"one": one, "other": other, "correlation": r} for one, other, r in together(found, rows)]
    return about | {"parameters": parameters, "together": pairs, "central": central(found)}
