"""A city calls its places neighbourhoods."""

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case


def test_the_table_of_days_and_places_names_neighbourhoods():
    model = HaitiModel(load_case(weight=2000), neighbourhoods=True, run_seed=1).run(1)
    table = model.recorder.neighbourhoods()
    assert list(table.columns[:3]) == ["day", "date", "neighbourhood"]
    assert table.neighbourhood.tolist() == [*model.city.ids] * 2
    assert table.equals(model.recorder.places())
