"""Tables: what is read, and what is said when a cell is wrong."""

import datetime

import pytest

from simulation.errors import InputError
from simulation.files.tables import read_table

COLUMNS = {"id": "text", "people": "integer", "share": "number", "seen": "date", "held": "flag"}
HEADER = "id,people,share,seen,held,note\n"


def write(folder, *lines, header=HEADER):
    path = folder / "table.csv"
    path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_cells_come_out_as_their_kind_and_rows_count_as_in_a_spreadsheet(tmp_path):
    path = write(tmp_path, 'a,10,.5,2024-06-01,1,"one, two"', "", "b,20,1,2024-06-02,no,")
    table = read_table(path, COLUMNS, key="id")
    assert list(table.columns) == list(COLUMNS)
    assert list(table.index) == [2, 4]
    assert table.people.dtype == "int64"
    assert table.people.sum() == 30
    assert table.seen[2] == datetime.date(2024, 6, 1)
    assert table.held.tolist() == [True, False]


def test_a_byte_order_mark_of_a_spreadsheet_program_is_no_part_of_the_first_column(tmp_path):
    path = write(tmp_path, "a", header="\ufeffid\n")
    assert read_table(path, {"id": "text"}).id.tolist() == ["a"]


def test_an_empty_cell_is_none_or_nan_where_it_may_be_empty(tmp_path):
    table = read_table(write(tmp_path, "a,,,,1,"), COLUMNS, optional=("people", "share", "seen"))
    assert table.seen[2] is None
    assert table.people.isna().all()
    assert table.share.isna().all()


def test_a_month_stands_for_its_fifteenth(tmp_path):
    path = write(tmp_path, "2024-07", "2024-07-03", header="day\n")
    days = read_table(path, {"day": "date_or_month"}).day
    assert days.tolist() == [datetime.date(2024, 7, 15), datetime.date(2024, 7, 3)]


def test_a_column_may_have_a_reader_of_its_own(tmp_path):
    path = write(tmp_path, "a;b", header="homes\n")
    assert read_table(path, {"homes": lambda text: text.split(";")}).homes[2] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "row", "column", "found"),
    [
        ("b,many,1,2024-06-01,1,", 3, "people", "'many' is not a whole number"),
        ("b,1.5,1,2024-06-01,1,", 3, "people", "'1.5' is not a whole number"),
        ("b,1,x,2024-06-01,1,", 3, "share", "'x' is not a number"),
        ("b,1,nan,2024-06-01,1,", 3, "share", "'nan' is not a finite number"),
        ("b,1,1,01/06/2024,1,", 3, "seen", "'01/06/2024' is not a date"),
        ("b,1,1,2024-06-01,maybe,", 3, "held", "'maybe' is not a yes or no"),
        (",1,1,2024-06-01,1,", 3, "id", "the cell is empty"),
        ("a,1,1,2024-06-01,1,", 3, "id", "'a' stands in row 2 already"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_column_and_text(tmp_path, line, row, column, found):
    path = write(tmp_path, "a,1,1,2024-06-01,1,", line)
    with pytest.raises(InputError) as caught:
        read_table(path, COLUMNS, key="id")
    assert f"table.csv, row {row}, column '{column}'" in str(caught.value)
    assert found in str(caught.value)


def test_a_missing_file_says_what_the_folder_holds(tmp_path):
    write(tmp_path)
    with pytest.raises(InputError, match=r"tables\.csv: no such file\. The folder holds table\.csv"):
        read_table(tmp_path / "tables.csv", COLUMNS)


def test_a_missing_column_gets_the_nearest_name(tmp_path):
    path = write(tmp_path, header=HEADER.replace("people", "peopel"))
    with pytest.raises(InputError, match=r"no column 'people'\. Did you mean peopel\?"):
        read_table(path, COLUMNS)


def test_an_unquoted_comma_is_found(tmp_path):
    path = write(tmp_path, "a,1,1,2024-06-01,1,one, two")
    with pytest.raises(InputError, match=r"row 2: 7 cells where the header has 6\. .*double quotes"):
        read_table(path, COLUMNS)


def test_a_file_that_is_not_utf8_or_empty_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("id\nCité\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_table(path, {"id": "text"})
    path.write_bytes(b"")
    with pytest.raises(InputError, match="the file is empty"):
        read_table(path, {"id": "text"})
