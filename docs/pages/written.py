"""Pages written by hand around numbers and lists that are counted from the code: `templates/NAME.md` becomes `docs/NAME.md`."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from models.haiti import metrics
from models.haiti.bibliography import bibliography
from models.haiti.caveats import CAVEATS, NOTES
from models.haiti.day import DAY
from models.haiti.family import record
from models.haiti.parameters import default_parameters
from models.haiti.people.columns import STATUS_WORDS, WEALTH_WORDS
from models.haiti.scenario.scenario import load_case, scenario_list
from models.haiti.start.founding import BREAKAWAY_GROUPS
from models.haiti.start.starting_point import load_start
from models.haiti.world.city import DATA, load_city
from pages.catalogue import reference_list
from pages.day import parts
from pages.markdown import WRITTEN

TEMPLATES = Path(__file__).parent / "templates"


@cache
def known() -> dict[str, Any]:
    """Numbers that templates may name, counted from the model, so that a page is never older than the code."""
    city, case = load_city(DATA), load_case("baseline")
    start, rows = load_start(city, case.start, DATA), default_parameters().rows()
    links = Counter(data["kind"] for _, _, data in city.graph.edges(data=True))
    status = Counter(row.status for row in rows)
    return {
        "neighbourhoods": len(city),
        "metropolitan": int(city.metropolitan.sum()),
        "people": int(city.population.sum()),
        "people_capital": int(city.population[city.metropolitan].sum()),
        "external": len(city.external),
        "links": links,
        "all_links": city.graph.number_of_edges(),
        "gangs": len(start.gangs),
        "spare_gangs": BREAKAWAY_GROUPS,
        "start": case.start,
        "days": case.days,
        "rules": len(DAY),
        "switches": sum(kind.switch for kind in DAY),
        "burn_in": [kind.name for kind in DAY if kind.burn_in],
        "parameters": len(rows),
        "status": status,
        "with_prior": sum(row.prior is not None for row in rows),
        "outcomes": len(metrics.OUTCOMES),
        "daily": len(metrics.COLUMNS),
        "scenarios": scenario_list(),
        "works": len(bibliography()),
        "figures": len(record()),
        "status_words": STATUS_WORDS,
        "caveats": CAVEATS,
        "notes": NOTES,
    }


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
