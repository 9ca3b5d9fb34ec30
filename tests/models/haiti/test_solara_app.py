"""Mesa's own page over the city: what it shows where Solara is (`make test-exchange`), and what it says where it is not."""

import importlib
import sys

import pytest

from simulation.errors import InputError

APP = "models.haiti.solara_app"


def shown(widget):
    """All widgets of a page, and their children."""
    yield widget
    for child in getattr(widget, "children", ()):
        if not isinstance(child, str):
            yield from shown(child)


def test_without_its_extra_it_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "solara", None)
    monkeypatch.delitem(sys.modules, APP, raising=False)
    with pytest.raises(InputError, match=r"solara is not installed.*pip.*install.*solara\]"):
        importlib.import_module(APP)


@pytest.mark.filterwarnings("default")  # Solara's own, and one about Mesa's page
def test_it_draws_the_city_of_the_choices_made():
    solara = pytest.importorskip("solara")
    app = importlib.import_module(APP)
    model = app.City("no-mission", 3)
    assert (model.case.name, model.run_seed) == ("no-mission", 3)
    for drawn in (1, 2):  # a curve wants two days
        page, _ = solara.render(solara.Column(children=[app.Map(model), app.Displaced(model)]), handle_error=False)
        pictures = [bytes(widget.value) for widget in shown(page) if type(widget).__name__ == "Image"]
        assert len(pictures) == drawn
        assert all(b"<svg" in picture or picture[1:4] == b"PNG" for picture in pictures)
        model.step()
