"""A small matplotlib figure that shows itself in a notebook, with words for those who do not see it."""

from __future__ import annotations

import html
import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulation.visualization import style

CONDITIONAL = "Conditional on the mechanisms and assumptions of the model; not a forecast."
DOTS = 110  # an inch: sharp enough for a page of text, and small enough to be kept in a notebook
COLOURS = 255  # of a kept picture; curves and maps of this style have fewer that an eye can tell
NOTE_SIZE = 8.5
SMALL = {
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titlepad": 7,
    "axes.labelsize": 10,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.9,
}


class Picture(Figure):
    """A `matplotlib.figure.Figure`: `axes[0].set_title("...")` and `savefig("figure.png")` are matplotlib's own.

    `alt`: what is to be seen, in words; a notebook hands them to a screen reader. The last line of a picture says what holds
    for every result.
    """

    alt = ""

    def _repr_html_(self) -> str:
        return image_html(picture_png(self), self.alt)

    def __repr__(self) -> str:
        return f"<picture: {self.alt}>"

    __str__ = __repr__


@contextmanager
def small_style() -> Iterator[None]:
    """The style of all figures, in letters for a picture as wide as a page of text."""
    import matplotlib

    with style.figure_style(), matplotlib.rc_context(SMALL):
        yield


def new_picture(width: float = 7.2, height: float = 3.7) -> Picture:
    """An empty picture of `width` by `height` inches. Like every figure here it belongs to nobody and needs no closing."""
    picture = Picture(figsize=(width, height), dpi=DOTS, layout="constrained")
    FigureCanvasAgg(picture)
    return picture


def finish(picture: Picture, alt: str, note: str = "") -> Picture:
    """The picture with its words, and under it in small letters the note and that nothing here is a forecast."""
    line = f"{note} {CONDITIONAL}".strip()
    wide = int(picture.get_figwidth() * 72 / (0.54 * NOTE_SIZE))
    told = "\n".join(textwrap.wrap(line, wide))
    picture.supxlabel(told, x=0.01, ha="left", fontsize=NOTE_SIZE, color=style.MUTED)
    picture.alt = f"{alt} {line}"
    return picture


def title_of(text: str, picture: Picture, part: float = 1.0) -> str:
    """A title on as many lines as it needs on `part` of a picture's width."""
    return "\n".join(textwrap.wrap(text, int(part * picture.get_figwidth() * 72 / (0.62 * SMALL["axes.titlesize"]))))


def picture_png(picture: Figure) -> bytes:
    """The picture as PNG of few colours, a third of the bytes of the full one."""
    from PIL import Image

    with small_style():
        full, small = io.BytesIO(), io.BytesIO()
        picture.savefig(full, format="png", dpi=DOTS)
        few = (
            Image.open(full).convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        )
        few.save(small, format="png", optimize=True)
    return small.getvalue()


def image_html(png: bytes, alt: str) -> str:
    """An image that needs no second file and no script, so that a notebook that is not trusted shows it too."""
    source = style.data_uri(png, "image/png")
    return f'<img src="{source}" alt="{html.escape(alt)}" style="max-width:100%">'


def shown(title: str, *parts: str) -> str:
    """What a thing shows of itself: its title in bold, then pieces of HTML below one another."""
    return "".join([f"<p><b>{html.escape(title)}</b></p>", *parts])


def table_html(rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> str:
    """A table of texts and numbers as they are; the first cell of a row names it."""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "".join(_row([html.escape(str(cell)) for cell in row]) for row in rows)
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _row(cells: Sequence[str]) -> str:
    first, *others = cells
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'


def caveat_html(more: str = "") -> str:
    """The sentence that stands under everything that is shown."""
    return f"<p><i>{html.escape(f'{more} {CONDITIONAL}'.strip())}</i></p>"
