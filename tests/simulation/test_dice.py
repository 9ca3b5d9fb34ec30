"""Chance: streams do not depend on order, counts follow their laws, and near means give near counts."""

import itertools

import numpy as np
import pytest
from scipy import stats

from simulation.dice import Dice, Stream
from simulation.errors import DrawError
from simulation.kernels import failing, skip, stream

ALPHA = 1e-5  # chance of a false alarm of each statistical test; seeds are fixed, so none of them flickers


@pytest.fixture
def luck():
    return Dice(2024).roll("test", 0)


class Given(Stream):
    """A stream whose next uniform number is the one wanted: its state is worked back from it."""

    GOLDEN, MASK = 0x9E3779B97F4A7C15, 2**64 - 1

    def __init__(self, u: float):
        state = (unmixed(int(u * 2**53) << 11) - self.GOLDEN) & self.MASK
        super().__init__(np.array([state], np.uint64))


def unmixed(z: int) -> int:
    """The inverse of SplitMix64's last step."""
    mask = 2**64 - 1
    z ^= (z >> 31) ^ (z >> 62)
    z = z * pow(0x94D049BB133111EB, -1, 2**64) & mask
    z ^= (z >> 27) ^ (z >> 54)
    z = z * pow(0xBF58476D1CE4E5B9, -1, 2**64) & mask
    return z ^ (z >> 30) ^ (z >> 60)


def fits(drawn, distribution, *given):
    """p-value that counts come from a discrete distribution of scipy (chi-square, rare values together)."""
    values = np.arange(int(drawn.max()) + 2)
    expected = drawn.size * distribution.pmf(values, *given)
    seen = np.bincount(drawn.astype(int), minlength=values.size)
    common = expected >= 10
    rest = drawn.size - expected[common].sum()
    square = ((seen - expected)[common] ** 2 / expected[common]).sum()
    square += (seen[~common].sum() - rest) ** 2 / max(rest, 1.0)
    return stats.chi2.sf(square, common.sum())


# Streams


def test_splitmix64_gives_its_published_numbers():
    """The reference code, seeded with 1234567 (prng.di.unimi.it/splitmix64.c), shifted to 53 bits."""
    numbers = Stream(np.array([1234567], np.uint64))
    published = (6457827717110365317, 3203168211198807973, 9817491932198370423)
    assert [numbers.uniform() for _ in published] == [(value >> 11) / 2**53 for value in published]


def test_a_key_gives_the_same_numbers_whatever_was_drawn_before():
    first, second = Dice(7), Dice(7)
    for other in ("assaults", "funding"):
        second.roll(other, 3, 1).normal()
    alone = [first.roll("flight", 12, 4).uniform() for _ in range(3)]
    after = [second.roll("flight", 12, 4).uniform() for _ in range(3)]
    assert alone == after
    assert len(set(alone)) == 1


def test_every_part_of_a_key_matters():
    keys = list(itertools.product((1, 2), "ab", (-60, 0, 1), (0, 1)))
    numbers = {Dice(seed).roll(name, day, place).uniform() for seed, name, day, place in keys}
    assert len(numbers) == len(keys)


def test_members_have_their_own_luck_whoever_else_is_asked():
    dice = Dice(3)
    everybody = dice.each("fee", 5, np.arange(100))
    assert dice.each("fee", 5, np.array([42, 7])).tolist() == everybody[[42, 7]].tolist()
    assert everybody[9] == dice.roll("fee", 5, 9).uniform()


def test_neighbouring_keys_are_uncorrelated():
    dice = Dice(1)
    numbers = np.array([dice.each("x", day, np.arange(500)) for day in range(200)])
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > ALPHA
    limit = 4.5 / np.sqrt(numbers.size)
    for one, other in ((numbers[:, 1:], numbers[:, :-1]), (numbers[1:], numbers[:-1])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < limit


# Distributions


def test_uniform_numbers_are_uniform(luck):
    numbers = np.array([luck.uniform() for _ in range(50_000)])
    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
    assert stats.kstest(numbers, "uniform").pvalue > ALPHA


def test_normal_numbers_are_normal(luck):
    assert stats.kstest([luck.normal() for _ in range(50_000)], "norm").pvalue > ALPHA


@pytest.mark.parametrize("mean", [0.02, 0.7, 4.0, 60.0, 399.0, 1000.0])
def test_poisson_counts(luck, mean):
    drawn = np.array([luck.poisson(mean) for _ in range(20_000)])
    assert fits(drawn, stats.poisson, mean) > ALPHA
    assert abs(drawn.mean() - mean) < 4.5 * np.sqrt(mean / drawn.size)


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (5, 0.5), (5, 0.9), (40, 0.02), (3000, 0.4), (200_000, 0.004), (10**6, 1e-6)]
)
def test_binomial_counts(luck, n, p):
    drawn = np.array([luck.binomial(n, p) for _ in range(20_000)])
    assert fits(drawn, stats.binom, n, p) > ALPHA


def test_overdispersed_counts_have_their_mean_and_variance(luck):
    """A gamma mixture with shape 1/2: variance is mean + 2 mean squared."""
    drawn = np.array([luck.overdispersed(3.0) for _ in range(100_000)])
    assert fits(drawn, stats.nbinom, 0.5, 0.5 / 3.5) > ALPHA
    assert drawn.var() == pytest.approx(21.0, rel=0.1)


@pytest.mark.parametrize("p", [0.9, 0.3, 0.004])
def test_skips_are_geometric(luck, p):
    drawn = np.array([skip(luck.state, failing(p)) for _ in range(20_000)])
    assert fits(drawn, stats.geom, p, -1) > ALPHA


def test_extreme_chances_neither_overflow_nor_divide(luck):
    assert luck.poisson(0.0) == luck.binomial(10, 0.0) == luck.binomial(0, 0.5) == 0
    assert luck.binomial(10, 1.0) == 10
    assert skip(luck.state, failing(1.0)) == 0.0
    for p in (1e-12, 1e-20, 1e-300, 5e-324):
        assert skip(luck.state, failing(p)) > 1e6
        assert luck.binomial(10**9, p) <= 1


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        *(("poisson", (mean,)) for mean in (NAN, INFINITE, -1.0, -1e-300, 1e300)),
        *(("binomial", (10, p)) for p in (NAN, INFINITE, -0.1, 1.0000001)),
        ("binomial", (0, NAN)),
        ("binomial", (-1, 0.5)),
        ("overdispersed", (NAN,)),
        *(("choice", (np.array(w),)) for w in ([0.0, 0.0], [1.0, NAN], [1.0, INFINITE], [1.0, -2.0], [])),
        *(("share", (5, np.array(w))) for w in ([1.0, NAN], [INFINITE, 1.0], [1.0, -2.0])),
    ],
)
def test_a_draw_from_what_is_no_number_is_refused_and_named(draw, given):
    luck = Dice(1).roll("flight", 12, 3)
    with pytest.raises(DrawError, match=r"^draw 'flight' of day 12, place 3: a (Poisson|binomial|choice|split)"):
        getattr(luck, draw)(*given)


def test_compiled_draws_refuse_as_well(luck):
    for p in (NAN, 0.0, -0.1, 1.5):
        with pytest.raises(FloatingPointError, match="bound"):
            skip(luck.state, failing(p))


def test_shares_and_choices_follow_their_weights(luck):
    weights = np.array([1.0, 0.0, 2.0, 5.0])
    chosen = np.bincount([luck.choice(weights) for _ in range(20_000)], minlength=4)
    shared = luck.share(20_000, weights)
    assert shared.sum() == 20_000
    for counts in (chosen, shared):
        assert counts[1] == 0
        assert stats.chisquare(counts[[0, 2, 3]], 20_000 * weights[[0, 2, 3]] / 8.0).pvalue > ALPHA
    assert luck.share(0, weights).sum() == 0


# Coupling: one uniform number, a larger mean


def test_the_tests_own_inverse_gives_the_wanted_number():
    for u in (0.0, 0.25, 0.7, 1.0 - 2.0**-53):
        assert Given(u).uniform() == u


def test_a_larger_mean_never_gives_a_smaller_count():
    means = np.concatenate((np.linspace(0.0, 5.0, 40), np.linspace(5.0, 900.0, 60)))
    for u in np.linspace(0.0005, 0.9995, 60):
        assert np.all(np.diff([Given(u).poisson(mean) for mean in means]) >= 0)


def test_a_larger_chance_never_gives_a_smaller_count_up_to_one_half():
    for n in (1, 7, 500):
        for u in np.linspace(0.0005, 0.9995, 60):
            assert np.all(np.diff([Given(u).binomial(n, p) for p in np.linspace(0.0, 0.5, 60)]) >= 0)


def test_a_count_is_the_inverse_of_its_distribution_function():
    for u in np.linspace(0.001, 0.999, 50):
        assert Given(u).poisson(7.5) == stats.poisson.ppf(u, 7.5)
        assert Given(u).binomial(30, 0.2) == stats.binom.ppf(u, 30, 0.2)


def test_streams_of_kernels_and_of_the_dice_are_the_same():
    dice = Dice(11)
    state = stream(dice.seed, dice.name("x"), np.uint64(5 + 2**20), np.uint64(3))
    assert Stream(state).uniform() == dice.roll("x", 5, 3).uniform()
