"""Settings that change nothing in any cell of a study are refused before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.port.family import Case, ModelFamily


def check_effects(
    family: ModelFamily, settings: Sequence[tuple[Iterable[str], Case]], where: str, shared: Case | None = None
) -> None:
    """InputError for a name that is set, with others, in some cases, and changes nothing in any of them.

    shared: the case of the days that all runs share. What matters there may leave something behind that it changes later.
    """
    for name in dict.fromkeys(name for names, _ in settings for name in names):
        found = [family.unmoved(case, [name]) for names, case in settings if name in names]
        if all(found) and (shared is None or family.unmoved(shared, [name])):
            raise InputError(found[0][name][0], where, found[0][name][1])
