"""What pictures are made of: scenarios that are run now, a study that is repeated, folders of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.cli.terminal import interrupts_told, say, settings_of, typed
from simulation.errors import InputError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    from experiments.report.replay import Sides
    from experiments.study.study import Study
    from experiments.study.workshop import Workshop

USUAL_PAIRS = 20
Pairs = Annotated[
    int | None,
    typer.Option(help="Runs of every side; run k has the same luck in both.", show_default=str(USUAL_PAIRS)),
]
Seed = Annotated[int | None, typer.Option(help="What all seeds come from.", show_default="1")]
Changes = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Set in every scenario; repeatable.")
]
Left = Annotated[
    str | None, typer.Option("--a", metavar="CELL", help="Of a study: the cell on the left, a number or words.")
]
Right = Annotated[str | None, typer.Option("--b", metavar="CELL", help="Of a study: the cell on the right.")]
OfModel = Annotated[str | None, typer.Option(help="A model's name, or module:NAME of a ModelFamily.")]


@dataclass(frozen=True)
class Asked:
    """What somebody typed after `katye replay`; None is what they did not."""

    sides: Sequence[str]
    pairs: int | None = None
    days: int | None = None
    weight: int | None = None
    seed: int | None = None
    changes: list[str] | None = None
    a: str | None = None
    b: str | None = None
    model: str | None = None
    workers: int | None = None

    @property
    def new(self) -> dict[str, Any]:
        """Options of runs that are still to be made."""
        return {"--days": self.days, "--weight": self.weight, "--seed": self.seed, "--set": self.changes}

    @property
    def cells(self) -> dict[str, Any]:
        return {"--a": self.a, "--b": self.b}

    def command(self, name: str, more: dict[str, Any]) -> str:
        """The line that makes it again, without where it was written."""
        options = {"--pairs": self.pairs, **self.new, "--model": self.model, **self.cells, **more}
        words: list[Any] = ["katye", name, *self.sides]
        for option, value in options.items():
            for one in value if isinstance(value, list) else [value]:
                words += [option, one] if one is not None else []
        return typed(*words)


def sides_of(asked: Asked, name: str, otherwise: str) -> Sides:
    """One or two sides, run now or taken from folders. InputError for what does not go together.

    name: of the command, for its progress. otherwise: what is said after a Ctrl-C.
    """
    from experiments.cli.progress import watch
    from experiments.report import replay as made
    from experiments.study.ready_made import replay_study
    from simulation.port.family import DEFAULT

    sides, a, b = asked.sides, asked.a, asked.b
    folders = [Path(side) for side in sides if Path(side).is_dir()]
    if len(sides) > 2:
        raise InputError(f"{len(sides)} sides do not fit beside one another", "sides", "Name one or two")
    if folders and len(folders) < len(sides):
        raise InputError("a folder and a scenario cannot stand side by side", "sides", "Run the scenario first")
    studies = [folder for folder in folders if (folder / "store").is_dir()]
    if folders:
        not_given(asked.new, "runs that are still to be made")
    check_named(sides, asked.model or DEFAULT)
    if not studies:
        not_given(asked.cells, f"the folder of a study, and {sides[0]} is none")
    if studies and len(folders) > 1:
        raise InputError("a study stands alone", "sides", "Name two of its cells with --a and --b")
    if b is not None and a is None:
        raise InputError("there is no left side", "--a", "Name a cell for it too")
    if studies:
        not_given({"--model": asked.model}, "runs that are still to be made")
    if folders and not studies:
        not_given({"--pairs": asked.pairs, "--workers": asked.workers}, "several runs")
        return made.of_runs(folders, asked.model)
    with interrupts_told(otherwise), watch(name) as progress:
        if studies:
            wanted = [cell for cell in (a, b) if cell is not None]
            return made.of_study(studies[0], wanted, asked.pairs, asked.workers, progress)
        study = replay_study(
            sides,
            pairs=USUAL_PAIRS if asked.pairs is None else asked.pairs,
            days=asked.days,
            weight=asked.weight,
            seed=1 if asked.seed is None else asked.seed,
            settings=settings_of(asked.changes),
            model=asked.model or DEFAULT,
        )
        return made.of_scenarios(study, asked.workers, progress)


def check_named(sides: Sequence[str], model: str) -> None:
    """UnknownNameError for what is neither a scenario, by name or as a TOML file, nor a folder; it names what is near."""
    from simulation.port.family import find_family

    scenarios = [info.name for info in find_family(model).scenarios()]
    for side in sides:
        if side in scenarios or side.endswith(".toml") or Path(side).is_dir():
            continue
        folders = [
            str(path.parent) for place in (Path(side).parent, Path("runs")) for path in place.glob("*/card.json")
        ]
        hint = unknown_name("side", side, [*scenarios, *folders]).hint
        if not hint.startswith("Did"):
            hint = "katye scenarios lists the scenarios; folders lie in runs/ unless --out named another place"
        raise UnknownNameError(f"'{side}' is neither a scenario nor the folder of a run or of a study", "", hint)


def workshop_sides(workshop: Workshop, study: Study, workers: int | None, name: str, otherwise: str) -> Sides:
    """Both sides of a workshop, run now by its study; its chapters are looked at first. `name`, `otherwise` as `sides_of`."""
    from experiments.cli.progress import watch
    from experiments.report import replay as made

    made.check_chapters(workshop, study)
    with interrupts_told(otherwise), watch(name) as progress:
        return made.of_workshop(workshop, study, workers, progress)


def tell_lost(sides: Sides) -> None:
    """The pairs that are left out, and why."""
    for line in sides.lost:
        say(f"left out, as a run of the pair failed: {line}", error=True)


def not_given(options: dict[str, Any], whose: str) -> None:
    """InputError for an option that has nothing to say about what was named."""
    for name, value in options.items():
        if value is not None and value != []:
            raise InputError(f"{name} belongs to {whose}", "sides", "Leave it out")
