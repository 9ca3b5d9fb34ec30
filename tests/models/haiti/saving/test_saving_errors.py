"""A file that does not fit says why: damaged, forged, of another model, map, class or version."""

import dataclasses

import pandas as pd
import pytest
from support.forgery.forging import forge_file
from support.same_run import assert_same_run, reloaded

from models.haiti.agents.gang import Gang
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.serialise import checkpoint


class Own(Gang):
    """Gangs of somebody else."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "run.katye"
    HaitiModel(load_case(weight=1000, overrides={"gang.arms": 0.5}), run_seed=1).run(2).save(path)
    return path.read_bytes()


def test_a_file_says_what_it_is(saved, tmp_path):
    (tmp_path / "run").write_bytes(saved)
    _, header, made_by = checkpoint.read(tmp_path / "run")
    assert (header["scenario"], header["run_seed"], header["day"]) == ("baseline", 1, 2)
    assert header["parameters"]["gang.arms"] == 0.5
    assert len(header["parameters"]) == len(list(load_case().parameters))
    assert {"mesa", "numpy", "python"} <= set(made_by)


def gone(header, _):
    header["parameters"]["gang.courage"] = 1.0


def new(header, _):
    del header["parameters"]["gang.arms"]


def older_rules(header, _):
    header["parts"]["mechanism"].remove("exposure")


def older_metrics(header, _):
    header["parts"]["metric"].append("happiness")


def illegal(header, _):
    header["parameters"]["gang.arms"] = 7.0


def foreign_class(_, records):
    next(record for record in records if record[:2] == ["object", "Fleet"])[1] = "Popen"


def lost_attribute(_, records):
    next(record for record in records if record[:2] == ["object", "CityState"])[2].pop("dose")


def smuggled(_, records):
    next(record for record in records if record[:2] == ["object", "Operations"])[2]["_worth"] = 5


def no_header(header, _):
    header.clear()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            gone,
            r"parameter 'gang\.courage' of this run no longer exists. It was made by Katye .*; run the simulation again",
        ),
        (new, r"knows no parameter 'gang\.arms'"),
        (older_rules, "knows no mechanism 'exposure'"),
        (older_metrics, "metric 'happiness' of this run no longer exists"),
        (illegal, r"forged\.katye: 7.0 is outside the range of gang\.arms"),
        (foreign_class, "'Popen' is no class of the model"),
        (lost_attribute, r"it holds no CityState\.dose"),
        (smuggled, r"Operations\._worth, which is never kept"),
        (no_header, "cannot be put together again"),
    ],
)
def test_files_that_do_not_fit_say_why(saved, tmp_path, change, words):
    with pytest.raises(InputError, match=words):
        HaitiModel.load(forge_file(saved, tmp_path, change))


def test_a_forged_file_without_changes_is_fine(saved, tmp_path):
    assert HaitiModel.load(forge_file(saved, tmp_path, lambda header, records: None)).day == 2


def test_a_run_belongs_to_its_city(saved, tmp_path):
    path = tmp_path / "run"
    path.write_bytes(saved)
    model = HaitiModel.load(path)
    population = model.city.population.copy()
    population[3] += 1
    city = dataclasses.replace(model.city, population=population)
    with pytest.raises(InputError, match=r"another map. Give the one it was made with as city="):
        HaitiModel.load(path, city=city)
    start = dataclasses.replace(model.start, mission_strength=401)
    with pytest.raises(InputError, match="another situation"):
        HaitiModel.load(path, start=start)
    elsewhere = HaitiModel(load_case(weight=1000), city=city, start=start, run_seed=1).run(2)
    again = reloaded(elsewhere, tmp_path, city=city, start=start)
    assert_same_run(elsewhere.run(3), again.run(3))


def test_tables_can_be_dropped_but_not_made_up(saved, tmp_path):
    path = tmp_path / "run"
    path.write_bytes(saved)
    for table in ("neighbourhoods", "events"):
        with pytest.raises(InputError, match=f"has not recorded {table}"):
            HaitiModel.load(path, **{table: True})
    full = HaitiModel(load_case(weight=1000), neighbourhoods=True, events=True, run_seed=1).run(8)
    bare = reloaded(full, tmp_path, neighbourhoods=False, events=False).run(2)
    assert bare.recorder.neighbourhoods().empty
    assert bare.events().empty
    assert len(reloaded(full, tmp_path, neighbourhoods=True, events=True).events())
    pd.testing.assert_frame_equal(bare.recorder.daily(), full.run(2).recorder.daily(), check_exact=True)


def test_classes_of_one_name_and_gangs_of_many_classes_are_refused(tmp_path):
    class Fleet(Gang):
        """A name that the model has already."""

    with pytest.raises(InputError, match="cannot be called Fleet"):
        HaitiModel(load_case(weight=1000), gang_class=Fleet, run_seed=1).save(tmp_path / "run")
    model = HaitiModel(load_case(weight=1000), gang_class=Own, run_seed=1)
    model.gangs[0].__class__ = Fleet
    with pytest.raises(InputError, match="several classes"):
        model.save(tmp_path / "run")
