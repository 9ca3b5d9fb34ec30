"""CSV for spreadsheets: texts that would be formulas there are made harmless, numbers stay numbers."""

import io

import pandas as pd

from simulation.files.spreadsheets import csv_text, harmless


def test_texts_that_begin_a_formula_get_a_quote_before_them():
    for text in ("=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)", "-", "+1+1", "-1-2"):
        assert harmless(text) == f"'{text}"


def test_numbers_and_other_texts_stay():
    for cell in ("-5", "+0.5", "-1e-3", "-.5", "-inf", "nan", "", "a=b", "x", -5, None, 0.5, True, "1-2"):
        assert harmless(cell) is cell


def test_a_table_keeps_its_numbers_and_its_gaps():
    table = pd.DataFrame(
        {"=a": ["=1", None, "x"], "n": [-1, 2, 3], "f": [-0.5, None, 2.0], "d": pd.to_datetime(["2024-06-01"] * 3)}
    )
    table["c"] = pd.Categorical(["-x", "y", "-x"])
    text = csv_text(table)
    assert text.splitlines() == [
        "'=a,n,f,d,c",
        "'=1,-1,-0.5,2024-06-01,'-x",
        ",2,,2024-06-01,y",
        "x,3,2.0,2024-06-01,'-x",
    ]
    plain = table[["n", "f"]]
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(csv_text(plain))), plain)
