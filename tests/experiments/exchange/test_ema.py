"""The model of the EMA Workbench: what a study varies are its levers and uncertainties, and its runs are those of the study."""

import pickle

import pytest
from support.stand_in import MODEL, fake_parameters

from experiments.exchange.ema import StudyFunction, ema_model, prior_distribution, python_name
from experiments.run.sweep import run_sweep
from experiments.study.designs import Range
from experiments.study.study import Study
from simulation.errors import InputError
from simulation.runs.results import Results

VARIED = {"deployment.authorised": (400, 2500), "deployment.forced": (False, True)}
STUDY = Study("small-one", "Small", "?", "baseline", VARIED, replicates=2, days=5, model=MODEL)
OUTCOME = "displaced_people_end"
SAMPLED = Study(
    "sampled", "Sampled", "?", "baseline",
    {"deployment.authorised": Range(0.0, 5000.0), "funding.level": "prior", "deployment.forced": (False, True)},
    replicates=3, days=5, model=MODEL, design="latin-hypercube", samples=4,
    arms={"one": {}, "two": {"funding.source": "level"}},
)  # fmt: skip


@pytest.mark.usefixtures("fake_report")
def test_its_runs_are_those_of_the_study(tmp_path):
    runs = Results(run_sweep(STUDY, workers=1, out=tmp_path / "out")).runs()
    names = {python_name(name): name for name in VARIED}
    function = pickle.loads(pickle.dumps(StudyFunction(STUDY, names, {python_name(OUTCOME): OUTCOME})))
    assert len(runs) == 8
    for row in runs.to_dict("records"):
        # The Workbench has floats where the register has whole numbers.
        settings = {name: row[factor] * 1.0 for name, factor in names.items()}
        assert function(replicate=row["replicate"], **settings) == {OUTCOME: row[OUTCOME]}


def test_a_prior_is_drawn_as_the_register_draws_it():
    row = fake_parameters().row("funding.level")
    drawn = pickle.loads(pickle.dumps(prior_distribution(row)))
    assert drawn.ppf([0.25, 0.5]).tolist() == [row.draw(0.25), row.draw(0.5)]
    assert (drawn.ppf(0.0), drawn.ppf(1.0)) == (row.draw(0.0), row.draw(1.0))


def test_without_the_workbench_one_line_says_so(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(InputError, match=r"pip install 'katye\[exchange\]'"):
        ema_model(STUDY)


def test_the_workbench_draws_and_runs_it():
    workbench = pytest.importorskip("ema_workbench")
    model = ema_model(SAMPLED, (OUTCOME,))
    assert {lever.name for lever in model.levers} == {"arm", "deployment__forced"}
    assert {one.name: (one.lower_bound, one.upper_bound) for one in model.uncertainties} == {
        "deployment__authorised": (0, 5000), "funding__level": (pytest.approx(0.201), pytest.approx(1.199)),
    }  # fmt: skip
    with workbench.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=3, policies=2)
    assert (len(experiments), outcomes[OUTCOME].shape) == (6, (6,))
    assert set(experiments["arm"]) <= {"one", "two"}
    assert experiments["funding__level"].between(0.2, 1.2).all()
    first = experiments.iloc[0]
    function = StudyFunction(SAMPLED, model.function.names, model.function.outcomes)
    settings = {name: first[name] for name in model.function.names}
    mean = sum(function(replicate=number, **settings)[OUTCOME] for number in range(3)) / 3
    assert outcomes[OUTCOME][0] == pytest.approx(mean)


def test_what_the_workbench_cannot_have_is_refused():
    pytest.importorskip("ema_workbench")
    with pytest.raises(InputError, match="no outcome 'displaced'"):
        ema_model(STUDY, ("displaced",))
    with pytest.raises(InputError, match="a shared start, a table of points or levels from a posterior"):
        ema_model(Study("t", "T", "?", "baseline", VARIED, model=MODEL, design="table"))
