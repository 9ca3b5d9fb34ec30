"""Parameters that are read under a condition only, so that a study or a user can be told when one of them means nothing.

`ONLY_WHEN` names the condition of each. It is looked at before a run: what a condition asks for must be possible at some time,
by the parameters, by dated events or by a plan, or else no bit of the run depends on the parameter. What is left to the course
of a run (cash that never runs out, a force that never fights) is no such condition: then the parameter could have mattered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.haiti.mechanisms.politics.support import ASSESSED, STATUS_QUO
from models.haiti.scenario.scenario import ONLY_AT_A_LEVEL

if TYPE_CHECKING:
    from models.haiti.scenario.scenario import Case


@dataclass(frozen=True)
class Possible:
    """What may be during a run of a case."""

    case: Case

    def off(self, mechanism: str) -> bool:
        """Whether a mechanism is switched off."""
        return mechanism in self.case.off

    def may(self, name: str, test: Callable[[Any], bool]) -> bool:
        """Whether a parameter may have a value that passes a test, on some day: its own, that of an event, or a drawn one."""
        case = self.case
        if case.uncertainty and name not in case.chosen and case.parameters.row(name).prior is not None:
            return True
        set_by_events = [value for event in self.events("parameters") for key, value in event.get("set") if key == name]
        return any(test(value) for value in (case.parameters.get(name), *set_by_events))

    def events(self, *kinds: str) -> list[Any]:
        """The dated events of these kinds."""
        return [event for event in self.case.events if event.what in kinds]

    def may_change(self) -> bool:
        """Whether the Council may decide on `mandate.next_option` when a mandate expires."""
        planned = any(event.get("then") == "change" for event in self.events("expiry"))
        return not self.off("mandate") and (planned or self.may("mandate.at_expiry", lambda rule: rule == "change"))

    def may_vote(self, key: str) -> bool:
        """Whether the Council may vote on an option with `key` ('probability', 'lag') left to the parameters."""
        left = [event for event in self.events("adoption") if event.get(key) < 0]
        if key == "lag":
            left = [event for event in left if event.get("begins") is None]
        return self.may_change() or (bool(left) and not self.off("mandate"))

    def option(self, *options: str) -> bool:
        """Whether one of these options of the Council may be in force."""
        if self.may("mandate.option", lambda option: option in options):
            return True
        if self.off("mandate"):
            return False
        adopted = any(event.get("option") in options for event in self.events("adoption"))
        changed = self.may_change() and self.may("mandate.next_option", lambda option: option in options)
        called = "un_logistics" in options and self.may("contingency.in_place", bool) and not self.off("political_will")
        return adopted or changed or called

    def may_leave(self) -> bool:
        """Whether a mission may go home over `mandate.drawdown_days`."""
        if self.off("mandate"):
            return False
        left = [event for event in self.events("withdrawal", "consent_withdrawn") if event.get("over") < 0]
        ends = any(event.get("then") == "end" for event in self.events("expiry"))
        at_expiry = self.may("mandate.at_expiry", lambda rule: rule == "end")
        follows = self.may_change() and self.may("mandate.next_option", lambda option: option == "none")
        adopted = any(event.get("option") == "none" for event in self.events("adoption"))
        lapses = self.may("mandate.least_consent", lambda least: least > 0) and not self.off("government")
        withdrawn = bool(self.events("consent_withdrawn"))
        return bool(left) or ends or at_expiry or follows or adopted or lapses or withdrawn


@dataclass(frozen=True)
class Condition:
    """When a parameter is read. `absent` ends "NAME means nothing ..." where it cannot be; `hint`: what makes it matter."""

    holds: Callable[[Possible], bool]
    absent: str
    hint: str


def _is(name: str, wanted: str) -> Callable[[Possible], bool]:
    return lambda now: now.may(name, lambda value: value == wanted)


def _support(now: Possible, *options: str) -> bool:
    return not now.off("support") and now.option(*options)


LEVEL = Condition(
    _is("funding.source", "level"), "while funding.source is 'pledges'", "Set funding.source to 'level' as well"
)
PLEDGES = Condition(
    lambda now: now.may("funding.source", lambda source: source == "pledges") and not now.off("political_will"),
    "where nobody appeals: funding.source is 'level', or political_will is off", "Set funding.source to 'pledges'",
)  # fmt: skip
STOP_GO = Condition(
    _is("funding.reliability", "stop_go"),
    "unless funding.reliability is 'stop_go'",
    "Set funding.reliability to 'stop_go'",
)
PLAN = Condition(
    lambda now: now.may("contingency.in_place", bool) and not now.off("political_will"),
    "without a plan (contingency.in_place)", "Set contingency.in_place to true",
)  # fmt: skip
PACKAGE = Condition(
    lambda now: _support(now, *ASSESSED), "where no option with a support package can be in force",
    "Set mandate.option to 'un_logistics', say, or let it be adopted",
)  # fmt: skip
FITNESS = Condition(
    lambda now: PACKAGE.holds(now) or now.may("equipment.logistics", lambda quality: quality != STATUS_QUO),
    f"while logistics are those of the status quo (equipment.logistics = {STATUS_QUO})", PACKAGE.hint,
)  # fmt: skip
CHANGE = Condition(
    Possible.may_change, "unless a mandate that expires may change the option", "Set mandate.at_expiry to 'change'"
)
VOTE = Condition(
    lambda now: now.may_vote("probability"), "where no vote is left to chance", "Set mandate.at_expiry to 'change'"
)
LAG = Condition(
    lambda now: now.may_vote("lag"), "where no option is adopted after a lag that is drawn", CHANGE.hint
)  # fmt: skip
LEAVING = Condition(
    Possible.may_leave, "where the mission cannot go home over this time", "Set mandate.at_expiry to 'end'"
)  # fmt: skip
FORCED = Condition(_is("deployment.forced", True), "unless deployment.forced is true", "Set deployment.forced to true")
GATED = Condition(
    _is("deployment.forced", False), "while deployment.forced is true", "Set deployment.forced to false"
)  # fmt: skip
STRIKES = Condition(
    lambda now: now.may("strike.active", bool) and not now.off("strikes"), "without strikes (strike.active)",
    "Set strike.active to true",
)  # fmt: skip
DEFENCE = Condition(
    lambda now: now.may("self_defence.active", bool) and not now.off("self_defence"),
    "without self-defence groups (self_defence.active)", "Set self_defence.active to true",
)  # fmt: skip
REMOVAL = Condition(
    lambda now: now.may("prosecution.removal", lambda rate: rate > 0) and not now.off("prosecution"),
    "while no leader is removed (prosecution.removal = 0)", "Set prosecution.removal above 0",
)  # fmt: skip
LIAISON = Condition(
    lambda now: now.may("liaison.effort", lambda effort: effort > 0) and not now.off("liaison"),
    "without an effort (liaison.effort = 0)", "Set liaison.effort above 0",
)  # fmt: skip
ELECTION = Condition(
    lambda now: now.may("election.day", lambda day: day >= 0) and not now.off("elections"),
    "without a vote (election.day = -1)", "Set election.day",
)  # fmt: skip


def _option(option: str) -> Condition:
    return Condition(
        lambda now: now.option(option),
        f"where the option '{option}' cannot be in force",
        f"Set mandate.option to '{option}'",
    )


def _quality(option: str) -> Condition:
    found = _option(option)
    return Condition(lambda now: _support(now, option), found.absent, found.hint)


def _named(group: str, names: str, condition: Condition) -> dict[str, Condition]:
    return {f"{group}.{name}": condition for name in names.split()}


ONLY_WHEN: dict[str, Condition] = {
    **dict.fromkeys(ONLY_AT_A_LEVEL, LEVEL),
    **_named("funding", "stop_go_days", STOP_GO),
    **_named("appeal", "runway days rate size goods fatigue", PLEDGES),
    **_named("contingency", "runway supply vehicles usable patience lag", PLAN),
    **{f"support.{option}": _quality(option) for option in ASSESSED},
    **_named("support", "kinetic_penalty replaced_vehicles base_budget half_life", PACKAGE),
    **_named("support", "availability_gain", FITNESS),
    **_named("mandate", "next_option next_authorised", CHANGE),
    **_named("mandate", "adoption_probability", VOTE),
    **_named("mandate", "adoption_lag adoption_lag_spread", LAG),
    **_named("mandate", "drawdown_days", LEAVING),
    **_named(
        "mandate", "ramp peak permission_peacekeeping vehicles_peacekeeping clearing_peacekeeping",
        _option("un_peacekeeping"),
    ),
    **_named("mandate", "permission_suppression", _option("suppression_force")),
    **_named("deployment", "forced_vehicles", FORCED),
    **_named("contributor", "offer_rate offer_size landing_days", GATED),
    **_named("arrears", "withdraw_hazard", GATED),
    **_named("tolerance", "hazard", GATED),
    **_named("strike", "first_day rate hits identification alarm", STRIKES),
    **_named("self_defence", "threshold caution share rise worth victims identification reprisal", DEFENCE),
    **_named("prosecution", "split coordination_loss recovery violence violence_days", REMOVAL),
    **_named("liaison", "gain identification setup cost", LIAISON),
    **_named("election", "observers observer_effect ready pulse window aftermath legitimacy", ELECTION),
}  # fmt: skip
"""By parameter, when it is read at all. What is not named here is read always."""

NEED = Condition(
    lambda now: now.may("deployment.authorised", lambda people: people > 0), "where nobody is ever authorised",
    "Set deployment.authorised above 0",
)  # fmt: skip
OF_A_NEED: dict[str, Condition] = dict.fromkeys(ONLY_AT_A_LEVEL, NEED)
"""Parameters that are a share of something, so that they come to nothing where there is none of it. A user may set them there,
as in a study of several sizes that has 0 among them, but no bit of the run depends on them."""


def idle(case: Case, names: Iterable[str]) -> list[str]:
    """Of these parameters, those that come to nothing in this case; none where rules from outside are brought along."""
    now = Possible(case)
    return [name for name in names if not case.brought and name in OF_A_NEED and not OF_A_NEED[name].holds(now)]


def unmoved(case: Case, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of these parameters, those that change nothing in this case: {name: (what is wrong, nearest right answer)}.

    None where rules from outside are brought along: what they read nobody here knows.
    """
    if case.brought:
        return {}
    now = Possible(case)
    idle = {name: ONLY_WHEN[name] for name in names if name in ONLY_WHEN and not ONLY_WHEN[name].holds(now)}
    return {name: (f"{name} means nothing {condition.absent}", condition.hint) for name, condition in idle.items()}
