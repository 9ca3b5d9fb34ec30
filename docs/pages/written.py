"""Pages written by hand around numbers and lists that are counted from the code: `templates/NAME.md` becomes `docs/NAME.md`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from models.haiti.people.columns import STATUS_WORDS, WEALTH_WORDS
from pages.catalogue import reference_list
from pages.day import parts
from pages.facts import facts
from pages.markdown import WRITTEN

TEMPLATES = Path(__file__).parent / "templates"
known = cache(facts)


def written_page(name: str) -> str:
    """A page from its template; a name that nothing is known of is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    template = environment.get_template(f"{name}.md")
    return template.render(known() | words(name))


def words(name: str) -> dict[str, Any]:
    """Lists and sentences that templates may name."""
    text = (TEMPLATES / f"{name}.md").read_text(encoding="utf-8")
    return {
        "written": WRITTEN,
        "shelters": ", ".join(STATUS_WORDS),
        "wealth": ", ".join(WEALTH_WORDS),
        "burn_in": ", ".join(known()["burn_in"]),
        "day": [(title, ", ".join(kind.name for kind in kinds)) for title, kinds in parts()],
        "references": "\n".join(reference_list([text])),
    }
