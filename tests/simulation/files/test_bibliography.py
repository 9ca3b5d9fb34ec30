"""The reader of bibliographies takes one form and says of anything else what and where; references are told in full."""

import pytest

from simulation.errors import InputError
from simulation.files.bibliography import keys_in, read_bibliography

ENTRY = """% a remark

@article{lu2012,
  author = {Lu, X. and {House of Bread and Roses} and others},
  title = {Where do {People} go?},
  year = {2012},
  journal = {PNAS 109: 11576},
  doi = {10.1073/pnas.1},
}
"""


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "some.bib"
        path.write_text(text, encoding="utf-8")
        return read_bibliography(path)

    return reading


def test_an_entry_is_read_and_told_in_full(read):
    entry = read(ENTRY)["lu2012"]
    assert entry.kind == "article"
    assert entry.authors() == "Lu, X., House of Bread and Roses, et al."
    wanted = "Lu, X., House of Bread and Roses, et al. (2012). Where do {People} go? PNAS 109: 11576. https://doi.org/10.1073/pnas.1"
    assert entry.text() == wanted


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("@article{lu2012,", "@article{Lu2012,", "line 3: no entry begins so"),
        ("@article", "@painting", "line 3: 'painting' is no kind of entry"),
        ("  year = {2012},\n", "", "line 8: lu2012 has no year"),
        ("  year = {2012},", "  year = 2012,", "line 6: no field looks so"),
        ("  year = {2012},", "  year = {},", "line 6: no field looks so"),
        ("  year = {2012},", "  month = {May},", "line 6: 'month' is no field"),
        ("  year = {2012},", "  title = {Twice},", "line 6: lu2012 has two fields title"),
        ("\n}\n", "\n", "lu2012 does not end"),
        ("\n}\n", "\n}\n" + ENTRY.partition("\n\n")[2], "line 10: lu2012 is there twice"),
    ],
)
def test_what_is_not_in_the_form_is_refused_with_its_line(read, old, new, what):
    assert old in ENTRY
    with pytest.raises(InputError) as caught:
        read(ENTRY.replace(old, new, 1))
    assert what in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.bib: cannot be read"):
        read_bibliography(tmp_path / "none.bib")
    (tmp_path / "other.bib").write_bytes(b"\xff")
    with pytest.raises(InputError, match="not UTF-8"):
        read_bibliography(tmp_path / "other.bib")


def test_keys_are_found_in_a_text_once_and_in_order():
    text = "direction: osorio2015, dell2015; dtm2023r3, osorio2015, 1,663 of 13,196 in 2023 (police.csv), u2029"
    assert keys_in(text) == ["osorio2015", "dell2015", "dtm2023r3"]
