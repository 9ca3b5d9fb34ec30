"""Pages: sections put together into one HTML file that opens offline, and the pictures in them as files of their own."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError, refusal
from simulation.files.atomic import write_whole
from simulation.files.plain_text import plain_lines
from simulation.port.wording import CONDITIONAL, wording
from simulation.replay.words import SLOT, read_words
from simulation.visualization import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).with_name("templates")
WORDS = Path(__file__).with_name("words")  # of pages on paper and on the screen, in three languages
FIGURES = "figures"  # folder of a page's pictures
DOTS = 140  # an inch


@dataclass(frozen=True)
class Section:
    """A part of a page: `template` is a file in templates/sections, `data` what it shows.

    heading: its key below `[heading]` of the words, if that is not its `id`; slots: what the heading names.
    """

    id: str
    template: str
    data: Mapping[str, Any] = field(default_factory=dict)
    heading: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


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
    """A report: what it found first, then its sections. `brief`: a small table of contrasts with a note, or nothing.

    language: of its headings; what is told beside them is English.
    """

    title: str
    question: str
    finding: Sequence[str]
    sections: Sequence[Section]
    gallery: Gallery
    brief: Sequence[Mapping[str, tuple[str, str]]] = ()
    brief_note: str = ""
    language: str = "en"

    def html(self) -> str:
        """The page as text: no part of it is loaded from anywhere else."""
        return render(
            "page.html",
            title=self.title,
            question=self.question,
            finding=self.finding,
            brief=self.brief,
            brief_note=self.brief_note,
            sections=[(one, heading(self.language, one.heading or one.id, **one.slots)) for one in self.sections],
            word=functools.partial(report_word, self.language),
            conditional=wording(self.language, CONDITIONAL),
            language=self.language,
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
    """A page from a file in `templates`, with the look of all reports."""
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
    return environment.get_template(template).render(look=look, **values)


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    return read_words(WORDS)


def report_word(language: str, key: str, **slots: str) -> str:
    """A text of reports in a language, its slots filled."""
    return SLOT.sub(lambda found: str(slots[found[1]]), _words()[language][f"report.{key}"])


def heading(language: str, key: str, **slots: str) -> str:
    """The heading of a section, or of a page."""
    return report_word(language, f"heading.{key}", **slots)


def _harmless(value: object) -> object:
    """Texts of a page without letters that would turn or hide what stands beside them."""
    return type(value)(plain_lines(value)) if isinstance(value, str) else value
