"""One look for every picture: colours safe for colour-blind readers, type that reads from afar."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

INK = "#1d2a30"
MUTED = "#5c6a70"
RULE = "#c9d0d2"
PAPER = "#ffffff"
SEA = "#e6eaec"
LAND = "#f4f2ec"
NO_DATA = "#d3d6d6"

# Wong (2011), after Okabe and Ito; yellow is left out because it vanishes on a projector.
CATEGORICAL = ("#0072b2", "#d55e00", "#009e73", "#7b3f78", "#e69f00", "#56b4e9", "#000000")

# Lightness falls all the way: darker is more, in colour and in grey.
AMOUNT_STOPS = (
    (0.0, "#fbf4e2"),
    (0.3, "#f6cf92"),
    (0.55, "#e58f4c"),
    (0.8, "#b04a2b"),
    (1.0, "#5e170f"),
)


def colormap(name: str, stops: Iterable[tuple[float, str]]) -> Colormap:
    """Colours between stops, each a position on 0-1 and a colour; what has no value is grey."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(name, list(stops)).with_extremes(bad=NO_DATA)


def amount_colormap() -> Colormap:
    """Colours of an amount, from pale (little) to dark (much)."""
    return colormap("amount", AMOUNT_STOPS)


def ink_on(colour: object) -> str:
    """Black or white, whichever reads better on `colour` (anything matplotlib takes as a colour)."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.22 else PAPER


def _settings() -> dict[str, object]:
    return {
        "font.family": "DejaVu Sans",
        "font.size": 14,
        "axes.titlesize": 16,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.labelsize": 14,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 13,
        "ytick.labelsize": 13,
        "legend.fontsize": 13,
        "legend.frameon": False,
        "lines.linewidth": 2.4,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "svg.fonttype": "path",  # the same letters on a machine without our font
        "svg.hashsalt": "katye",  # the same bytes from the same tables
    }


@contextmanager
def figure_style() -> Iterator[None]:
    """Inside this block matplotlib draws in our style; outside nothing of the user's settings has changed."""
    import matplotlib

    with matplotlib.rc_context(_settings()):
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of `width` by `height` inches, outside pyplot's global list so that nothing needs
    closing."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def lay_out(figure: Figure, dots_per_inch: int = 150) -> None:
    """Find the places of all that is in the figure, once; else each file that it is saved to finds them twice."""
    with figure_style():
        figure.set_dpi(dots_per_inch)
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine(None)


def figure_svg(figure: Figure) -> bytes:
    """The figure as SVG. Equal figures give equal bytes: no date, fixed identifiers."""
    with figure_style():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "Katye"})
    return buffer.getvalue()


def figure_png(figure: Figure, dots_per_inch: int = 150) -> bytes:
    """The figure as PNG, 150 dots an inch unless told otherwise."""
    with figure_style():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dots_per_inch)
    return buffer.getvalue()


def data_uri(content: bytes, kind: str = "image/svg+xml") -> str:
    """`content` as text that an `src` attribute takes, so that a page needs no second file."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def write_people(value: float) -> str:
    """A number of people in three figures: 845, 12.3k, 455k, 1.24M."""
    for size, mark in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            scaled = value / size
            return f"{scaled:.{2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0}f}{mark}"
    return f"{value:.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.1f}"


def write_in_words(value: float) -> str:
    """A number of people for a sentence, to three figures: 1,020,000, 2,960, 62."""
    if abs(value) < 100:
        return f"{value:.0f}"
    return f"{float(f'{value:.3g}'):,.0f}"


def write_tick(value: float) -> str:
    """A number on an axis: 750k, 1.5M, 2,500, 0; no zeros behind the point."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    return f"{value / 1e3:.4g}k" if abs(value) >= 1e4 else f"{value:,.4g}"


def write_share(value: float) -> str:
    """A share (0-1) as per cent: 62 %, or 3.4 % where a whole per cent would hide it. The space does not
    break."""
    return f"{100 * value:.{0 if abs(value) >= 0.1 or value == 0 else 1}f}\u00a0%"
