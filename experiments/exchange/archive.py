"""A commit packed for a model library such as CoMSES: `code/`, `docs/` with the model in ODD + D, metadata and licence.

The code is what git has of this commit, file by file, so that nothing from this machine comes along and the same commit gives
the same bytes.
"""

from __future__ import annotations

import io
import json
import subprocess
import time
import zipfile
from pathlib import Path

from experiments.run.task import ROOT
from simulation.errors import InputError
from simulation.files.atomic import write_whole
from simulation.runs.commit import git_commit

TOP = ("README.md", "LICENSE", "CITATION.cff")
"""Files of the repository that a library wants beside the code too."""
METADATA = "codemeta.json"
DOCUMENTS = ("docs/odd.md", "docs/day.svg", "docs/mechanisms.md", "docs/limits.md", "docs/ethics.md", "PARAMETERS.md")
"""The model in words: the first is its ODD + D, the others are what that page leads to."""
READ_ME = """\
{name}, commit {commit}.

code/   the repository as it is at this commit; `make run` in it is all that is needed. Data are in code/models/haiti/data/,
        with their licences in its README.md.
docs/   the model in ODD + D (odd.md) with the picture of its day, every rule with its equations, every parameter, limits,
        ethics. Links to other pages lead into code/docs/.

Results are conditional on the mechanisms and assumptions of the model, not a forecast.
"""


def write_archive(out: Path | None = None) -> Path:
    """Write the zip (`katye-VERSION.zip` unless `out` says another) and return its path.

    InputError outside a checkout, where files differ from the commit, and if the file is there or cannot be written.
    """
    commit = git_commit(ROOT)
    if commit is None:
        hint = "Get the source checkout, and type it there"
        raise InputError("only a git checkout has what an archive is made of", "katye archive", hint)
    if commit.endswith("-modified"):
        raise InputError(
            "files differ from the commit", "katye archive", "Commit them first: an archive is of a commit"
        )
    files = committed(commit)
    about = json.loads(files[METADATA])
    path = out or Path(f"{about['alternateName']}-{about['version']}.zip")
    if path.exists():
        raise InputError("it exists already and is not overwritten", str(path), "Choose another --out")
    write_whole(path, packed(files, about, commit))
    return path


def committed(commit: str) -> dict[str, bytes]:
    """Every file of a commit by its path."""
    done = subprocess.run(["git", "-C", str(ROOT), "archive", "--format=zip", commit], capture_output=True, check=True)
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as found:
        return {one.filename: found.read(one) for one in found.infolist() if not one.is_dir()}


def packed(files: dict[str, bytes], about: dict, commit: str) -> bytes:
    """The zip: a folder that is called as the program and its version. Equal files give equal bytes."""
    seconds = subprocess.run(
        ["git", "-C", str(ROOT), "show", "--no-patch", "--format=%ct", commit],
        capture_output=True,
        text=True,
        check=True,
    )
    stamp = time.gmtime(int(seconds.stdout))[:6]
    wanted = {f"code/{name}": content for name, content in files.items()}
    wanted |= {name: files[name] for name in TOP}
    wanted |= {f"docs/{Path(name).name}": files[name] for name in DOCUMENTS}
    wanted[METADATA] = (json.dumps({**about, "identifier": commit}, indent=2, ensure_ascii=False) + "\n").encode()
    wanted["CONTENTS.txt"] = READ_ME.format(name=about["name"], commit=commit).encode()
    top, file = f"{about['alternateName']}-{about['version']}", io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(wanted):
            item = zipfile.ZipInfo(f"{top}/{name}", date_time=stamp)
            item.compress_type, item.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(item, wanted[name])
    return file.getvalue()
