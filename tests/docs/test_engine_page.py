"""The engine's documentation page: its examples run, what it says of a broken bound is so, its pictures can be drawn."""

import re
from pathlib import Path

import matplotlib.image
import pytest
from pages import engine_figures

from models.haiti.mechanisms.people.relocation import HOST
from simulation.errors import BoundError

FOLDER = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(r"```python\n(.*?)```", (FOLDER / "engine.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def example():
    """The names that the page's example leaves behind, after its run."""
    names = {}
    exec(compile(BLOCKS[1], "docs/engine.md", "exec"), names)
    return names


def test_the_cost_is_counted_as_the_page_says(capsys):
    """The first block with small runs; a fixed share of a growing city is asked, and less of a quiet one."""
    small = re.sub(r"\((\d+), ", lambda weight: f"({4 * int(weight[1])}, ", BLOCKS[0])
    small = small.replace("run(90)", "run(30)").replace("* 90", "* 30")
    exec(compile(small, "docs/engine.md", "exec"), {})
    shares = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert len(shares) == 5
    assert max(shares[:3]) < 2.5 * min(shares[:3])
    assert shares[3] < 0.5 * shares[1] < shares[1] < shares[4]


def test_the_example_runs_and_does_what_it_says(example, capsys):
    model, people = example["model"], example["model"].population
    assert model.day == 60
    rule = example["fatigue"]
    hosted, others = (((people.status == HOST) == chosen).nonzero()[0] for chosen in (True, False))
    assert 0.0 < rule.chance(hosted).max() <= rule.limit
    assert rule.chance(others).max() == 0.0
    assert len(BLOCKS[1].split("class ")[1].split("model = ")[0].splitlines()) < 25


def test_without_the_example_fewer_people_leave_their_hosts(example):
    without = example["HaitiModel"](example["load_case"]("baseline", weight=200), run_seed=1).run(60)
    moved = [model.ledger.sum_total("onward_displacements") for model in (without, example["model"])]
    assert moved[1] > 1.5 * moved[0]


def test_a_bound_that_a_new_rule_breaks_is_named(example):
    class Impatient(example["HostFatigue"]):
        """Its author doubled the chance and forgot the bound."""

        def chance(self, rows):
            return 2.0 * super().chance(rows)

    model = example["HaitiModel"](example["load_case"]("baseline", weight=200), run_seed=1)
    rule, returning = Impatient(model), model.returning.step
    model.returning.step = lambda: (returning(), rule.step())
    with pytest.raises(BoundError) as caught:
        model.run(365)
    mechanism, place, day = re.fullmatch(
        r"(\w+): a chance passed its bound in (\w+) on day (\d+)", str(caught.value)
    ).groups()
    assert mechanism == "host_fatigue"
    assert int(day) == model.day > 7 * 8 * 0.69  # twice the chance passes the bound after eight weeks times log 2
    home = model.city.ids.index(place)
    away = model.population.displaced.members(home)
    assert rule.chance(away).max() > rule.limit


@pytest.mark.slow
def test_the_pictures_of_the_page_can_be_drawn(tmp_path):
    drawn = engine_figures.draw_all(tmp_path)
    shown = re.findall(r"\]\(([\w-]+\.png)\)", (FOLDER / "engine.md").read_text(encoding="utf-8"))
    assert [path.name for path in drawn] == shown
    for path in drawn:
        assert matplotlib.image.imread(path).shape[:2] == matplotlib.image.imread(FOLDER / path.name).shape[:2]
        assert path.stat().st_size < 100_000
