"""Run the notebooks from top to bottom and keep what they show: `python notebooks/keep_outputs.py [NAME ...]`.

A frame with a page in it is not kept: what it stands over is, and a line that says how to see it. Equal outputs give equal
files: no times, no counts of executions, numbered cells. The tests run the notebooks too, and look at what is kept here.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
TIMEOUT = 300  # seconds a cell
OWN_FOLDER = re.compile(re.escape(tempfile.gettempdir()) + r"/tmp\w+")  # where a notebook writes; another one each time
FRAME = re.compile(r"<iframe[^>]*srcdoc='[^']*'></iframe>")
WITHOUT = "<p><i>Run this cell, and the picture moves.</i></p>"
QUIET = {
    "language_info": {"name": "python"},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
}


def run(path: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, run in `folder`. CellExecutionError if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=TIMEOUT, coalesce_streams=True, resources=where).execute()
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id, cell.metadata = f"cell-{number:02d}", nbformat.NotebookNode()
        if cell.cell_type == "code":
            cell.execution_count = number
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = number
                for told, key in (
                    (output, "text"),
                    *((output.get("data", {}), kind) for kind in output.get("data", {})),
                ):
                    if isinstance(told.get(key), str):
                        told[key] = FRAME.sub(WITHOUT, OWN_FOLDER.sub("FOLDER", told[key]))
    notebook.metadata = nbformat.from_dict(QUIET)
    return notebook


def main() -> int:
    """Run those named, or all."""
    named = sys.argv[1:]
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not named or path.stem in named or path.name in named:
            nbformat.write(run(path, FOLDER), path)
            print(f"{path.name}: {path.stat().st_size / 1000:,.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
