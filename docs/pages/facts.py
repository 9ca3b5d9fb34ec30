"""Numbers that pages name, counted from the model, so that a page is never older than the code."""

from __future__ import annotations

from collections import Counter
from typing import Any

from models.haiti import metrics
from models.haiti.bibliography import bibliography
from models.haiti.caveats import CAVEATS, NOTES
from models.haiti.day import DAY
from models.haiti.family import record
from models.haiti.parameters import default_parameters
from models.haiti.people.columns import STATUS_WORDS
from models.haiti.scenario.scenario import load_case, scenario_list
from models.haiti.start.founding import BREAKAWAY_GROUPS
from models.haiti.start.starting_point import load_start
from models.haiti.world.city import DATA, load_city


def facts() -> dict[str, Any]:
    """What templates may name."""
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
