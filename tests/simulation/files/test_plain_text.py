"""Letters that steer a terminal or turn the direction of writing are shown as codes; messages stay one line of some length."""

import pickle

import pytest

from simulation.errors import InputError, KatyeError, named_in, unknown_name
from simulation.files.plain_text import plain_text, shortened


def test_letters_that_steer_become_codes():
    assert plain_text("a\x1b[31mb\x9b2Jc\x00") == r"a\x1b[31mb\x9b2Jc\x00"
    assert plain_text("a\u202eb\u2066c\ufeff\ud800") == r"a\u202eb\u2066c\ufeff\ud800"
    assert plain_text("a\nb\tc\r\u2028d") == "a b c  d"
    assert plain_text("Cité Soleil – 日本 👩\u200d🌾 می\u200cخواهم") == "Cité Soleil – 日本 👩\u200d🌾 می\u200cخواهم"


def test_messages_are_one_short_line():
    error = InputError(f"'{'x' * 100_000}' is no number", "file \x1b[2J", "a\nb")
    assert str(error).startswith(r"file \x1b[2J: 'xxx")
    assert str(error).endswith("xxx' is no number. a b")
    assert len(str(error)) < 500
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(KatyeError("a\u202eb")) == r"a\u202eb"
    assert len(str(unknown_name("key", "x" * 9999, ["y" * 9999]))) < 1000
    assert shortened("abc", 3) == "abc"


def test_a_place_is_said_before_the_own_one():
    with pytest.raises(InputError, match=r"^the file, row 3: no number\. Say 5$"), named_in("the file"):
        raise InputError("no number", "row 3", "Say 5")
