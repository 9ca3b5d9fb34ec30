"""What is imported quickly is what would be imported anyway, and leaves the process as it was."""

from __future__ import annotations

import gc
import inspect
import sys
import threading
import time
import weakref

import pytest

from simulation import quick_import


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A module that looks at its own frame when it is imported, as Mesa does."""
    text = "import gc, inspect\nSTACK = inspect.stack()\nMODULE = inspect.getmodule(STACK[0][0])\nAT_WORK = gc.isenabled()\n"
    (tmp_path / "small_one.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield "small_one"
    sys.modules.pop("small_one", None)
    gc.unfreeze()


def test_a_module_is_imported_once_and_sees_its_own_frame(small):
    module = quick_import(small)
    assert module.MODULE is module is quick_import(small) is sys.modules[small]
    assert not module.AT_WORK
    assert module.STACK[0].code_context is None


def test_afterwards_everything_is_as_before(small):
    before = inspect.getouterframes, inspect.getmodule
    quick_import(small)
    assert (inspect.getouterframes, inspect.getmodule) == before
    assert gc.isenabled()


def test_a_module_that_cannot_be_imported_leaves_everything_as_before(tmp_path, monkeypatch):
    before = inspect.getouterframes, inspect.getmodule
    (tmp_path / "broken_one.py").write_text("raise ValueError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.disable()
    try:
        with pytest.raises(ValueError, match="broken"):
            quick_import("broken_one")
        assert not gc.isenabled()  # it was not at work before
    finally:
        gc.enable()
    assert (inspect.getouterframes, inspect.getmodule) == before


def test_two_threads_leave_everything_as_before_and_get_whole_modules(tmp_path, monkeypatch):
    before, whole = (inspect.getouterframes, inspect.getmodule), {}
    for name, seconds in (("quick_one", 0.1), ("slow_one", 0.2)):
        (tmp_path / f"{name}.py").write_text(f"import time\ntime.sleep({seconds})\nLAST = 1\n")
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    def ask(asker, name):
        whole[asker] = hasattr(quick_import(name), "LAST")

    threads = [threading.Thread(target=ask, args=given) for given in enumerate(("quick_one", "slow_one", "slow_one"))]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()
    assert whole == {0: True, 1: True, 2: True}
    assert (inspect.getouterframes, inspect.getmodule) == before


def test_a_model_made_before_another_family_is_imported_is_still_collected(small, monkeypatch):
    monkeypatch.setitem(sys.modules, "mesa", sys.modules.get("mesa", sys))  # a model has been imported before

    class Model:
        def __init__(self):
            self.itself = self

    model = Model()
    gone = weakref.ref(model)
    quick_import(small)
    del model
    gc.collect()
    assert gone() is None
