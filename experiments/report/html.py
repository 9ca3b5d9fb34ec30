"""Pages: sections put together into one HTML file that opens offline, and the pictures in them as files of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole
from simulation.files.plain_text import plain_lines
from simulation.runs.results import CAVEAT
from simulation.visualization import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).with_name("templates")
FIGURES = "figures"  # folder of a page's pictures
DOTS = 140  # an inch


@dataclass(frozen=True)
class Section:
    """A part of a page: `template` is a file in templates/sections, `data` what it shows."""

    id: str
    title: str
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Gallery:
    """The pictures of a page, each with a text for those who do not see it: {name: source (data URI), alternative}."""

    def __init__(self) -> None:
        self.pictures: dict[str, dict[str, str]] = {}
        self._files: dict[str, bytes] = {}

    def add(self, name: str, alternative: str, figure: Figure, dense: bool = False) -> None:
        """Draw a picture. `dense`: thousands of points or a map, which as SVG is several times the size."""
        style.lay_out(figure, DOTS)
        png = style.figure_png(figure, DOTS)
        self._files[f"{name}.png"] = png
        if dense:
            source = style.data_uri(png, "image/png")
        else:
            svg = style.figure_svg(figure)
            self._files[f"{name}.svg"] = svg.encode() if isinstance(svg, str) else svg
            source = style.data_uri(svg)
        self.pictures[name] = {"source": source, "alternative": alternative}

    def add_file(self, path: Path, alternative: str) -> None:
        """A picture that lies in the folder already."""
        self.pictures[path.stem] = {
            "source": style.data_uri(path.read_bytes(), "image/png"),
            "alternative": alternative,
        }

    def write(self, folder: Path) -> None:
        """Every picture as PNG, and as SVG where that is no larger, into figures/ of a folder."""
        if not self._files:
            return
        target = folder / FIGURES
        target.mkdir(exist_ok=True)
        for name, content in self._files.items():
            write_whole(target / name, content)


@dataclass(frozen=True)
class Page:
    """A report: what it found first, then its sections. `brief`: a small table of contrasts with a note, or nothing."""

    title: str
    question: str
    finding: Sequence[str]
    sections: Sequence[Section]
    gallery: Gallery
    brief: Sequence[Mapping[str, tuple[str, str]]] = ()
    brief_note: str = ""

    def html(self) -> str:
        """The page as text: no part of it is loaded from anywhere else."""
        return render(
            "page.html",
            title=self.title,
            question=self.question,
            finding=self.finding,
            brief=self.brief,
            brief_note=self.brief_note,
            sections=self.sections,
            pictures=self.gallery.pictures,
        )

    def write(self, out: Path) -> Path:
        """The page in a file, in a folder that is made if it is not there, and its pictures beside it."""
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the report cannot be written ({refusal(error)})", str(out)) from None
        write_whole(out, self.html().encode())
        self.gallery.write(out.parent)
        return out


def render(template: str, **values: object) -> str:
    """A page from a file in `templates`, with the look of all reports and the sentence that no report goes without."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    look = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template(template).render(look=look, conditional=CAVEAT, **values)


def _harmless(value: object) -> object:
    """Texts of a page without letters that would turn or hide what stands beside them."""
    return type(value)(plain_lines(value)) if isinstance(value, str) else value
