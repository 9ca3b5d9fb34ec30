"""What every page about this model must say of it, in words for readers who know neither models nor Haiti."""

ABOUT = (
    "Katye is a computer model of Port-au-Prince in which households, gangs, the police, the army and an international "
    "mission act neighbourhood by neighbourhood, day by day."
)
CAVEATS: tuple[tuple[str, str], ...] = (
    (
        "No forecast.",
        "Defaults come from published figures, from analogy or from judgement. Draws of the posterior were fitted to 36 "
        "figures, and such a fit foresaw the months after it worse than naive forecasts on most series "
        "(docs/validation.md): read directions and orders of magnitude, not single numbers.",
    ),
    (
        "Harm is undercounted.",
        "Sexual violence and torture, both widespread, are not simulated; nor are hunger and health beyond displacement. An "
        "absence of them here is not an absence of them in the city.",
    ),
    (
        "Children.",
        "A third to a half of gang members are estimated to be minors. Deaths of gang members include children, and no "
        "outcome rewards them.",
    ),
    (
        "The starting map is partly assumption.",
        "For 27 % of the residents of the capital the class rests on a gang's named home and for 18 % on a dated event; for "
        "the others it is inferred from neighbouring places (33 %) or assumed (21 %). The published band of 80–85 % was an "
        "input: reaching it at the start is no evidence that the model is right.",
    ),
    (
        "Capital and country.",
        "The model covers the metropolitan area. Published national figures include people displaced elsewhere, and are not "
        "comparable without that correction.",
    ),
    (
        "No real unit, person or target.",
        "Agents stand for kinds of actors. Nothing here describes the position or the intention of a real unit, person or "
        "group, and nothing is fit for planning an operation.",
    ),
)
"""A few words, and the sentence behind them."""

NOTES = (
    "Deaths in gangs are deaths of people, a third to a half of them minors: more or fewer of them is never success.",
)
"""Sentences under every table of differences."""

FIRST_ASSUMPTIONS = (
    "flight.half_dose",
    "gang.terror",
    "hold.requirement",
    "force.quality_police",
    "control.community",
    "gang.raid_rate",
    "exposure.decay",
    "gang.act_rate",
    "gang.arms",
    "displaced.return_rate",
    "force.quality_mission",
    "gang.cohesion",
    "command.tempo",
    "flight.predation_outflow",
    "deployment.cost_per_bed",
    "contributor.follow_through",
    "recruitment.rate",
    "gang.members",
    "control.rate",
    "clearing.fire_state",
)
"""Parameters that moved displacement, deaths, control or deployment most in the study `screening`, the heaviest first."""
FIRST_CHOICES = (
    "deployment.authorised",
    "funding.source",
    "funding.level",
    "mandate.option",
    "command.hold_before_clear",
    "arms.interdiction",
    "patronage.sanctions",
    "livelihoods.coverage",
)
"""What a room asks for first: people, money, mandate, tactics, weapons, those who pay gangs, work for young people."""
SOURCES = (
    "Boundaries: CNIGS, IHSI, UNFPA and OCHA (CC BY-IGO), place names from GeoNames (CC BY 4.0), coast and roads © "
    "OpenStreetMap contributors. Borders do not imply endorsement by the United Nations. Displacement: IOM DTM."
)
BESIDE = (
    "Control is shown beside displacement and deaths, never alone: an area can be quiet because a gang holds it "
    "unchallenged, or because the people who lived there have left."
)
