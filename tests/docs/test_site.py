"""The documentation site has every page, its links lead within it, and it opens from a folder without a network."""

import re
from importlib.util import find_spec

import pytest
from pages import site
from pages.curves.tried import declared
from pages.markdown import FENCE, LINK, ROOT, pages_of_the_repository


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.stage(folder)
    return folder


def test_every_page_of_the_repository_is_in_the_site_once():
    pages = [page for part in site.sections().values() for page in part]
    assert sorted(pages) == sorted(page.relative_to(ROOT).as_posix() for page in pages_of_the_repository())
    assert len(set(site.staged().values())) == len(pages)


def test_links_of_copies_lead_within_the_site(staged):
    pages = staged / site.PAGES
    found = 0
    for page in pages.rglob("*.md"):
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            path = target.partition("#")[0]
            there = (page.parent / path).resolve() if path else page.resolve()
            assert there.is_file(), f"{page.relative_to(pages)} links to {target}"
            assert there.is_relative_to(pages)
            found += 1
    assert found > 100


def test_what_a_page_names_becomes_a_link_and_what_is_no_page_becomes_text():
    places = site.staged()
    text = site._linked(
        "`docs/day.md`, `docs/nowhere.md`, [a](../setup.cfg), [b](engine.md#rosters), [c](x.png)",
        "docs/mesa.md",
        places,
    )
    assert text == "[The day](day.md), `docs/nowhere.md`, a, [b](engine.md#rosters), [c](x.png)"


def test_lists_and_tables_stand_apart_as_the_builder_wants_it():
    assert site._lists_apart("a:\n- b\n  c\n- d\n\ne\n| f |\n|---|") == "a:\n\n- b\n  c\n- d\n\ne\n\n| f |\n|---|"


@pytest.mark.skipif(not find_spec("zensical"), reason="needs zensical of the extra docs")
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path):
    front = site.build(tmp_path, [curve for curve in declared() if curve.rule == "flight"])
    assert "flight, tried alone: " in (front.parent / "docs/mechanisms.html").read_text(encoding="utf-8")
    pages = {path.relative_to(front.parent).as_posix() for path in front.parent.rglob("*.html")}
    assert pages == {place.replace(".md", ".html") for place in site.staged().values()}
    for name in pages:
        text = (front.parent / name).read_text(encoding="utf-8")
        logos = re.findall(r'<a href="([^"]*)"(?=[^>]*md-logo)', text)
        assert logos
        assert {((front.parent / name).parent / logo).resolve() for logo in logos} == {front.resolve()}
        loads = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"?([^\s\">]+)", text)
        loads += re.findall(r"<link\b(?=[^>]*stylesheet)[^>]*\bhref=\"?([^\s\">]+)", text)
        assert loads
        assert not [load for load in loads if "//" in load and not load.startswith("data:")], name
    assert "Thinning" in (front.parent / "search.js").read_text(encoding="utf-8")
