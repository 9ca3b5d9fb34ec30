"""The model's verification list: what must hold of it, number by number, and which tests say so.

`docs/verification.md` is written from it (`models/haiti/catalogue.py`); a test fails while a number has no test. Numbers
are those of the model's papers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Requirement:
    """What must hold, the tests of it ('file::function', files below tests/), and where it holds with a limit, which."""

    text: str
    tests: tuple[str, ...]
    limit: str = ""


def _all(file: str, *functions: str) -> tuple[str, ...]:
    return tuple(f"{file}::test_{function}" for function in functions)


CONTEST, ANSWERS = "models/haiti/world/test_contest.py", "models/haiti/verification/test_verification_answers.py"
LAWS, EXTREMES = (
    "models/haiti/verification/test_invariants.py",
    "models/haiti/verification/test_verification_extremes.py",
)
SYMMETRY, DIRECTIONS = (
    "models/haiti/verification/test_verification_symmetry.py",
    "models/haiti/verification/test_verification_directions.py",
)
POLICIES = "models/haiti/verification/test_verification_policies.py"
DAILY = _all(
    LAWS, "everything_is_conserved_every_day", "everything_is_conserved_through_many_events",
    "everything_is_conserved_with_every_mechanism_busy", "every_shipped_scenario_is_conserved",
)  # fmt: skip

VERIFICATION: dict[int, Requirement] = {
    1: Requirement(
        "Contest: equal efforts share evenly, nobody opposed wins, nobody at all does not, shares sum to one, do not depend "
        "on the unit, and have the right limits in the exponent",
        _all(
            CONTEST, "equal_efforts_share_evenly_at_any_exponent", "nobody_opposed_wins_and_nobody_at_all_does_not",
            "shares_sum_to_one_and_do_not_depend_on_the_unit", "exponent_limits",
        ),
        "The difference form of the contest is not built.",
    ),
    2: Requirement(
        "Under constant forces influence goes to the share of the contest, at its rate",
        _all(ANSWERS, "v02_influence_comes_geometrically_to_its_fixed_point"),
    ),
    3: Requirement(
        "Limits of identification: all of it hits no resident, none of it in a crowd hits no gang member; nobody there, no "
        "operation",
        _all(
            ANSWERS, "v03_blind_fire_into_a_crowd_hits_hardly_a_gang_member",
            "v03_without_gang_members_there_is_no_operation",
        )
        + _all(CONTEST, "perfect_identification_hits_no_resident", "blind_fire_hits_whoever_stands_there"),
    ),
    4: Requirement(
        "The share of residents among those hit in operations is the one of the closed form",
        _all(ANSWERS, "v04_collateral_share_of_operations_is_the_identity"),
        "While few of those present are hit; people cannot be hit twice.",
    ),
    5: Requirement(
        "Half of what will be paid of a pledge is out after its half-life, all of it in the end, nothing without will",
        _all(ANSWERS, "v05_half_of_what_will_be_paid_is_out_after_a_half_life")
        + _all("models/haiti/mechanisms/test_mission.py", "half_of_a_pledge_is_paid_after_its_half_life"),
    ),
    6: Requirement(
        "2,500 people for a year cost $600M to a thousandth",
        _all(ANSWERS, "v06_a_year_of_2500_people_costs_600_million")
        + _all("models/haiti/mechanisms/test_mission.py", "2500_people_cost_600_million_a_year"),
    ),
    7: Requirement(
        "Forces together: their sum at full coordination, the best of them without any",
        _all(CONTEST, "joint_strength_limits"),
    ),
    8: Requirement(
        "The score of a normal distribution at its mean is the closed form, that of a point the absolute error",
        _all(
            ANSWERS, "v08_the_score_of_a_normal_and_of_a_point",
            "v08_the_score_of_many_runs_is_that_of_their_distribution",
        ),
    ),
    9: Requirement(
        "Shelters are chosen with the chances of the nested logit, and whoever leaves arrives",
        _all(
            ANSWERS, "v09_shelters_are_chosen_as_the_softmax_says", "v09_whoever_leaves_a_place_arrives_at_another",
        )
        + _all("oracle/test_hazards.py", "destinations_have_the_exact_chances"),
        "Another kernel of destinations (radiation) is not built.",
    ),
    10: Requirement("People alive, wherever they are, and deaths are the people of the first day, every day, exactly", DAILY),
    11: Requirement(
        "Members of gangs change by recruits, deaths and exits alone; splits and moves lose nobody",
        DAILY + _all("models/haiti/mechanisms/test_politics.py", "a_split_conserves_members_and_divides_territory"),
        "Nobody is arrested in the model.",
    ),
    12: Requirement(
        "Money: opening and receipts less payments are what is there, by channel, never below zero; that of gangs too",
        DAILY + _all("models/haiti/mechanisms/test_gangs.py",
            "no_money_of_gangs_is_lost_and_a_split_moves_it_with_the_members"),
    ),
    13: Requirement(
        "Vehicles likewise; task shares sum to one; displaced people are flights less returns and their own dead, exactly",
        DAILY,
    ),
    14: Requirement(
        "Without gangs no influence, no violence, no flight, no extortion, exactly",
        _all(EXTREMES, "v14_without_gangs_nothing_is_taken_and_nobody_tries")
        + _all("models/haiti/verification/test_extremes.py", "without_gangs_nobody_is_displaced_by_violence"),
    ),
    15: Requirement(
        "Without security forces influence goes to what communities leave, nine tenths where gangs rule; no operation",
        _all(EXTREMES, "v15_without_forces_influence_is_what_communities_leave")
        + _all("models/haiti/verification/test_extremes.py",
            "without_forces_every_place_with_gang_members_ends_gang_held"),
        "In places contested on the first day it is lower (0.6 to 0.9): gangs keep few members there.",
    ),
    16: Requirement(
        "Without money and goods the mission never grows, and those there leave",
        _all(EXTREMES, "v16_without_money_nobody_comes_and_those_there_leave")
        + _all("models/haiti/verification/test_extremes.py",
            "a_mission_without_money_fills_the_first_base_at_most_and_then_leaves"),
    ),
    17: Requirement(
        "Perfect identification harms no resident; no residents, no target; closed roads trap; fire is bounded; a mission "
        "that ends is gone by its draw-down; one day of presence holds nothing",
        _all(
            EXTREMES, "v17_with_all_roads_closed_whoever_would_flee_is_trapped",
            "v17_with_open_roads_and_no_fee_nobody_is_trapped",
            "v17_nobody_attacks_or_clears_a_place_without_residents",
            "v17_fire_in_an_operation_is_bounded_however_large_the_force",
            "v17_a_mandate_that_ends_leaves_nobody_within_its_drawdown",
            "v17_a_convoy_of_eighty_for_a_day_holds_nothing",
        )
        + _all(
            "models/haiti/verification/test_extremes.py", "perfect_identification_harms_no_resident_in_operations",
            "all_roads_closed_nobody_passes",
        )
        + _all("models/haiti/mechanisms/test_mandate.py", "a_withdrawal_is_linear_and_ends_with_nobody"),
        "Where the convoy wins, gangs need weeks to rule again, not days.",
    ),
    18: Requirement(
        "One, ten or fifty households a row: the same displacement",
        _all(
            SYMMETRY, "v18_expected_flight_does_not_depend_on_the_size_of_rows",
            "v18_runs_with_large_rows_displace_as_many_people",
        )
        + _all("models/haiti/verification/test_extremes.py", "results_do_not_depend_on_the_weight_beyond_chance"),
    ),
    19: Requirement(
        "A seed is a run, bit for bit; policies under one seed meet the same luck until they differ",
        _all(SYMMETRY, "v19_arms_are_one_run_until_they_differ")
        + _all(
            "models/haiti/verification/test_determinism.py",
            "the_same_seed_gives_the_same_run", "processes_and_hash_seeds_change_no_bit",
        )
        + _all(
            "models/haiti/mechanisms/test_streams.py",
            "policies_under_one_seed_meet_the_same_streams", "no_luck_is_used_twice",
        ),
    ),
    20: Requirement(
        "Other names, so another order of neighbourhoods and gangs, give the same first day and the same distribution",
        _all(
            SYMMETRY, "v20_another_order_of_places_and_gangs_is_the_same_first_day",
            "v20_names_do_not_change_the_distribution_of_outcomes",
        ),
    ),
    21: Requirement(
        "More force, all else the same: gang control is not higher",
        _all(DIRECTIONS, "v21_more_force_does_not_raise_gang_control"),
        "Displacement and casualties are not monotone in force and not tested as if they were.",
    ),
    22: Requirement(
        "Better equipment of as many people: neither gang control nor own losses are higher",
        _all(DIRECTIONS, "v22_better_equipment_does_not_raise_control_or_own_losses"),
    ),
    23: Requirement(
        "Better identification: fewer residents hit in operations",
        _all(DIRECTIONS, "v23_better_identification_harms_fewer_residents"),
    ),
    24: Requirement(
        "Less recruitment: fewer members",
        _all(DIRECTIONS, "v24_fewer_recruits_fewer_members")
        + _all("models/haiti/verification/test_extremes.py", "more_gang_recruits_with_a_higher_rate"),
    ),
    25: Requirement(
        "More cohesion of gangs: fewer clashes between them, more places taken",
        _all(DIRECTIONS, "v25_a_firmer_pact_turns_gangs_from_one_another_to_the_city"),
        "They attack less often and win more often.",
    ),
    26: Requirement(
        "Steadier money: no fewer person-days of the mission",
        _all(
            POLICIES, "v26_steady_money_keeps_a_full_mission",
            "v26_spells_of_money_bring_people_whom_they_do_not_feed",
        ),
        "While a mission grows this holds of usable person-days only.",
    ),
    27: Requirement(
        "Guards for what is cleared: it is held for longer",
        _all(
            POLICIES, "v27_cleared_places_last_longer_with_guards",
            "v27_hold_before_clear_waits_for_guards_and_picks_small_places",
            "v27_spare_guards_of_a_place_are_counted_once",
        )
        + _all("models/haiti/mechanisms/test_services.py", "survival_of_held_places_on_made_up_spells"),
        "Holds of the same places. The rule `command.hold_before_clear` does not raise the median held days.",
    ),
    28: Requirement(
        "Withdrawal: gang control is not lower than if the mission stays",
        _all(DIRECTIONS, "v28_withdrawal_does_not_lower_gang_control"),
    ),
}  # fmt: skip
