"""What setup.cfg cannot say: a build notes the git commit in `katye/commit.txt`, so that the cards of its runs can name it."""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
COMMIT = runpy.run_path(str(ROOT / "simulation/runs/commit.py"))  # the package itself needs NumPy, and a build has none


def note_commit(folder: str) -> None:
    """Write it below a folder of the build; without git what an sdist carried along stays."""
    if found := COMMIT["git_commit"](ROOT):
        path = Path(folder, COMMIT["NOTED"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # in an sdist it may be a link to the source
        path.write_text(found + "\n", encoding="utf-8")


class BuildWithCommit(build_py):
    """The packages, and the commit; an editable installation asks git instead."""

    def run(self):
        super().run()
        if not self.editable_mode:
            note_commit(self.build_lib)


class SdistWithCommit(sdist):
    """The sources, and the commit."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        note_commit(base_dir)


setup(cmdclass={"build_py": BuildWithCommit, "sdist": SdistWithCommit})
