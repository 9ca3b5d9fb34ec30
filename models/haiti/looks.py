"""How the city looks in pictures: colours of gang influence and of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.haiti.world.state import LABELS
from simulation.visualization import style
from simulation.visualization.look import Look

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

# Position on 0-1 and colour. Blue against red-brown survives the common colour blindnesses, and the gang end
# is far darker than the state end, so the ends differ on a grey photocopy too.
INFLUENCE_STOPS = (
    (0.0, "#3a87a6"),
    (0.25, "#a3cdd6"),
    (0.48, "#f5f0e0"),
    (0.66, "#efab66"),
    (0.83, "#c4522a"),
    (1.0, "#5e170f"),
)
LABEL_COLOURS = dict(zip(LABELS, ("#3a87a6", "#f0cf9a", "#7d2315")))


def influence_colormap() -> Colormap:
    """Colours of gang influence, 0 (state presence) to 1 (gang hold)."""
    return style.colormap("influence", INFLUENCE_STOPS)


LOOK = Look(
    level="influence",
    title="Gang influence",
    stops=INFLUENCE_STOPS,
    labels=LABELS,
    words=("state presence", "contested", "held by a gang"),
)
