"""What `katye` and `python -m katye` run: Katye's own packages are put first, then the command is called.

`simulation`, `models` and `experiments` are common names. Somebody who works in a folder with a `models` package of their own
has that folder on `sys.path` (`python -m katye`, PYTHONPATH), and it would be imported instead.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).resolve().parents[1]
OWN = ("simulation", "models", "experiments")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command. Always exits: 0 well, 1 runs failed, 2 wrong input or foreign packages, 130 after Ctrl-C."""
    if foreign := foreign_package():
        print(f"error: {foreign}", file=sys.stderr)
        sys.exit(2)
    own_packages_first()
    from experiments.cli.app import main as command

    command(arguments)


def foreign_package() -> str:
    """One line about a package of one of Katye's names that this process has imported from elsewhere; else nothing."""
    for name in OWN:
        module = sys.modules.get(name)
        if module is not None and not _is_own(module):
            where = getattr(module, "__file__", None) or ", ".join(map(str, getattr(module, "__path__", ())))
            return f"{where}: a package '{name}' that is not Katye's was imported before. Start katye in a process of its own"
    return ""


def own_packages_first() -> None:
    """Folders of `sys.path` with a foreign package of one of Katye's names go behind Katye's own; the others stay.

    Worker processes are given this `sys.path`, so it holds for them too.
    """
    shadows = [entry for entry in sys.path if Path(entry).resolve() != HOME and _holds_one(entry)]
    if shadows:
        others = [entry for entry in sys.path if entry not in shadows]
        home = [] if any(Path(entry).resolve() == HOME for entry in others) else [str(HOME)]
        sys.path[:] = [*others, *home, *shadows]


def _holds_one(entry: str) -> bool:
    """Whether a package or module of one of the names would be found in this entry; a folder without __init__.py counts."""
    return any(PathFinder.find_spec(name, [entry]) for name in OWN)


def _is_own(module: ModuleType) -> bool:
    return [Path(folder).resolve().parent for folder in getattr(module, "__path__", ())] == [HOME]


if __name__ == "__main__":
    main()
