"""Pictures of rules: every rule that turns an amount into another has one, and each shows something."""

import dataclasses

import numpy as np
import pytest
from pages.curves.drawn import alternative, drawn
from pages.curves.tried import declared, lined, lived_in
from pages.rules import reasons

from models.haiti.day import DAY


def test_every_rule_with_an_amount_has_a_picture_in_the_order_of_the_day():
    assert [curve.rule for curve in declared()] == [kind.name for kind in DAY if kind.name not in reasons()["picture"]]
    for curve in declared():
        low, _, high = curve.ends()
        assert low < high


@pytest.mark.slow
def test_every_picture_shows_something_and_leaves_the_city_as_it_is():
    city = lived_in()
    before = city.state.copy()
    for curve in declared():
        middle = max(1, (len(curve.values) - 1) // 2)
        short = dataclasses.replace(curve, values=curve.values[::middle], days=min(curve.days, 150))
        lines = lined(short, city)
        assert all(np.isfinite(y).all() for _, _, y in lines), curve.rule
        assert max(np.ptp(y) for _, _, y in lines) > 0, f"nothing comes of {curve.across} in {curve.rule}"
        assert any((y != lines[1][2]).any() for _, _, y in lines), f"{curve.parameter} does not matter"
    assert all((before[name] == now).all() for name, now in city.state.copy().items())
    assert drawn(curve, lines)[:4] == b"\x89PNG"
    assert "not a forecast" in alternative(curve, lines)
