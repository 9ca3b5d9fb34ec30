"""The documentation site: pages of the repository, put together for zensical, which makes a folder that opens without a server.

Pages stay where they are, and read well there. For the site they are copied, with the pictures that they show; links between
them follow, and where a page names another one by its path, its title stands there as a link. Links to files that are no pages
of the site become text, as the folder must lead nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from pages.curves.drawn import draw_all
from pages.curves.tried import Curve, declared
from pages.markdown import FENCE, ROOT
from pages.rules import reasons

CONFIG = Path(__file__).with_name("site.toml")
PAGES, SITE = "pages", "site"
"""Below the folder of the build: the copies, and what is made of them."""
NAME = "Katye"
SAID = "Agent-based simulation of Port-au-Prince under gang rule. Results are conditional on its assumptions, not a forecast."
WORKER, FETCHED = Path(__file__).parent / "assets/iframe-worker.js", "https://unpkg.com/iframe-worker/shim"
STYLE = WORKER.with_name("site.css")
LOGO = re.compile(r'(<a href=)"[^"]*"(?=[^>]*\bmd-logo\b)')
PICTURES = (".png", ".svg", ".jpg", ".webp")
TOKEN = re.compile(r"\[(?P<text>[^\]\n]*)\]\((?P<target>(?!\w+:)[^\s)]+)\)|(?<!`)`(?P<code>[^`\n]+)`(?!`)")
RULES = "docs/mechanisms.md"
"""The page under whose headings the pictures of rules stand; they are drawn for the site, and lie in no checkout."""
UNDER = "*The rule alone, in a small city on day 90: its own code is asked at each point, at a parameter's default and ends.*"
WIDE = ("docs/day.md", "docs/words.md", "docs/verification.md", "docs/scorecard.md")
HIDDEN = "---\nhide:\n  - toc\n---\n\n"
"""Pages of wide tables, which have the place of the contents to their right too."""
PATH = re.compile(r"(?<![\w/.(`:-])[\w.-]+(?:/[\w.-]+){2,}")
BEGINS = re.compile(r"(?:[-*+]|\d+\.) |\|")
HEAD = """\
[project]
site_name = "{name}"
site_description = "{said}"
docs_dir = "{pages}"
site_dir = "{site}"
use_directory_urls = false
nav = {nav}
extra_css = ["assets/{style}"]

[project.theme]
font = false
language = "en"
features = ["navigation.footer", "navigation.sections", "navigation.top", "search.highlight", "content.code.copy"]
palette = [
  {{ media = "(prefers-color-scheme: light)", scheme = "default" }},
  {{ media = "(prefers-color-scheme: dark)", scheme = "slate" }},
]

[project.plugins.offline]
[project.plugins.search]

[project.markdown_extensions]
attr_list = {{}}
md_in_html = {{}}
tables = {{}}
sane_lists = {{}}
toc.permalink = true
pymdownx.superfences = {{}}
pymdownx.highlight.pygments_lang_class = true
pymdownx.inlinehilite = {{}}
"""


def sections() -> dict[str, list[str]]:
    """Titles of the site's parts and the pages of each, as paths of the repository."""
    content = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    return {part["title"]: part["pages"] for part in content["section"]}


def staged() -> dict[str, str]:
    """Where each page of the repository is in the site; the first one is its front page."""
    pages = [page for part in sections().values() for page in part]
    places = {page: page.replace("README.md", "about.md") if "/" in page else page.lower() for page in pages}
    return places | {pages[0]: "index.md"}


def stage(folder: Path, curves: Sequence[Curve] = ()) -> Path:
    """Copy pages and pictures below `folder` and write the configuration; returns its path. What was there is replaced.

    curves: pictures of rules that are drawn and put under the rules' headings.
    """
    places = staged()
    shutil.rmtree(folder / PAGES, ignore_errors=True)
    for page, place in places.items():
        target = folder / PAGES / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((HIDDEN if page in WIDE else "") + rewritten(page, places), encoding="utf-8")
        for picture in pictures_of(page):
            there = folder / PAGES / picture
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / picture, there)
    if curves:
        page = folder / PAGES / places[RULES]
        told = draw_all(page.parent / "rules", curves)
        page.write_text(with_pictures(page.read_text(encoding="utf-8"), told), encoding="utf-8")
    (folder / PAGES / "assets").mkdir(exist_ok=True)
    shutil.copyfile(STYLE, folder / PAGES / "assets" / STYLE.name)
    path = folder / "zensical.toml"
    path.write_text(configuration(places), encoding="utf-8")
    return path


def configuration(places: Mapping[str, str]) -> str:
    """What zensical is told."""
    parts = []
    for title, pages in sections().items():
        inside = ", ".join(f'{{ "{title_of(page)}" = "{places[page]}" }}' for page in pages)
        parts.append(f'{{ "{title}" = [{inside}] }}')
    nav = "[" + ", ".join(parts) + "]"
    return HEAD.format(name=NAME, said=SAID, pages=PAGES, site=SITE, nav=nav, style=STYLE.name)


def title_of(page: str) -> str:
    """The first heading of a page."""
    return re.search(r"^# (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.M)[1].replace('"', "'").strip()


def rewritten(page: str, places: Mapping[str, str]) -> str:
    """The text of a page with links that lead within the site; code blocks stay as they are."""
    text, kept, at = (ROOT / page).read_text(encoding="utf-8"), [], 0
    for block in FENCE.finditer(text):
        kept += [_linked(_lists_apart(text[at : block.start()]), page, places), block[0]]
        at = block.end()
    return "".join([*kept, _linked(_lists_apart(text[at:]), page, places)])


def with_pictures(text: str, told: Mapping[str, str]) -> str:
    """The page of rules with a picture under each heading, or why there is none. KeyError for a picture without its heading."""
    for rule, shown in told.items():
        heading = f"\n### {rule}\n"
        if heading not in text:
            raise KeyError(rule)
        text = text.replace(heading, f"{heading}\n{shown}\n\n{UNDER}\n")
    for rule, why in reasons()["picture"].items():
        text = text.replace(f"\n### {rule}\n", f"\n### {rule}\n\nNo picture: {why}\n")
    return text


def _lists_apart(text: str) -> str:
    """An empty line before every list and table that begins right under a paragraph: elsewhere it may do without.

    Paths in tables may break after each folder, so that columns are no wider than the screen allows.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        begins = BEGINS.match(line)
        before = lines[-1] if lines else ""
        if (
            begins
            and before.strip()
            and not BEGINS.match(before)
            and not before.startswith((" ", "#", "<"))
            and not _inside(lines)
        ):
            lines.append("")
        lines.append(PATH.sub(lambda path: path[0].replace("/", "/<wbr>"), line) if line.startswith("|") else line)
    return "\n".join(lines)


def _inside(lines: list[str]) -> bool:
    """The last lines go on with an entry of a list."""
    for line in reversed(lines):
        if not line.strip():
            return False
        if BEGINS.match(line):
            return True
    return False


def _linked(text: str, page: str, places: Mapping[str, str]) -> str:
    here = PurePosixPath(places[page]).parent

    def new(match: re.Match[str]) -> str:
        if match["code"]:
            there = places.get(match["code"])
            return f"[{title_of(match['code'])}]({_way(here, there)})" if there and there != places[page] else match[0]
        path, mark, anchor = match["target"].partition("#")
        if not path:
            return match[0]
        there = _within(page, path)
        there = places.get(there) or (there if there.endswith(PICTURES) else "")
        return f"[{match['text']}]({_way(here, there)}{mark}{anchor})" if there else match["text"]

    return TOKEN.sub(new, text)


def pictures_of(page: str) -> list[str]:
    """The pictures that a page shows or links to, as paths of the repository."""
    text = FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    targets = [match["target"].partition("#")[0] for match in TOKEN.finditer(text) if match["target"]]
    return [_within(page, target) for target in targets if target.endswith(PICTURES)]


def _within(page: str, target: str) -> str:
    """A link of a page as a path of the repository."""
    return os.path.normpath(PurePosixPath(page).parent / target)


def _way(here: PurePosixPath, there: str) -> str:
    return PurePosixPath(os.path.relpath(there, here)).as_posix()


def build(folder: Path = ROOT / "build", curves: Sequence[Curve] | None = None) -> Path:
    """Make the site; returns its front page. CalledProcessError, after what zensical says, for any warning.

    curves: those whose pictures are drawn, all if None.
    """
    config = stage(folder, declared() if curves is None else curves)
    shutil.rmtree(folder / SITE, ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", str(config)]
    subprocess.run(command, check=True)
    bring_along(folder / SITE)
    return folder / SITE / "index.html"


def bring_along(site: Path) -> None:
    """What a folder without a server needs: the one script that pages fetch from elsewhere, which search wants, and a logo that
    leads to the front page itself, not to its folder. Nobody serves a page for what is not found."""
    shutil.copyfile(WORKER, site / "assets" / WORKER.name)
    (site / "404.html").unlink(missing_ok=True)
    for path in site.rglob("*.html"):
        text, here = path.read_text(encoding="utf-8"), PurePosixPath(path.relative_to(site).parent)
        text = text.replace(FETCHED, _way(here, f"assets/{WORKER.name}"))
        path.write_text(LOGO.sub(f'\\1"{_way(here, "index.html")}"', text), encoding="utf-8")
