"""TOML of users: read as it is meant, or refused with file and key."""

import pytest

from simulation.errors import InputError
from simulation.files.toml import flat, read_toml


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("start = 2024-06-01T23:00:00", "mine.toml, start: '2024-06-01 23:00:00' has a time of day, and runs have whole days"),
        ("a = {b = [2024-06-01T00:00:00+05:00]}", "mine.toml, a.b: '2024-06-01 00:00:00+05:00' has a time of day"),
        ("a = 12:30:00", "mine.toml, a: '12:30:00' has a time of day"),
        ("a = 18446744073709551616", "mine.toml, a: the whole number is too large. At most 2^64 - 1"),
        ("a = -9223372036854775809", "mine.toml, a: the whole number is too large"),
        ("a = 0x" + "f" * 9000, "mine.toml, a: the whole number is too large"),
        ("a = " + "9" * 5000, "mine.toml: is no TOML: a number in it has thousands of digits"),
        ("[b]\na = [1.0, inf]", "mine.toml, b.a: 'inf' is no finite number"),
        ("a = " + "[" * 5000 + "]" * 5000, "mine.toml: tables or lists stand in one another without end"),
        ("a." * 30 + "b = 1", "tables or lists stand in one another without end"),
        ("a." * 30_000 + "b = 1", "tables or lists stand in one another without end"),
        ("[" + "'a' . " * 30_000 + "b]", "tables or lists stand in one another without end"),
        ("a = {" + "a." * 30_000 + "b = 1}", "tables or lists stand in one another without end"),
        ("a = ", "mine.toml: is no TOML: Invalid value"),
        ("a = 1\n".encode("utf-16"), "mine.toml: is no TOML: it is not UTF-8 text. Save it in UTF-8"),
        ("a = 'é'".encode("latin-1"), "mine.toml: is no TOML: it is not UTF-8 text"),
    ],
    ids=range(16),
)  # fmt: skip
def test_what_would_be_misread_is_refused(tmp_path, content, said):
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as error:
        read_toml(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_mark_of_order_at_the_beginning_is_no_part_of_the_file(tmp_path):
    (tmp_path / "mine.toml").write_bytes("a = 1".encode("utf-8-sig"))
    assert read_toml(tmp_path / "mine.toml") == ({"a": 1}, "a = 1")


def test_a_file_that_is_not_there_or_cannot_be_named(tmp_path):
    for name in ("none.toml", "x" * 5000 + ".toml", "a\x00b.toml"):
        with pytest.raises(InputError, match="cannot be read"):
            read_toml(tmp_path / name, "the study")


def test_both_spellings_are_one_and_both_at_once_are_refused():
    assert flat({"a": {"b": {"c": 1}}, "d.e": 2}, "here") == {"a.b.c": 1, "d.e": 2}
    with pytest.raises(InputError, match=r"here: a\.b is given twice"):
        flat({"a": {"b": 1}, "a.b": 2}, "here")
