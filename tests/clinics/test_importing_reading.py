"""Files that are broken, or not what they are said to be."""

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinics.importing import cells
from clinics.importing.layout import LONGEST_LINE, Layout
from clinics.importing.reading import Mapping, Row, UnreadableFileError, read_rows

LIST = Mapping(
    name="list",
    title="the list",
    credit="Its publisher",
    columns=("id", "name"),
    identifier=lambda row: row.cells["id"],
    fields=lambda row: {},
)


def read(tmp_path, data: bytes, mapping=LIST) -> list[Row]:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    return list(read_rows(path, mapping))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column id, name"),
        (b"\n\n", "no column id, name"),
        (b"id;name\n1;a\n", "does not look like the list"),
        (b"id,name,id\n1,a,1\n", "names a column twice: id"),
        ("id,name\n1,a\n".encode("utf-16"), "UTF-16"),
        (b'id,name\n1,a\n2,"b\n3,c\n', "cannot be read after row 2: unexpected end of data"),
        (b'id,name\n1,"a"b\n', "cannot be read after row 1"),
        (
            b'id,name\n1,a\n2,"' + b"x\n" * 100_000,
            "cannot be read after row 2: field larger than field limit",
        ),
        (b"id,name\n1," + b"x" * LONGEST_LINE, "longer than 1,000,000 characters"),
        (b"PK\x03\x04\x14\0\x06\0", "no column"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(tmp_path, data, said):
    with pytest.raises(UnreadableFileError, match=said):
        read(tmp_path, data)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"1", "row 3: it has 1 cells, and the heading has 2 (row refused)"),
        (b"1,a,b", "row 3: it has 3 cells, and the heading has 2 (row refused)"),
        (b"1,a\0b", "row 3, name: it holds a NUL character (row refused)"),
        (
            b"1,caf\xe9",
            "row 3, name: it holds bytes that are not text in the encoding of this list (row refused)",
        ),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_by_number(tmp_path, row, said):
    first, second, third = read(tmp_path, b"id,name\n0,z\n" + row + b"\n2,y\n")
    assert [str(problem) for problem in second.problems] == [said]
    assert (second.is_refused, first.is_refused, third.is_refused) == (True, False, False)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfid,name\r\n1,caf\xc3\xa9\r\n",
        b'id,name\r1,"caf\xc3\xa9"',
    ],
)
def test_a_byte_order_mark_and_line_ends_of_any_kind_are_read(tmp_path, data):
    assert [row.cells for row in read(tmp_path, data)] == [{"id": "1", "name": "café"}]


def test_a_list_that_was_saved_again_in_utf_8_is_read(tmp_path):
    mapping = replace(LIST, layout=Layout(encoding="windows-1252"))
    assert read(tmp_path, b"id,name\n1,caf\xe9\n", mapping)[0].cells["name"] == "café"
    assert read(tmp_path, b"\xef\xbb\xbfid,name\n1,caf\xc3\xa9\n", mapping)[0].cells["name"] == "café"


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    rows = read(tmp_path, b'id,name\n1,"two\nlines"\n\n , \n2,b\n')
    assert [(row.number, row.cells["id"]) for row in rows] == [(2, "1"), (5, "2")]


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("w") as file:
        file.write("id,name\n")
        file.writelines(f"{number},{'x' * 100}\n" for number in range(50_000))
    tracemalloc.start()
    assert sum(1 for _ in read_rows(path, LIST)) == 50_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(b"id,name\n" + data)
    try:
        for row in read_rows(path, LIST):
            assert row.is_refused or set(row.cells) == {"id", "name"}
    except UnreadableFileError:
        pass


# --- Cells -----------------------------------------------------------------------------------------------------------


def cell(text: str) -> Row:
    return Row(2, {"cell": text})


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("860-555-0102 x303", "US", "+1 860-555-0102 ext. 303"),
        ("(0113) 496 0101", "GB", "+44 113 496 0101"),
        ("+44 (0)113 496 0101", "GB", "+44 113 496 0101"),
        ("02079460104 (ext. 5)", "GB", "+44 20 7946 0104 ext. 5"),
        (" 0113\xa0496  0101 ", "GB", "+44 113 496 0101"),
        ("", "GB", ""),
        ("12", "GB", ""),
        ("call us", "US", ""),
        ("9" * 500, "US", ""),
        ("0113 496 0101 ext. 12345678901234567890", "GB", ""),
    ],
)
def test_phone(text, country, phone):
    row = cell(text)
    assert cells.phone(row, "cell", country=country) == phone
    assert bool(row.problems) == (bool(text) and not phone)


@pytest.mark.parametrize(
    ("text", "website"),
    [
        ("www.heron.example", "http://www.heron.example"),
        ("heron.example:8080/a", "http://heron.example:8080/a"),
        ("HTTPS://Heron.Example/A", "https://heron.example/A"),
        ("http://", ""),
        ("", ""),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt://heron.example/%0aalert(1)", None),
        ("data:text/html,x", None),
        ("http://www.heron.example\\path", None),
        ("http://[heron", None),
        ("http://heron.example/" + "a" * 200, None),
        ("heron", None),
        ("\x00http://heron.example", None),
        ("http://a b.example", None),
    ],
)
def test_website(text, website):
    row = cell(text)
    assert cells.website(row, "cell") == (website or "")
    assert bool(row.problems) == (website is None)


@pytest.mark.parametrize(
    ("latitude", "longitude", "fine"),
    [
        ("53.8", "-8.1910513341426849E-2", True),
        (" 90 ", "180", True),
        ("", "", True),
        ("53.8", "", False),
        ("nan", "1", False),
        ("inf", "1", False),
        ("1e400", "1", False),
        ("91", "1", False),
        ("1", "-180.1", False),
        ("0", "0.0", False),
        ("53,8", "1", False),
        ("٥٣", "1", False),
    ],
)
def test_position(latitude, longitude, fine):
    row = Row(2, {"latitude": latitude, "longitude": longitude})
    position = cells.position(row, "latitude", "longitude", precision="street")
    assert bool(row.problems) != fine
    assert bool(position) == (fine and bool(latitude))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Two \t words\n", "Two words"),
        ("a\u200bb\u202e", "ab"),
        ("x" * 30, "x" * 20),
        ("-5 degrees", "-5 degrees"),
    ],
)
def test_words(text, words):
    assert cells.words(cell(text), "cell", limit=20) == words


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "@x", "-cmd|x", "<script>", "</p>", "< img src=x>"])
def test_words_that_could_harm_elsewhere_are_noted(text):
    row = cell(text)
    assert cells.words(row, "cell", limit=200) == text
    assert len(row.problems) == 1


@pytest.mark.parametrize(
    ("text", "capitalised"),
    [
        ("28 oki dr nw", "28 Oki Dr NW"),
        ("7e rue", "7e Rue"),
        ("qu'appelle street", "Qu'appelle Street"),
        ("sainte-élisabeth", "Sainte-Élisabeth"),
        ("McGill Avenue", "McGill Avenue"),
        ("", ""),
    ],
)
def test_capitalised(text, capitalised):
    assert cells.capitalised(text) == capitalised
