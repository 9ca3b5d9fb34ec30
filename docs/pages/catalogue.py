"""Pages written from the code: parameters, rules with their equations, the points of the source note, and the works cited."""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.haiti.bibliography import bibliography, cited
from models.haiti.day import DAY
from models.haiti.metrics import DAILY
from models.haiti.parameters import GROUPS, default_parameters
from pages.markdown import ROOT, WRITTEN, table_row
from pages.note import BY_SCENARIO, NOTE
from pages.rules import about, file_of, groups_of, linked, rules_part, texts, value_text
from simulation.files.bibliography import keys_in
from simulation.mechanism import Mechanism

MISSING = "not built"
COLUMNS = {metric.name: column for column, metric in DAILY.items()}
"""By what a rule is shown by, the daily column that has it."""
MOST_TESTS = 2


def tests_of(kind: type[Mechanism]) -> list[str]:
    """The test files that speak most of the mechanism: its name as an attribute or as text, its class or its file."""
    words = rf"\.{kind.name}\b|[\"']{kind.name}[\"']|\b{kind.__name__}\b|\b{kind.__module__.rpartition('.')[2]}\."
    paths = sorted((ROOT / "tests").rglob("test_*.py"))
    mentions = {path: len(re.findall(words, path.read_text(encoding="utf-8"))) for path in paths}
    most = sorted((path for path in paths if mentions[path]), key=lambda path: -mentions[path])[:MOST_TESTS]
    return [str(path.relative_to(ROOT)) for path in most]


def traceability() -> list[tuple[str, str, str, str, str, str]]:
    """A row a point of the note: id, point, mechanisms, parameter groups, tests, daily columns ('not built' where none is)."""
    rows = []
    for point, meaning in NOTE.items():
        kinds = [kind for kind in DAY if point in kind.covers]
        cells = [
            (f"{kind.name} ({file_of(kind)})" for kind in kinds),
            (group for kind in kinds for group in groups_of(kind)),
            (test for kind in kinds for test in tests_of(kind)),
            (COLUMNS[metric] for kind in kinds for metric in kind.shown_by),
        ]
        if point in BY_SCENARIO:
            cells = [(cell,) for cell in _compared(*BY_SCENARIO[point])]
        rows.append((point, meaning, *(_listed(cell) or MISSING for cell in cells)))
    return rows


def _compared(scenario: str, group: str, metric: str) -> tuple[str, str, str, str]:
    """Cells of a point that is a scenario to compare with."""
    test = ROOT / "tests/models/haiti/scenario/test_scenarios.py"
    tested = str(test.relative_to(ROOT)) if scenario in test.read_text(encoding="utf-8") else MISSING
    return f"scenario {scenario}", group, tested, COLUMNS[metric]


def parameters_page() -> str:
    """The register as Markdown."""
    lines = ["# Parameters", "", WRITTEN, ""]
    lines += [
        "Under each name: what it means, and its source. Legal: what the model accepts. Prior: what is plausible, drawn from",
        "when uncertainty is on. Status: published, derived, policy (a choice of those who decide; the source says what it",
        "stands for), or assumed (nobody knows; the source is what speaks for it, or the reason why its range ends where it",
        "ends). Works are told in full at the end.",
    ]
    rows = default_parameters().rows()
    for group in GROUPS:
        lines += ["", f"## {group}", "", "| parameter, meaning, source | default | legal | prior | status |"]
        lines += ["|---|---|---|---|---|"]
        for row in (row for row in rows if row.name.partition(".")[0] == group):
            source = linked(row.source, "docs/bibliography.md")
            said = f'<a id="{row.name}"></a><b>{row.name}</b><br>{row.meaning}<br>Source: {source}'
            lines.append(table_row((said, value_text(row), row.range_text(), row.prior or "", row.status)))
    return "\n".join([*lines, "", *reference_list(row.source for row in rows)]) + "\n"


def mechanisms_page() -> str:
    """The rules of the day, and the note's points against the code, as Markdown."""
    lines = ["# Mechanisms", "", WRITTEN, "", *rules_part()]
    lines += ["", "## The source note against the code", ""]
    lines += ["The note: International Peace Institute, Stimson Center and Security Council Report, December 2024."]
    lines += ["Points with a star are named there without mechanics; how they work here is an addition.", ""]
    lines += ["| point | what the note says | mechanism; its parameters | tests; daily columns |", "|---|---|---|---|"]
    for point, meaning, rule, groups, tests, columns in traceability():
        lines.append(table_row((point, meaning, f"{rule};<br>{groups}", f"{tests};<br>{columns}")))
    said = [text for kind in DAY for text in texts(kind)]
    return "\n".join([*lines, "", *reference_list(said)]) + "\n"


def bibliography_page() -> str:
    """Every work and report in full, and what cites it, as Markdown."""
    lines = ["# Bibliography", "", WRITTEN, ""]
    lines += [
        "Works and reports that parameters and rules cite by key, from `models/haiti/data/sources.bib`. Sources of single",
        "figures in the data: `models/haiti/data/sources.csv`.",
    ]
    parameters = default_parameters().rows()
    for entry in bibliography().values():
        lines += ["", f"## {entry.key}", "", entry.text()]
        named = [f"`{row.name}`" for row in parameters if entry.key in keys_in(row.source)]
        rules = [kind.name for kind in DAY if entry.key in keys_in(about(kind))]
        lines += ["", f"Parameters: {', '.join(named)}."] if named else []
        lines += ["", f"Rules: {', '.join(rules)}."] if rules else []
    return "\n".join(lines) + "\n"


def reference_list(texts: Iterable[str]) -> list[str]:
    """Lines of a page: all that these texts cite, in full."""
    return ["## References", "", *(f"- **{entry.key}**: {entry.text()}" for entry in cited(texts))]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(items))


def unknown_metrics() -> list[str]:
    """Metrics that mechanisms name and that do not exist."""
    return [name for kind in DAY for name in kind.shown_by if name not in COLUMNS]
