"""The city's pictures: colours that stay apart, words for labels, ceilings that add up."""

import numpy as np
import pandas as pd
import pytest
from support.colours import DEUTERANOPIA, lightness

from models.haiti import ceilings, looks
from models.haiti.metrics import FIELDS
from models.haiti.world.state import LABELS
from simulation.visualization import style


@pytest.mark.parametrize("see", [None, DEUTERANOPIA])
def test_influence_colours_stay_apart_for_deuteranopes(see):
    steps = looks.influence_colormap()(np.linspace(0, 1, 11))[:, :3]
    seen = lightness(steps, see)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    far = np.abs(np.subtract.outer(np.arange(11), np.arange(11))) >= 2
    assert apart[far].min() > 11
    assert seen[0, 0] - seen[-1, 0] > 25  # the gang end is darker, on a grey copy too


def test_labels_have_colours_and_words():
    assert list(looks.LABEL_COLOURS) == list(LABELS) == list(looks.LOOK.labels)
    assert len(looks.LOOK.words) == len(LABELS)
    assert {looks.LOOK.level, "label"} <= set(FIELDS)


def test_ceiling_shares_sum_to_one_or_are_missing():
    runs = pd.DataFrame({"force": [0] * 8 + [1000] * 8, "beds": [0] * 8 + [30] * 8, "cash": [0] * 8 + [10] * 8})
    shares = ceilings.ceiling_shares(runs, {"beds": "beds", "cash": "cash"}, ["force"])
    assert shares.loc[1000].tolist() == [0.75, 0.25]
    assert shares.loc[0].isna().all()
    with style.figure_style():
        panel = style.new_figure(5, 4).subplots()
    colours, words = {"beds": "#e69f00", "cash": "#7b3f78"}, {"beds": "beds", "cash": "cash"}
    ceilings.draw_ceiling_bars(panel, shares, colours, words, ["0", "1,000"])
    assert len(panel.patches) == 4
