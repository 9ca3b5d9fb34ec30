"""Studies that commands make: a comparison of scenarios, the ablation of mechanisms, two policies under shared seeds, one
scenario against published figures.

Each is an ordinary study with an analysis, so that it is kept, resumed, looked at and run on a cluster like any other.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.study.idle import check_effects
from experiments.study.study import NOTHING, OFF, SCENARIO, Study, check_study
from simulation.errors import InputError, unknown_name
from simulation.port import naming
from simulation.port.family import DEFAULT, family_names, find_family

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily
    from simulation.port.record import Observation

COMPARISON, ABLATION, COMMON_RANDOM_NUMBERS, SCORECARD = "comparison", "ablation", "common-random-numbers", "scorecard"
FEWEST_PAIRS = 2  # of one pair no spread is known
FEWEST_SEEDS = 3  # of fewer a spread says nothing
QUICK = {"days": 60, "weight": 200, "replicates": 4}
QUICK_SCORECARD = {"weight": 200, "replicates": 4}  # as long as the record, else most figures are not reached


def comparison_study(
    scenarios: Sequence[str | Path],
    *,
    replicates: int = 20,
    days: int | None = None,
    weight: int | None = None,
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    model: str = DEFAULT,
) -> Study:
    """Scenarios against the first of them, all with the same seeds and `settings`; every day of what is compared is kept.

    InputError or UnknownNameError: less than two scenarios, the same twice, names and values that do not exist, less than
    two replicates, days or weight below 1, runs of different length, start or weight.
    """
    if len(scenarios) < 2:
        hint = "Name the reference first, then what is compared with it: katye compare POL0 POL1"
        raise InputError("one scenario cannot be compared", "scenarios", hint)
    if replicates < FEWEST_PAIRS:
        raise InputError(f"{replicates} is too few to see a spread", "--replicates", f"Take {FEWEST_PAIRS} or more")
    _check_seed(seed)
    names, short = [_whole(name) for name in scenarios], [_short(name) for name in scenarios]
    for place, name in enumerate(short):
        if name in short[:place]:
            hint = "Under one seed its runs would be the same; a changed copy needs a file name of its own"
            raise InputError(f"{name} is given twice", "scenarios", hint)
    family = find_family(model)
    study = Study(
        name=f"compare-{'-'.join(short[:4])}",
        title=f"{', '.join(short[1:])} against {short[0]}",
        question="",
        scenario=names[0],
        vary={SCENARIO: tuple(names)},
        fixed=dict(settings or {}),
        seed=seed,
        model=model,
        analysis=COMPARISON,
        curves=family.compared,
        curve_days=1,
        quick=QUICK,
    ).resized(replicates=replicates, days=days, weight=weight)
    cases = study.cases()
    check_effects(family, [(study.fixed, case) for case in cases], "--set")
    for case in cases[1:]:
        _check_alike(cases[0], case)
    return check_study(study)


def replay_study(
    scenarios: Sequence[str | Path],
    *,
    pairs: int = 20,
    days: int | None = None,
    weight: int | None = None,
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    model: str = DEFAULT,
) -> Study:
    """One scenario, or two with the same seeds, whose runs are shown beside one another. InputError as `comparison_study`."""
    sizes: dict[str, Any] = {"days": days, "weight": weight}
    if len(scenarios) > 2:
        raise InputError(f"{len(scenarios)} sides do not fit beside one another", "scenarios", "Name one or two")
    if len(scenarios) == 2:
        study = comparison_study(scenarios, seed=seed, settings=settings, model=model, **sizes)
        return study.resized(replicates=pairs)
    _check_seed(seed)
    name = _short(scenarios[0])
    study = Study(
        name=f"replay-{name}",
        title=name,
        question="",
        scenario=_whole(scenarios[0]),
        vary={},
        fixed=dict(settings or {}),
        seed=seed,
        model=model,
    )
    study = study.resized(replicates=pairs, **sizes)
    check_effects(study.family, [(study.fixed, case) for case in study.cases()], "--set")
    return check_study(study)


def _check_seed(seed: int) -> None:
    """InputError for what all seeds of a study cannot come from."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"{seed} is no whole number from 0 up", "--seed")


def _whole(name: str | Path) -> str:
    """A scenario as a study keeps it: a file by its absolute path, which holds from any folder."""
    return str(Path(name).absolute()) if str(name).endswith(".toml") and Path(name).is_file() else str(name)


def _short(name: str | Path) -> str:
    return Path(name).stem if str(name).endswith(".toml") else str(name)


def _check_alike(reference: Any, case: Any) -> None:
    """Days are compared one by one, so both must have the same."""
    for name, hint in (("start", "Give them one start"), ("days", "Set --days"), ("weight", "Set --weight")):
        ours, theirs = getattr(case, name), getattr(reference, name)
        if ours != theirs:
            raise InputError(f"{name} is {ours}, and {theirs} in {reference.name}", f"scenario {case.name}", hint)


def ablation_study(
    scenario: str = "baseline",
    mechanisms: Sequence[str] = (),
    *,
    replicates: int = 20,
    days: int = 365,
    weight: int | None = 50,
    seed: int = 1,
    model: str = DEFAULT,
) -> Study:
    """A scenario as it is, and with each mechanism switched off; all that it has not switched off itself unless given.

    InputError for an unknown scenario or mechanism, for one that is off already, for too few seeds.
    """
    family = find_family(model)
    _check_seed(seed)
    if replicates < FEWEST_SEEDS:
        raise InputError(f"{replicates} seeds are too few to see a spread", "--seeds", f"Take {FEWEST_SEEDS} or more")
    case = family.load_case(_whole(scenario))
    for name in mechanisms:
        if name not in family.mechanisms:
            raise unknown_name("mechanism", name, family.mechanisms, "--mechanism")
        if name in case.off:
            raise InputError(f"{case.name} has switched off {name} already", "--mechanism")
    names = [name for name in mechanisms or family.mechanisms if name not in case.off]
    study = Study(
        name=f"ablation-{case.name}",
        title=f"What each mechanism does in {case.name}",
        question="What is different without it?",
        scenario=_whole(scenario),
        vary={OFF: (NOTHING, *names)},
        seed=seed,
        model=model,
        analysis=ABLATION,
        quick=QUICK,
    )
    return check_study(study.resized(replicates=replicates, days=days, weight=weight))


def common_random_numbers_study(
    scenario: str = "baseline",
    both: Mapping[str, Any] | None = None,
    one: Mapping[str, Any] | None = None,
    other: Mapping[str, Any] | None = None,
    *,
    replicates: int = 40,
    days: int = 365,
    weight: int | None = 50,
    seed: int = 1,
    model: str = DEFAULT,
) -> Study:
    """Two sides as a study with an arm each, every day of what is compared kept. Without settings: those of the model.

    InputError for names and values that do not exist, for sides that are the same, for less than three seeds.
    """
    family = find_family(model)
    usual = family.two_sides
    if not (both or one or other):
        if usual is None:
            hint = "Say what each side sets, with --one and --other"
            raise InputError(f"{family.name} has no two sides of its own", "--one, --other", hint)
        both, one, other = usual.both, usual.one, usual.other
    _check_seed(seed)
    if replicates < FEWEST_SEEDS:
        raise InputError(
            f"{replicates} pairs of runs are too few to see a spread", "--seeds", f"Take {FEWEST_SEEDS} or more"
        )
    study = Study(
        name="common-random-numbers",
        title="Common random numbers",
        question="What are shared seeds worth?",
        scenario=_whole(scenario),
        vary={},
        arms={"one": dict(one or {}), "other": dict(other or {})},
        fixed=dict(both or {}),
        seed=seed,
        model=model,
        analysis=COMMON_RANDOM_NUMBERS,
        curves=usual.columns if usual else family.compared,
        curve_days=1,
        quick=QUICK,
    ).resized(replicates=replicates, days=days, weight=weight)
    first, second = (_side(study, place) for place in (0, 1))
    if first.parameters.changes() == second.parameters.changes():
        hint = "For example --one deployment.authorised=1000"
        raise InputError("both sides have the same parameters", "--one, --other", hint)
    cells = study.cells()
    check_effects(family, [(cell.overrides, case) for cell, case in zip(cells, study.cases())], "--set, --one, --other")
    return check_study(study)


def _side(study: Study, place: int) -> Any:
    cell = study.cells()[place]
    try:
        return study.case(cell)
    except InputError as error:
        raise InputError(str(error), f"side '{cell.arm}'") from None


def scorecard_study(
    scenario: str | Path = "baseline",
    *,
    replicates: int = 20,
    days: int | None = None,
    weight: int | None = None,
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    uncertainty: bool = False,
    model: str = DEFAULT,
) -> Study:
    """One scenario, of which every day is kept that published figures are read from. `days`: up to the last figure if None.

    `uncertainty`: parameters are drawn from their priors too. InputError or UnknownNameError: names and values that do not
    exist, a model without published figures, runs that none of them falls into, days, weight or replicates below 1.
    """
    _check_seed(seed)
    family = find_family(model)
    record = record_of(family)
    study = Study(
        name=f"scorecard-{_short(scenario)}",
        title=f"{_short(scenario)} against published figures",
        question="Which published figures does the ensemble hold, and which does it miss?",
        scenario=_whole(scenario),
        vary={},
        fixed=dict(settings or {}),
        seed=seed,
        model=model,
        uncertainty=uncertainty,
        analysis=SCORECARD,
        curves=tuple(naming.running(name) for name in needed_columns(record)),
        curve_days=1,
        quick=QUICK_SCORECARD,
    )
    start = study.cases()[0].start
    last = max(item.rows(start)[1] for item in record)
    study = study.resized(replicates=replicates, days=max(1, last) if days is None else days, weight=weight)
    if not any(item.within(start, study.days) for item in record):
        first = min((end for begin, end in (item.rows(start) for item in record) if begin >= 1), default=0)
        hint = f"Take --days {first} or more" if first else f"The last figure is of {max(item.end for item in record)}"
        what = f"none of the {len(record)} published figures lies within {study.days} days from {start}"
        raise InputError(what, f"scenario {_short(scenario)}", hint)
    check_effects(family, [(study.fixed, case) for case in study.cases()], "--set")
    return check_study(study)


def record_of(family: ModelFamily) -> Sequence[Observation]:
    """The published figures that a model's runs are set against. InputError if it has none."""
    if family.record is None:
        others = [name for name in family_names() if _has_record(name)]
        hint = f"Models that have some: {', '.join(others)}" if others else "See simulation/port/record.py"
        raise InputError("it has no published figures to be set against", f"model '{family.name}'", hint)
    return family.record()


def _has_record(name: str) -> bool:
    """Whether a model has published figures; one that cannot be imported has none."""
    with contextlib.suppress(InputError):
        return find_family(name).record is not None
    return False


def needed_columns(record: Iterable[Observation]) -> list[str]:
    """The daily columns that figures are read from, each once."""
    return list(dict.fromkeys(name for item in record for name in item.needed))


def study_command(study: Study) -> str:
    """The line that makes this study's figures again; "" for a study of a file of its own, which its card names."""
    case = study.cases()[0]
    sizes: list[Any] = ["--days", case.days, "--weight", case.weight, "--seed", study.seed]
    sizes += ["--model", study.model] * (study.model != DEFAULT)
    if study.analysis == COMPARISON and set(study.vary) == {SCENARIO}:
        words = ["katye", "compare", *study.vary[SCENARIO], "--replicates", study.replicates, *sizes]
        return shlex.join(map(str, words + _set("--set", study.fixed)))
    if study.analysis == SCORECARD:
        words = ["katye", "scorecard", study.scenario, "--replicates", study.replicates, *sizes]
        words += ["--uncertainty"] * study.uncertainty
        return shlex.join(map(str, words + _set("--set", study.fixed)))
    if study.analysis == ABLATION:
        named = [name for name in study.vary[OFF] if name != NOTHING]
        given = [] if set(named) | set(case.off) >= set(study.family.mechanisms) else named
        words = ["katye", "ablation", study.scenario, *(word for name in given for word in ("--mechanism", name))]
        return shlex.join(map(str, [*words, "--seeds", study.replicates, *sizes]))
    if study.analysis == COMMON_RANDOM_NUMBERS:
        words = ["katye", "common-random-numbers", study.scenario, "--seeds", study.replicates, *sizes]
        for option, changes in (("--set", study.fixed), *((f"--{arm}", table) for arm, table in study.arms.items())):
            words += _set(option, changes)
        return shlex.join(map(str, words))
    return ""


def _set(option: str, changes: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in changes.items():
        words += [option, f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return words
