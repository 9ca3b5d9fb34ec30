"""Memory: a value that is only read equals one that is stepped every day."""

import numpy as np

from simulation.memory import LazyField


def test_the_lazy_field_equals_the_stepped_recursion():
    """Two years, rates that differ by place and class, households that move and are touched at random."""
    generator = np.random.default_rng(3)
    places, classes, count = 5, 3, 60
    memory = LazyField(places, classes, count)
    rows, group = np.arange(count), generator.integers(0, classes, count)
    place = generator.integers(0, places, count)
    memory.deviation[:] = generator.normal(0.0, 0.3, count)
    stepped = memory.read(rows, place, group)
    for _ in range(730):
        a = generator.uniform(0.6, 1.0, (places, classes))
        b = generator.uniform(0.0, 0.4, (places, classes))
        memory.step(a, b)
        stepped = a[place, group] * stepped + b[place, group]
        movers = np.flatnonzero(generator.random(count) < 0.02)
        kept = memory.read(movers, place[movers], group[movers])
        place[movers] = generator.integers(0, places, movers.size)
        memory.write(movers, place[movers], group[movers], kept)
        hurt = np.flatnonzero(generator.random(count) < 0.02)
        shocked = memory.read(hurt, place[hurt], group[hurt]) + 0.3
        memory.write(hurt, place[hurt], group[hurt], shocked)
        stepped[hurt] += 0.3
        np.testing.assert_allclose(memory.read(rows, place, group), stepped, rtol=0, atol=1e-9)


def test_one_number_for_everybody_broadcasts():
    memory = LazyField(2, 2, 1)
    memory.step(0.5, np.array([[1.0], [3.0]]))
    memory.step(0.5, 0.0)
    assert memory.field.tolist() == [[0.5, 0.5], [1.5, 1.5]]


def test_deviations_fade_and_what_is_written_is_read():
    memory = LazyField(1, 1, 2)
    rows, here = np.arange(2), np.zeros(2, int)
    memory.write(rows, here, here, np.array([1.0, -2.0]))
    assert memory.read(rows, here, here).tolist() == [1.0, -2.0]
    for _ in range(3):
        memory.step(0.5, 0.0)
    np.testing.assert_allclose(memory.read(rows, here, here), [0.125, -0.25], rtol=1e-14)


def test_decades_of_fast_forgetting_do_not_underflow_into_errors():
    memory = LazyField(1, 1, 1)
    row = np.zeros(1, int)
    memory.write(row, row, row, np.array([1.0]))
    for _ in range(10_000):
        memory.step(0.01, 0.5)
    np.testing.assert_allclose(memory.read(row, row, row), 0.5 / 0.99)
    memory.write(row, row, row, np.array([2.0]))
    memory.step(0.01, 0.5)
    np.testing.assert_allclose(memory.read(row, row, row), 0.52)
