"""How the city looks in pictures: colours of gang influence and of labels, and the words of its animated map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.haiti.world.state import LABELS
from simulation.visualization import style
from simulation.visualization.player import Look, Series

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


PLAYER = Look(
    level="influence",
    stops=INFLUENCE_STOPS,
    place="neighbourhood",
    labels=LABELS,
    between=1,
    circles="displaced_hosted",
    text={
        "map": "Map of neighbourhoods coloured by gang influence",
        "level": "Gang influence",
        "low": "none (state presence)",
        "high": "complete (gang hold)",
        "labels": ["state presence", "contested", "held by a gang"],
        "circles": "Displaced people hosted",
    },
    series=(
        Series("displaced_people", "people displaced", "people", "#00588a"),
        Series("gang_control_population_share", "of residents in gang-held areas", "share", "#a8321c"),
    ),
)
"""The animated map of a run: `player_data(daily, neighbourhoods, events, geography, PLAYER)`."""
