"""Compiled code of the engine that deals luck, in one file: random streams, rosters, flows along edges. It knows no country.

One file, because the compiler's cache looks at the file of a function only; what calls these functions from another file says
so (`compiled_with`), or a change here would go unnoticed and old code would run on.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compiled import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_CHUNK = 400.0  # inversion starts at P(0) = exp(-mean), which underflows for means above about 700
_ALMOST_ONE = 1.0 - 2.0**-53
_SURELY = 1.0 + 1e-9  # what logarithms and their quotient are rounded by is far less
_MOST = 1e9  # a Poisson count takes time by its mean, and for ever when that is no number


@compiled
def _mix(z):
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@compiled
def _day_key(seed, mechanism, day):
    """What all streams of a mechanism and day have in common."""
    key = _mix(np.uint64(seed) + _GOLDEN)
    key = _mix((key ^ np.uint64(mechanism)) + _GOLDEN)
    return _mix((key ^ np.uint64(day)) + _GOLDEN)


@compiled
def _place_key(key, place):
    """State of the stream of one place; a number, where no draw outside has to change it."""
    return _mix((key ^ np.uint64(place)) + _GOLDEN)


@compiled
def _number(state):
    """The number in [0, 1) that stands for a state of a stream."""
    return (_mix(state) >> _S11) * (1.0 / 9007199254740992.0)


@compiled
def stream(seed, mechanism, day, place):
    """State of the stream for this key: a uint64 array of shape (1,), changed by every draw."""
    state = np.empty(1, np.uint64)
    state[0] = _place_key(_day_key(seed, mechanism, day), place)
    return state


@compiled
def uniform(state):
    """One number in [0, 1) with 53 random bits."""
    state[0] += _GOLDEN
    return _number(state[0])


@compiled
def normal(state):
    """One standard normal number (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(state)))
    return radius * math.cos(2.0 * math.pi * uniform(state))


@compiled
def poisson(state, mean):
    """A Poisson count with this mean, 0 to 1e9; FloatingPointError for any other."""
    if not 0.0 <= mean <= _MOST:
        raise FloatingPointError("a Poisson count with a mean that is not from 0 to 1e9")
    count = 0
    while mean > 0.0:
        part = min(mean, _CHUNK)
        mean -= part
        u = uniform(state)
        k, term = 0, math.exp(-part)
        total = term
        while u >= total and term > 1e-300:
            k += 1
            term *= part / k
            total += term
        count += k
    return count


@compiled
def binomial(state, n, p):
    """A binomial count: how many of `n` independent trials succeed with probability `p` each.

    FloatingPointError for trials below 0 and for what is no probability.
    """
    if n < 0 or not 0.0 <= p <= 1.0:
        raise FloatingPointError("a binomial count with trials below 0 or a probability that is not from 0 to 1")
    if n == 0 or p == 0.0:
        return 0
    if p == 1.0:
        return n
    if p > 0.5:
        return n - binomial_low(state, n, 1.0 - p, True)
    return binomial_low(state, n, p, False)


@compiled
def binomial_low(state, n, p, mirrored):
    """`binomial` for 0 < p <= 1/2, in blocks small enough for P(0) not to underflow.

    mirrored: use 1 - u for u, so that counting failures instead of successes keeps luck in its place.
    """
    block = n if n * p <= _CHUNK else int(_CHUNK / p)  # the quotient overflows an integer when p is tiny
    ratio = p / (1.0 - p)
    count = 0
    while n > 0:
        m = min(n, block)
        n -= m
        u = uniform(state)
        if mirrored:
            u = _ALMOST_ONE - u
        k, term = 0, math.exp(m * math.log1p(-p))
        total = term
        while u >= total and k < m:
            term *= ratio * (m - k) / (k + 1.0)
            k += 1
            total += term
        count += k
    return count


@compiled
def choose(state, weights):
    """An index with probability proportional to its weight; the last one with any weight if rounding leaves none.

    FloatingPointError if no weight is above 0, or one is not a number.
    """
    total = weights.sum()
    if not 0.0 < total < np.inf:
        raise FloatingPointError("a choice among weights whose sum is not a number above 0")
    goal, last = uniform(state) * total, 0
    for k in range(weights.size):
        if weights[k] > 0.0:
            goal -= weights[k]
            last = k
            if goal < 0.0:
                break
    return last


@compiled
def share(state, total, weights):
    """A multinomial split of `total` over weights, int64; all to the last one if no weight is above 0."""
    counts = np.zeros(weights.size, np.int64)
    rest = weights.sum()
    if not 0.0 <= rest < np.inf:
        raise FloatingPointError("a split by weights whose sum is not a number of 0 or more")
    for k in range(weights.size):
        if total <= 0 or rest <= 0.0:
            break
        counts[k] = binomial(state, total, min(1.0, weights[k] / rest))
        total -= counts[k]
        rest -= weights[k]
    counts[-1] += max(total, 0)
    return counts


@compiled
def failing(p):
    """The logarithm of the chance to fail, 1 - p, for `skip`; FloatingPointError unless p is above 0 and at most 1."""
    if not 0.0 < p <= 1.0:
        raise FloatingPointError("a chance whose bound is not from 0 to 1")
    return -np.inf if p == 1.0 else math.log1p(-p)


@compiled
def skip(state, failure):
    """How many trials fail before the next success, as a float (it may exceed any integer when success is rare)."""
    # not math.floor: compiled, it gives an int64, which overflows for chances below about 1e-18
    return 0.0 if failure == -np.inf else np.floor(math.log(1.0 - uniform(state)) / failure)


@compiled
def _misses(state, p, members):
    """Whether the next `skip` surely passes all members: most do, and it is seen without a logarithm. Nothing is drawn.

    For a skip is log(1 - u) / log(1 - p), with -log(1 - u) >= u and -log(1 - p) <= p / (1 - p).
    """
    return 0.0 < p < 1.0 and _number(state[0] + _GOLDEN) * (1.0 - p) > _SURELY * p * members


@compiled
def each(seed, mechanism, day, members):
    numbers, today = np.empty(members.size), _day_key(seed, mechanism, day)
    for k in range(members.size):
        numbers[k] = _number(_place_key(today, members[k]) + _GOLDEN)
    return numbers


@compiled
def fill_groups(group, starts, fill, slots, position):
    for member in range(group.size):
        g = group[member]
        if g >= 0:
            slot = starts[g] + fill[g]
            fill[g] += 1
            slots[slot] = member
            position[member] = slot


@compiled
def move_members(members, targets, first, group, starts, counts, capacity, slots, position):
    """Swap-remove each member from its group and append it to its target (-1: to none), from entry `first` on.

    Returns the entry whose target has no room left, or the number of entries when all have moved.
    """
    for k in range(first, members.size):
        member, target, old = members[k], targets[k], group[members[k]]
        if old == target:
            continue
        if target >= 0 and counts[target] == capacity[target]:
            return k
        if old >= 0:
            counts[old] -= 1
            last = slots[starts[old] + counts[old]]
            slots[position[member]] = last
            position[last] = position[member]
        if target >= 0:
            slot = starts[target] + counts[target]
            counts[target] += 1
            slots[slot] = member
            position[member] = slot
        group[member] = target
    return members.size


@compiled
def read_field(field, fading, deviation, mark, members, place, group):
    """Today's own value of each member: the field of its place and group, and what is left of its deviation."""
    values = np.empty(members.size)
    for k in range(members.size):
        i, g, m = place[k], group[k], members[k]
        values[k] = field[i, g] + deviation[m] * math.exp(fading[i, g] - mark[m])
    return values


@compiled
def write_field(field, fading, deviation, mark, members, place, group, values):
    """Set the own value of each member by its deviation from the field."""
    for k in range(members.size):
        i, g, m = place[k], group[k], members[k]
        deviation[m] = values[k] - field[i, g]
        mark[m] = fading[i, g]


@compiled
def hit_candidates(seed, mechanism, day, bounds, starts, counts, slots):
    """Candidates of every group at its bound: member, group, and a uniform number for the acceptance test."""
    capacity = 1024
    members = np.empty(capacity, np.int32)
    groups = np.empty(capacity, np.int32)
    uniforms = np.empty(capacity, np.float64)
    found, today, state = 0, _day_key(seed, mechanism, day), np.empty(1, np.uint64)
    for g in range(bounds.size):
        if bounds[g] == 0.0 or counts[g] == 0:
            continue
        state[0] = _place_key(today, g)
        if _misses(state, bounds[g], counts[g]):
            continue
        failure = failing(bounds[g])  # once a group: it costs as much as all the rest
        at = skip(state, failure)
        while at < counts[g]:
            if found == capacity:
                capacity *= 2
                fewer = members, groups, uniforms
                members, groups = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
                uniforms = np.empty(capacity, np.float64)
                for k in range(found):  # NumPy's `append` takes half a second to compile
                    members[k], groups[k], uniforms[k] = fewer[0][k], fewer[1][k], fewer[2][k]
            members[found] = starts[g] + int(at)
            groups[found] = g
            uniforms[found] = uniform(state)
            found += 1
            at += 1.0 + skip(state, failure)
    for k in range(found):  # on its own: a processor fetches many members at once where little is done with each
        members[k] = slots[members[k]]
    return members[:found], groups[:found], uniforms[:found]


@compiled
def sum_neighbours(starts, neighbours, weights, values):
    """Weighted sum of each row of `values` over the neighbours of every place: float64, the shape of `values`, (rows, n)."""
    sums = np.empty(values.shape)
    for row in range(values.shape[0]):
        for i in range(starts.size - 1):
            total = 0.0
            for k in range(starts[i], starts[i + 1]):
                total += weights[k] * values[row, neighbours[k]]
            sums[row, i] = total
    return sums


@compiled
def flow_along_edges(members, want, allowed, starts, neighbours, rate, seed, mechanism, day):
    """Members of each group (row) move between neighbouring places from surplus to shortage, in place.

    members: int64 (groups, n). want: float64 (groups, n), the share of each place in what its group wants (any scale).
    allowed: bool (groups, n), where members may go. The neighbours of place i are `neighbours[starts[i]:starts[i + 1]]`.
    rate: expected part of the difference in surplus that moves along one edge in a day. Whole people, never more than there
    are; no one is created or lost.
    """
    groups, n = members.shape
    surplus = np.empty(n)
    for g in range(groups):
        total = members[g].sum()
        wanted = want[g].sum()
        if not (0.0 <= wanted < np.inf and rate >= 0.0):
            raise FloatingPointError("a flow by wants or at a rate that is not a number of 0 or more")
        if total == 0 or wanted == 0.0:
            continue
        for i in range(n):
            surplus[i] = members[g, i] - want[g, i] * total / wanted
        state = stream(seed, mechanism, day, np.uint64(g))
        for source in range(n):
            for edge in range(starts[source], starts[source + 1]):
                if members[g, source] == 0:  # as in most places
                    break
                target = neighbours[edge]
                mean = rate * (surplus[source] - surplus[target])
                if allowed[g, target] and mean > 0.0:
                    moved = min(poisson(state, mean), members[g, source])
                    members[g, source] -= moved
                    members[g, target] += moved


@compiled
def pick_people(state, number, starts, counts, slots, people, largest):
    """Rows of `number` people picked from some groups of a roster, every person alive as likely as another, int32.

    starts, counts: of the groups. people: people of every row, taken down in place by those picked; `largest` is at
    least the greatest of them. Stops early when nobody is left.
    """
    picked = np.empty(number, np.int32)
    rows = counts.sum()
    alive = 0
    for g in range(starts.size):
        for k in range(starts[g], starts[g] + counts[g]):
            if alive >= number:  # enough, as nearly always: nobody need be counted further
                break
            alive += people[slots[k]]
    number = min(number, alive)
    found = 0
    while found < number:
        at = int(uniform(state) * rows)
        g = 0
        while at >= counts[g]:
            at -= counts[g]
            g += 1
        row = slots[starts[g] + at]
        if uniform(state) * largest < people[row]:
            people[row] -= 1
            picked[found] = row
            found += 1
    return picked[:found]
