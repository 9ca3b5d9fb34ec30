"""Force size and funding: a sweep as a short script, to copy for a study of your own.

    python notebooks/sweep_force_funding.py         # the quick size, about two minutes
    python notebooks/sweep_force_funding.py --full  # every household, 730 days, 8 replicates: a quarter of an hour or more

The same study stands in experiments/studies/force-funding.toml; `katye sweep force-funding` runs that one.
"""

from __future__ import annotations

import sys

from experiments import Study, sweep
from experiments.cli.ending import tell_end
from experiments.cli.progress import watch
from simulation.errors import KatyeError

STUDY = Study(
    name="force-funding",
    title="Force size and funding",
    question="How do authorised force and funding together decide control, displacement and harm?",
    scenario="baseline",
    days=730,
    weight=1,  # every household is simulated
    replicates=8,  # run k of every cell has the same luck, so cells differ by policy only
    seed=20240601,
    asks="funding.level",  # curves are grouped by it
    sections=("force-funding",),  # heat maps, maps and the table of all cells
    vary={
        "deployment.authorised": (0, 400, 1000, 2500, 5550, 9000),
        "funding.level": (0.33, 0.67, 1.0, 1.3),
    },
    fixed={"funding.source": "level"},
    arms={
        "gated": {},  # people come only as contributors, beds and cash allow
        "forced": {"deployment.forced": True},  # all who are authorised are there at once
    },
    titles={
        "deployment.authorised": "Authorised force",
        "funding.level": "Money received, share of need",
        "arms": {
            "gated": "Deployment as funding and pledges allow",
            "forced": "Forced: everyone authorised is there",
        },
    },
    outcomes=("gang_control_population_share_end", "displaced_people_end", "residents_killed_total"),
    replay={"arm": "gated", "deployment.authorised": 2500, "funding.level": 1.0},
    quick={
        "days": 365,
        "weight": 20,
        "replicates": 2,
        "vary": {"deployment.authorised": (0, 1000, 2500, 5550), "funding.level": (0.33, 0.67, 1.0)},
    },
)


def main() -> int:
    """Run the study, say where the report is, and return the exit status."""
    try:
        with watch(STUDY.name) as progress:
            folder = sweep(STUDY, quick="--full" not in sys.argv[1:], progress=progress)
    except KatyeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return tell_end(folder)


if __name__ == "__main__":
    sys.exit(main())
