"""A run's player in a notebook: the page in a frame, over a still picture that stays where a frame is not allowed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.replay.page import check_target, page_html, write_page

if TYPE_CHECKING:
    from simulation.visualization.picture import Picture

HEIGHT = 720  # pixels of the frame: as wide as a notebook's page it holds map, counters and charts
OVER = "grid-area:1/1;width:100%"


class Player:
    """The player of a run so far. It shows itself in a notebook; `save("run.html")` writes it as a page of its own.

    The frame may run the page's own script and nothing else: it has no address, and reaches neither the notebook nor the
    network. A notebook that is not trusted takes the frame away, and what stays is the picture below it.
    """

    def __init__(self, content: Mapping[str, Any], still: Picture, name: str):
        self.content, self.still, self.name = content, still, name

    def save(self, path: str | Path) -> Path:
        """Write the page, which opens by double click without a network. InputError if it cannot be written there."""
        check_target(path := Path(path))
        write_page(path, self.content)
        return path

    def _repr_html_(self) -> str:
        page = page_html(self.content).replace("&", "&amp;").replace("'", "&#39;")
        frame = (
            f'<iframe class="replay" title="{html.escape(self.name)}" sandbox="allow-scripts" allow="fullscreen" '
            f"style=\"{OVER};height:{HEIGHT}px;border:0;background:#fff\" srcdoc='{page}'></iframe>"
        )
        return f'<div style="display:grid"><div style="{OVER}">{self.still._repr_html_()}</div>{frame}</div>'

    def __repr__(self) -> str:
        return f"<player: {self.name}>"
