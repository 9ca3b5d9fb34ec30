"""Founding a city: its gangs, its forces, its first displaced people, and the violence of the weeks before the start."""

from __future__ import annotations

import math

import numpy as np

from models.haiti.agents.contingent import Contingent
from models.haiti.agents.gang import Gang
from models.haiti.agents.unit import Unit
from models.haiti.kernels import HOST, PROVINCE, SITE
from models.haiti.parameters import default_parameters
from models.haiti.world.state import CONTESTED, GANG, GUARDS, STATE
from simulation.mechanism import live
from simulation.rosters import blocks

BURN_IN_DAYS = 60
# Displaced people of the first day who miss those counted by more than the first share are mended to within the second.
FAR, CLOSE = 0.005, 0.0025
BREAKAWAY_GROUPS = 3  # rows without members, for gangs that split


def found_gangs(model, gang_class: type[Gang] = Gang) -> list[Gang]:
    """The gangs of the starting point with their members spread over what they hold, by population."""
    start, state, city = model.start, model.state, model.city
    control = model.parameters.control
    state.label[:] = start.control_class
    levels = np.array([control.initial_state, control.initial_contested, control.initial_gang])
    state.influence[:] = levels[start.control_class]
    gangs = [
        gang_class(model, index, record.name, record.coalition, record.homes)
        for index, record in enumerate(start.gangs)
    ]
    first = len(gangs)
    gangs += [
        gang_class(model, first + number, f"Breakaway group {number + 1}", "", ()) for number in range(BREAKAWAY_GROUPS)
    ]
    weight = city.population * np.array([0.0, model.parameters.gang.contested_weight, 1.0])[start.control_class]
    held = start.holder >= 0
    weight = np.where(held, weight, 0.0)
    if model.parameters.gang.members and weight.sum() > 0:
        shares = weight / weight.sum() * model.parameters.gang.members
        members = np.floor(shares).astype(np.int64)
        missing = model.parameters.gang.members - int(members.sum())
        members[np.argsort(-(shares - members), kind="stable")[:missing]] += 1
        state.members[start.holder[held], np.flatnonzero(held)] = members[held]
        state.owner[:] = np.where(start.control_class == STATE, -1, start.holder)
    else:
        state.influence[:] = 0.0
        state.label[:] = STATE
    return gangs


def uncertain_map(model) -> None:
    """Redraw the class of softly known places, when uncertainty is on: by confidence, one class up or down."""
    start = model.start
    doubt = {"high": 0.0, "medium": 0.1, "low": 0.25}
    for place in range(model.n):
        luck = model.dice.roll("map", 0, place)
        if luck.uniform() < doubt[str(start.confidence[place])]:
            step = 1 if luck.uniform() < 0.5 else -1
            new = min(max(int(start.control_class[place]) + step, STATE), GANG)
            if start.holder[place] >= 0 or new == STATE:
                model.state.label[place] = new
                control = model.parameters.control
                levels = (control.initial_state, control.initial_contested, control.initial_gang)
                model.state.influence[place] = levels[new]
                if new == STATE:
                    model.state.owner[place] = -1


def found_forces(model) -> None:
    """Police by population outside gang rule, stations first; army at the base; the mission as published or forced."""
    rules = model.parameters.police
    number = max(1, round(rules.strength / rules.company)) if rules.strength else 0
    posts = _spread(_pull(model), number)
    for index, place in enumerate(posts):
        people = rules.strength // number + (index < rules.strength % number)
        model.forces.units["police"].append(Unit(model, "police", people, int(place)))
    army = model.parameters.force.army_strength
    for part in range(4 if army else 0):
        people = army // 4 + (part < army % 4)
        model.forces.units["army"].append(Unit(model, "army", people, model.base))


def usual_guards(model) -> np.ndarray:
    """Guards of police and army in each place on the first day, person-equivalents (n,), as many as are usually there.

    What a scenario changes about their number is left out: the published map stands for the forces that there were.
    """
    chosen, usual = model.case.chosen, default_parameters()
    rules, force = model.parameters, model.parameters.force
    strength = usual.police.strength if "police.strength" in chosen else rules.police.strength
    company = rules.police.company
    posts = np.bincount(_spread(_pull(model), max(1, round(strength / company))), minlength=model.n)
    people = posts / max(1, posts.sum()) * strength * force.quality_police * force.equipment_police
    army = usual.force.army_strength if "force.army_strength" in chosen else force.army_strength
    people[model.base] += army * force.quality_army * force.equipment_army
    return people * force.on_shift * math.fsum(model.command.home_shares[task] for task in GUARDS)


def _pull(model) -> np.ndarray:
    """How much places draw police on the first day: people outside gang rule, stations first, (n,)."""
    city, state = model.city, model.state
    free = state.label != GANG
    pull = city.population * free * np.where(state.label == CONTESTED, 1.5, 1.0) * np.where(city.has_station, 2.0, 1.0)
    return np.where(free, pull, 0.0)


def _spread(pull: np.ndarray, number: int) -> np.ndarray:
    """`number` places in proportion to `pull` (largest remainders), int64."""
    if pull.sum() <= 0 or number == 0:
        return np.zeros(number, np.int64)
    exact = pull / pull.sum() * number
    count = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - count), kind="stable")[: number - int(count.sum())]
    count[rest] += 1
    return np.repeat(np.arange(pull.size), count)


def found_mission(model) -> None:
    """Contributors with their offers, and who of them is in Haiti on the first day."""
    rules, start = model.parameters.deployment, model.start
    unnumbered = model.parameters.contributor.unnumbered
    made = [record for record in start.contributors if record.pledge_date <= start.date]  # later ones nobody knows yet
    offers = sorted(made, key=lambda record: (record.pledge_date, record.country))
    for number, record in enumerate(offers):
        offered = record.personnel if record.personnel is not None else unnumbered
        day = model.clock.day(record.pledge_date)
        model.contingents.append(Contingent(model, record.country, offered, day, number == 0, number))
    people = start.mission_strength if rules.at_start < 0 else rules.at_start
    if rules.forced:
        people = rules.authorised
        model.mission.fleet.delivered = model.mission.fleet.serviceable = round(people * rules.forced_vehicles)
    people = 0 if model.parameters.mandate.option == "none" else min(people, rules.authorised)
    model.mission.beds = float(max(people, model.mission.base_beds()))
    _seat(model.contingents, people)


def _seat(contingents: list[Contingent], people: int) -> None:
    """People who are there on the first day, by the order of offers; what offers do not cover comes from the lead."""
    for contingent in contingents:
        contingent.present_from_start(min(people, contingent.offered))
        people -= min(people, contingent.offered)
    contingents[0].arrive(people)


def displace(model) -> None:
    """Set the people already displaced on the first day: homes by time under gangs, shelter as DTM counted it."""
    start, city, households = model.start, model.city, model.population
    generator = model.generator("displaced")
    pressure = np.array([0.05, 0.5, 1.0])[start.control_class] * city.population
    wanted = np.minimum(pressure / pressure.sum() * start.displaced_total_from_ouest, 0.8 * city.population)
    rows = _leavers(households, generator.permutation(households.count).astype(np.int32), wanted)
    rows = rows[generator.permutation(rows.size)]
    place, status = _shelters(model, rows, generator)
    households.moves[rows] = 1
    households.move(rows, place, status, 0, model.state)


def _leavers(households, order: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Who of the rows leaves, int32 by home and there by their `order`: the first of a home until it misses `wanted` people.

    order: int32 (rows,), every row once. wanted: float64 (places,). What is worked out of all rows is so block by block.
    """
    before, chosen, so_far = np.empty(order.size, np.int32), np.empty(order.size, bool), np.zeros(wanted.size, np.int64)
    for part in blocks(order.size):
        rows, home, people = _by_home(households, order[part])
        sums = np.cumsum(people) - people
        first = np.minimum(np.searchsorted(home, np.arange(wanted.size)), rows.size - 1)
        sums += (so_far - sums[first])[home]
        before[rows], chosen[rows] = sums, sums + people / 2 <= wanted[home]
        np.add.at(so_far, home, people)
    missing = wanted.sum() - households.people[chosen].sum()
    if abs(missing) <= FAR * wanted.sum():
        return _by_home(households, order[chosen[order]])[0]
    rows, home, people = _by_home(households, order)
    leave = chosen[rows]
    _fit(leave, people, home, before[rows], wanted)
    return rows[leave]


def _by_home(households, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows by home, in their order there, with their homes and their people, int64."""
    rows = rows[np.argsort(households.home[rows], kind="stable")]
    return rows, households.home[rows], households.people[rows].astype(np.int64)


def _fit(chosen: np.ndarray, people: np.ndarray, home: np.ndarray, before_home: np.ndarray, wanted: np.ndarray) -> None:
    """Choose more rows or fewer, in place: rows are so large that places round away more than `FAR` of all people.

    First where a place lacks most of what it should have, or has most beyond it; then one row is exchanged for another of a
    size that makes up for what is left. Rows (rows,) stand by home, in their order there; wanted: people (places,).
    """
    limit, missing = CLOSE * wanted.sum(), wanted.sum() - people[chosen].sum()
    # How far a row lies beyond what its place wants, in its middle: the first to come in, and the last to stay.
    beyond = before_home + people / 2 - wanted[home]
    coming = missing > 0
    for row in np.argsort(beyond if coming else -beyond, kind="stable"):
        if abs(missing) <= limit:
            return
        change = people[row] if coming else -people[row]
        if chosen[row] != coming and abs(missing - change) < abs(missing):
            chosen[row], missing = coming, missing - change
    inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    gain = people[outside][None, :] - people[inside][:, None]
    if abs(missing) > limit and gain.size:
        out, into = np.unravel_index(np.abs(gain - missing).argmin(), gain.shape)
        if abs(missing - gain[out, into]) < abs(missing):
            chosen[inside[out]], chosen[outside[into]] = False, True


def _shelters(model, rows: np.ndarray, generator) -> tuple[np.ndarray, np.ndarray]:
    """Places and statuses that fill the published counts by commune and department, row after row."""
    start, city, state = model.start, model.city, model.state
    under = model.parameters.destination.under(state.label)
    columns: list[tuple[int, np.ndarray]] = []
    for commune, people in sorted(start.displaced_in_ouest.items()):
        columns.append((people, np.flatnonzero(city.communes == commune)))
    external = model.terrain.external_ids
    for name, people in sorted(start.displaced_by_department.items()):
        columns.append((people, np.array([model.n + external.index(name)])))
    total = np.cumsum(model.population.people[rows], dtype=float)
    quota = np.cumsum([people for people, _ in columns], dtype=float)
    column = np.searchsorted(quota, total / max(total[-1], 1) * quota[-1] - 0.5) if rows.size else np.empty(0, int)
    place = np.zeros(rows.size, np.int16)
    status = np.full(rows.size, PROVINCE, np.int8)
    for index, (_, places) in enumerate(columns):
        mine = np.flatnonzero(column == index)
        if not places.size:
            places = np.array([model.n + external.index("ouest_rest")])
        inside = places[0] < model.n
        weight = city.population[places] * under[places] if inside else np.ones(1)
        if not weight.any():  # a population from a file may leave a commune empty
            weight[:] = 1.0
        place[mine] = generator.choice(places, mine.size, p=weight / weight.sum())
        if inside:
            in_site = generator.random(mine.size) < model.parameters.household.in_sites
            status[mine] = np.where(in_site, SITE, HOST)
    return place, status


def live_first_day(model) -> None:
    """What is dated on the first day is in force when that day is recorded. Without such events nothing is done."""
    if not model.calendar.found_day():
        return
    model.mandate.conclude()
    model.infrastructure.close_airport()
    model.posture.publish_shortage()
    model.ceilings = model.deployment.ceilings()
    model.binding_ceiling = model.deployment.binding(model.ceilings)


def burn_in(model) -> None:
    """Live through the weeks before the start for their violence and fear only; everything else is put back.

    The day is the model's own, cut down to the rules that say `burn_in`: force against force, and what people go through.
    """
    kept = ("harm", "violence", "alarm", "dose")
    saved = {name: value for name, value in model.state.copy().items() if name not in kept}
    units = [(unit, unit.strength, unit.place, unit.goal, unit.ordered_until) for unit in model.forces.all()]
    fleet = dict(vars(model.mission.fleet))
    for day in range(-BURN_IN_DAYS + 1, 1):
        model.day = day
        model.ledger.open()
        live(rule for rule in model.mechanisms if rule.burn_in)
        model.state.restore(saved, {"influence", "label", "owner", "members"})
    model.state.restore(saved)
    for unit, strength, place, goal, until in units:
        unit.strength, unit.place, unit.goal, unit.ordered_until = strength, place, goal, until
    vars(model.mission.fleet).update(fleet)
    model.population.fear.fading[:] = 0.0  # households differ by `fear.spread` on the first day, not weeks before
    model.day = 0
    model.ledger.clear()
