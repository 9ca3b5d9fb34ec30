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
    """Where another package would be imported, folders of `sys.path` with one of the names go behind Katye's own.

    The others keep their order. Worker processes are given this `sys.path`, so it holds for them too.
    """
    if all(_found(name, sys.path) in (HOME / name, None) for name in OWN):
        return
    shadows = [entry for entry in sys.path if Path(entry).resolve() != HOME and any(_found(n, [entry]) for n in OWN)]
    others = [entry for entry in sys.path if entry not in shadows]
    home = [] if any(Path(entry).resolve() == HOME for entry in others) else [str(HOME)]
    sys.path[:] = [*others, *home, *shadows]


def _found(name: str, path: Sequence[str]) -> Path | None:
    """The folder of a package (the file of a module) that would be imported; a folder without __init__.py counts as one."""
    spec = PathFinder.find_spec(name, path)
    if spec is None:
        return None
    return Path(next(iter(spec.submodule_search_locations or ()), spec.origin or "")).resolve()


def _is_own(module: ModuleType) -> bool:
    return HOME in [Path(folder).resolve().parent for folder in getattr(module, "__path__", ())]


if __name__ == "__main__":
    main()
