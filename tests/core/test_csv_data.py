"""The user's own tables: every cell arrives, or the line and the column that are to blame are named."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from landscape.errors import LandscapeError
from landscape.network import csv_rows
from landscape.network.csv_data import CsvError, read_csv, read_inputs
from landscape.network.datasets import Dataset, split

PLAIN = "x,y,kind\n1,2,a\n3,4.5,b\n-5e-1,6,a\n"


@pytest.fixture
def read(tmp_path):
    def reading(content, label=None, header=None):
        file = tmp_path / "table.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(file, label, header)

    return reading


@pytest.fixture
def refused(read):
    """The error for a file: (line, column, sentence)."""

    def reading(content, label=None, header=None):
        with pytest.raises(CsvError) as caught:
            read(content, label, header)
        sentence = str(caught.value)
        assert len(sentence) < 600
        assert sentence.isprintable()
        assert sentence.endswith((".", "?"))
        assert sentence.startswith("table.csv")
        return caught.value.row, caught.value.column, sentence

    return reading


def test_plain_table(read):
    data = read(PLAIN)
    assert data.inputs.tolist() == [[1, 2], [3, 4.5], [-0.5, 6]]
    assert data.labels.tolist() == [0, 1, 0]
    assert data.feature_names == ("x", "y")
    assert data.class_names == ("a", "b")
    assert data.own_units
    assert data.title == "table"
    assert "Line 1 holds the names of the columns." in data.remarks
    assert "The classes are in the last column, “kind”." in data.remarks
    assert split(data).training_labels.size == 2


@pytest.mark.parametrize(
    "content",
    [PLAIN.replace("\n", "\r\n"), PLAIN.replace("\n", "\r"), PLAIN.strip(), PLAIN + "\n\n \n",
     "\ufeff" + PLAIN,
     PLAIN.encode("utf-16"), PLAIN.encode("utf-16-be").join([b"\xfe\xff", b""]), PLAIN.replace(",", ";"),
     PLAIN.replace(",", "\t"), PLAIN.replace(",", "|"), PLAIN.replace(",", " , "), PLAIN.replace(",", ", "),
     PLAIN.replace(",", ";").replace(".", ","), '"x","y","kind"\n"1","2","a"\n"3","4.5","b"\n"-.5","6","a"\n',
     "# by hand\n#, more, of it, and\n" + PLAIN, "\n\n" + PLAIN, "sep=;\n" + PLAIN.replace(",", ";"),
     PLAIN.replace("\n", ",\n"), PLAIN.replace("-", "−"), PLAIN.replace("kind\n", "kind\n\n\n")],
)  # fmt: skip
def test_the_same_table_in_other_clothes(content, read):
    data = read(content)
    assert data.inputs.tolist() == [[1, 2], [3, 4.5], [-0.5, 6]]
    assert data.feature_names == ("x", "y")
    assert data.class_names == ("a", "b")
    assert data.labels.tolist() == [0, 1, 0]


def test_what_is_left_out_or_decided_is_said(read):
    remarks = " ".join(read("# one\n# two\nx;y;k;\n1,5;2;a;\n\n3;4;b;\n;;;\n5;6;a;\n\n").remarks)
    for words in ("2 comment lines at the top", "2 blank lines left out (the first is line 5)",
                  "decimal commas", "divided by semicolons", "empty last column is left out",
                  "Line 3 holds the names", "last column, “k”", "“b” has a single example"):  # fmt: skip
        assert words in remarks
    assert read(PLAIN, header=True, label="kind").remarks[0].startswith("Class “b” has a single")


def test_letters_beyond_ascii_arrive(read):
    text = "größe,y,κλάση\n1,2,Ä\n3,4,😀\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        data = read(text.encode(encoding))
        assert data.feature_names == ("größe", "y")
        assert data.class_names == ("Ä", "😀")
    data = read("größe,y,k\n1,2,Ä\n3,4,b\n".encode("cp1252"))
    assert data.feature_names[0] == "größe"
    assert "not in UTF-8 (see line 1)" in data.remarks[0]
    half = "größe,y,k\n1,2,Ä\n".encode("utf-16")[:-1]
    with pytest.raises(CsvError, match="UTF-16"):
        read(half)


@pytest.mark.parametrize(
    ("content", "names", "features"),
    [("1,2,a\n3,4,b\n", False, ("column 1", "column 2")), ("1,2,0\n3,4,1\n", False, ("column 1", "column 2")),
     ("u,v,w\n1,2,0\n3,4,1\n", True, ("u", "v")), ("0,1,2,k\n.5,1,7,a\n.3,2,6,b\n", True, ("0", "1", "2")),
     ("1,2,3,4\n.5,1,7,0\n.3,2,6,1\n", False, ("column 1", "column 2", "column 3")),
     ("1,2,3,a\n.5,1,7,a\n.3,2,6,b\n", False, ("column 1", "column 2", "column 3")),
     (",x,k\n0,1.5,a\n1,2.5,b\n", True, ("column 1", "x"))],
)  # fmt: skip
def test_names_are_recognized(content, names, features, read):
    data = read(content)
    assert data.feature_names == features
    assert len(data) == 2 if names or content.count("\n") == 2 else 3
    assert any("holds the names" in remark for remark in data.remarks) == names
    assert any("no names" in remark for remark in data.remarks) != names


def test_header_can_be_said(read, refused):
    assert len(read("1,2,0\n3,4,1\n5,6,0\n", header=True)) == 2
    assert read("1,2,0\n3,4,1\n5,6,0\n", header=True).feature_names == ("1", "2")
    row, column, sentence = refused(PLAIN, header=False)
    assert (row, column) == (1, 1)
    assert "say so" in sentence


@pytest.mark.parametrize("label", ["kind", " kind ", 1, -3, "1", "-3"])
def test_classes_may_stand_in_any_column(label, read):
    data = read("kind,x,y\na,1,2\nb,3,4\n", label)
    assert data.inputs.tolist() == [[1, 2], [3, 4]]
    assert data.feature_names == ("x", "y")
    assert data.class_names == ("a", "b")


@pytest.mark.parametrize(
    ("label", "hint"),
    [("Kind", "“kind”"), ("kinds", "“kind”"), ("species", "There are “x”, “y”, “kind”"), (0, "there are 3"),
     (4, "there are 3"), (-4, "there are 3"), (True, "there are 3"), ("", "There are"), ("k" * 5000,
     "There are")],
)  # fmt: skip
def test_label_column_that_does_not_exist(label, hint, refused):
    assert hint in refused(PLAIN, label)[2]


def test_label_by_name_where_there_are_no_names(refused):
    assert "Give its number" in refused("1,2,a\n3,4,b\n", "kind")[2]


def test_numeric_classes_are_sorted_as_numbers_and_named_as_written(read):
    data = read("x,k\n1,10\n2,9\n3,9.0\n4,-1\n5, 007 \n6,10\n")
    assert data.class_names == ("-1", "007", "9", "10")
    assert data.labels.tolist() == [3, 2, 2, 0, 1, 3]
    assert "“9”, “9.0” are the same number, and so one class." in data.remarks
    large = read("x,k\n1,9007199254740993\n2,9007199254740992\n")
    assert large.classes == 2
    assert read("x,k\n1,10\n2,9\n3,two\n").class_names == ("10", "9", "two")
    assert read("x;k\n1;0,5\n2;1,5\n").class_names == ("0,5", "1,5")
    assert read("x,k\n1,1e999999999\n2,1e-999999999\n").class_names == ("1e-999999999", "1e999999999")


def test_names_of_classes_that_may_be_meant_otherwise(read):
    remarks = " ".join(read("x,k\n1,Cat\n2,cat\n3,NA\n").remarks)
    assert "“Cat” and “cat” differ in capital letters only" in remarks
    assert "“NA” looks like a missing value" in remarks


def test_column_that_numbers_the_rows_is_noticed(read):
    body = "".join(f"{row},{row % 3 + 0.5},{'ab'[row % 2]}\n" for row in range(1, 20))
    assert any("“id” numbers the rows" in remark for remark in read("id,x,k\n" + body).remarks)


@pytest.mark.parametrize(
    ("content", "row", "column", "words"),
    [("", None, None, "is empty"), (" \n\n", None, None, "is empty"), ("# only\n", None, None, "no rows"),
     ("\ufeff", None, None, "no rows"), (",,\n,,\n", None, None, "no rows"),
     ("x,y,k\n", None, None, "no rows below"), ("x,y,k\n\n\n", None, None, "no rows below"),
     ("x\n1\n2\n", None, None, "one column only"), ("x y k\n1 2 a\n", None, None, "one column only"),
     ("x,k\n1,a\n2,a\n", None, "k", "every row is of class “a”"),
     ("x,y,k\n1,2,a\n3,b\n", 3, None, "2 cells, but 3 columns"),
     ("x,y,k\n1,2,a\n\n3,4,5,b\n", 4, None, "4 cells, but 3 columns"),
     ("x;y;k\n1;2;a\n3;4;5;b\n", 3, None, "semicolon"), ("x,y,k\n1,2,a\n# 3\n4,5,b\n", 3, None, "Comments"),
     ("x,y,k\n1,,a\n3,4,b\n", 2, "y", "empty"), ("x,y,k\n1, ,a\n3,4,b\n", 2, "y", "empty"),
     ("x,y,k\n1,2,\n3,4,b\n", 2, "k", "class is missing"), ("1,2,a\n3,,b\n", 2, 2, "empty"),
     ("x,y,k\n1,2,a\n3,four,b\n", 3, "y", "“four” is not a number. Correct it"),
     ("k,x\na,1\nb,2\n", 2, "k", "choose it as such"), ("x,y,k\n1,NaN,a\n3,4,b\n", 2, "y", "missing value"),
     ("x,y,k\n1,?,a\n3,4,b\n", 2, "y", "missing value"), ("x,y,k\n1,-inf,a\n3,4,b\n", 2, "y", "too large"),
     ("x,y,k\n1,1e999,a\n3,4,b\n", 2, "y", "too large"), ("x,y,k\n1,2,a\n3,-1e150,b\n", 3, "y", "too large"),
     ("x,y,k\n1e308,1e308,a\n3,4,b\n", 2, "x", "too large"), ("x,y,k\n1,1_000,a\n3,4,b\n", 2, "y", "“1_000”"),
     ("x,y,k\n1,0x10,a\n3,4,b\n", 2, "y", "not a number"), ("x,y,k\n1,50%,a\n3,4,b\n", 2, "y", "“50%”"),
     ("x;y;k\n1.234,5;2;a\n3;4;b\n", 2, "x", "“1.234,5”"), ("x;y;k\n1,5;2;a\n3.5;4;b\n", 3, "x",
     "decimal sign"),
     ("x;y;k\n1.5;2;a\n3,5;4;b\n", 3, "x", "decimal sign"), ("x;y;k\n1.5;2,5;a\n3,5;4;b\n", 2, "y",
     "decimal"),
     ('x,y,k\n1,2,a\n3,"4,b\n5,6,a\n', 3, None, "never closed"),
     ('x,y,k\n1,"2,a\n3,4",b\n5,6,a\n', 2, "y", "several lines"),
     ('x,y,k\n1,2,"a"b\n3,4,b\n', 2, None, "closing quotation mark"),
     ("x,x,k\n1,2,a\n3,4,b\n", 1, "x", "columns 1 and 2 have the same name"),
     ("# c\n\nx, x,k\n1,2,a\n", 3, "x", "same name"),
     ("x,y,k\n1,2,a\n3,\0004,b\n", 3, None, "null character"),
     ("x,y,k,\n" + "1,2,a,\n" * 60 + "3,4,b,9\n", 62, 4, "no column"),
     ("x,k\n" + "".join(f"{n},{n / 8}\n" for n in range(60)), None, "k", "measured quantity"),
     ("x,k\n" + "".join(f"{n},{n}\n" for n in range(60)), None, "k", "60 different values"),
     ("x,k\n1," + "a" * 300 + "\n2,b\n", 2, "k", "longer than 200"), ("n" * 300 + ",k\n1,a\n2,b\n", 1, 1,
     "200"),
     (",".join(f"c{n}" for n in range(5001)) + "\n", 1, None, "5001 columns"),
     ("x,k\n1," + "a" * 200_000 + "\n", 2, None, "100,000 characters"), ("1,a\n" * 1_000_001, None, None,
     "lines"),
     ("x,k\n" + '"a\n",' * 300_000, 2, None, "million characters"), ("9" * 3_000_000, 1, None,
     "line breaks")],
)  # fmt: skip
def test_damaged_file_says_where_and_what(content, row, column, words, refused):
    found_row, found_column, sentence = refused(content)
    assert (found_row, found_column) == (row, column)
    assert words in sentence
    assert row is None or f"line {row}" in sentence


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), bytes(range(256)) * 9, b"PK\3\4" + os.urandom(999),
     PLAIN.encode("utf-16-le"), PLAIN.encode("utf-32"), b"\0" * 500],
)  # fmt: skip
def test_files_that_are_no_text(content, refused):
    assert "not a text file" in refused(content)[2]


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    for path, words in ((tmp_path, "folder"), (tmp_path / "none.csv", "no such file"),
                        ("a\0b", "cannot be used"), ("", "folder"), ("x" * 5000, "cannot be read"),
                        (b"\xff".decode(errors="surrogateescape"),
                        "no such file"), ("/dev/null", "not an ordinary file")):  # fmt: skip
        with pytest.raises(CsvError, match=words) as caught:
            read_csv(path)
        assert str(caught.value).isprintable()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CsvError, match="not an ordinary file"):
        read_csv(tmp_path / "pipe")
    file = tmp_path / "mine.csv"
    file.write_text(PLAIN)

    def denied(*_args, **_named):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", denied)
        with pytest.raises(CsvError, match="permission denied"):
            read_csv(file)
    monkeypatch.setattr(csv_rows, "MAX_BYTES", 10)
    with pytest.raises(CsvError, match="larger than"):
        read_csv(file)


def test_hostile_names_do_nothing(read, refused):
    data = read("=cmd|' /C calc'!A0,y,k\n1,2,\x1b[31mred\n3,4,\u202egreen\n5,6,\"two\nlines\"\n")
    assert data.feature_names[0] == "=cmd|' /C calc'!A0"
    assert data.class_names == ("two lines", "\ufffd[31mred", "\ufffdgreen")
    assert all(remark.isprintable() for remark in data.remarks)
    assert "\ufffd[2J" in refused("x,y,k\n1,\x1b[2Jboo,a\n3,4,b\n")[2]
    assert len(refused(f"x,y,k\n1,{'boo' * 9999},a\n3,4,b\n")[2]) < 300


@pytest.mark.slow
@pytest.mark.parametrize("decimal", [".", ","])
def test_large_table_is_read_in_seconds_and_completely(decimal, read):
    values = np.random.default_rng(0).integers(0, 100, (40_000, 100)) / 10
    rows = "\n".join(";".join(map(str, row)) + f";{'abc'[number % 3]}" for number, row in enumerate(values))
    begin = time.perf_counter()
    data = read(rows.replace(".", decimal))
    assert time.perf_counter() - begin < 30  # an eye on hanging, not on speed
    assert np.array_equal(data.inputs, values)
    assert np.array_equal(data.labels, np.arange(40_000) % 3)


def inputs_of(tmp_path, content, *wanted, **named):
    file = tmp_path / "new.csv"
    file.write_text(content, encoding="utf-8")
    return read_inputs(file, wanted, **named)


def test_rows_to_classify_are_matched_by_name(tmp_path):
    table = inputs_of(tmp_path, "id,y,x,kind\np1,2,1,a\n\np2,4,3,\n", "x", "y", label="kind")
    assert table.inputs.tolist() == [[1, 2], [3, 4]]
    assert table.labels == ("a", "")
    assert table.lines == (2, 4)
    assert any("“id” is not among the features: left out" in remark for remark in table.remarks)
    table = inputs_of(tmp_path, "y,x\n2,1\n", "x", "y", label="kind")
    assert (table.inputs.tolist(), table.labels) == ([[1, 2]], None)
    table = inputs_of(tmp_path, "kind,y,x\nb,2,1\n", "x", "y")
    assert (table.inputs.tolist(), table.labels) == ([[1, 2]], None)
    assert any("“kind” is not among" in remark for remark in table.remarks)
    with pytest.raises(ValueError, match="read-only"):
        table.inputs[0] = 0


def test_rows_to_classify_are_matched_by_position_where_nothing_is_named(tmp_path):
    assert inputs_of(tmp_path, "1,2\n3,4\n", "x", "y").inputs.tolist() == [[1, 2], [3, 4]]
    with_classes = inputs_of(tmp_path, "1,2,a\n3,4,b\n", "x", "y")
    assert (with_classes.inputs.tolist(), with_classes.labels) == ([[1, 2], [3, 4]], ("a", "b"))
    first = inputs_of(tmp_path, "a,1,2\nb,3,4\n", "x", "y", label=1)
    assert (first.inputs.tolist(), first.labels) == ([[1, 2], [3, 4]], ("a", "b"))
    other = inputs_of(tmp_path, "u,v\n1,2\n", "x", "y")
    assert other.inputs.tolist() == [[1, 2]]
    assert any("taken in their order" in remark for remark in other.remarks)
    one = inputs_of(tmp_path, "1\n2\n", "x")
    assert one.inputs.tolist() == [[1], [2]]


@pytest.mark.parametrize(
    ("content", "words"),
    [("x,z\n1,2\n", "no column “y”"), ("1,2,3,4\n", "4 columns, but the network was trained with 2"),
     ("1\n", "1 column, but"), ("x,y\n", "no rows"), ("x,y\n1,two\n", "line 2, column “y”: “two”"),
     ("x,y\n1\n", "1 cell, but 2 columns"), ("x,y,y\n1,2,3\n", "same name"), ("", "empty")],
)  # fmt: skip
def test_rows_to_classify_that_do_not_fit(content, words, tmp_path):
    with pytest.raises(CsvError, match=words):
        inputs_of(tmp_path, content, "x", "y")


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda name: not name.startswith("#")
)
NUMBERS = st.floats(-1e99, 1e99) | st.integers(-1000, 1000).map(float)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_table_that_was_written_is_read_back(data):
    columns = data.draw(st.integers(2, 6))
    names = data.draw(st.lists(NAMES, min_size=columns, max_size=columns, unique=True))
    classes = data.draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    at = data.draw(st.integers(0, columns - 1))
    chosen = [*classes[:2], *data.draw(st.lists(st.sampled_from(classes), max_size=20))]
    rows = [data.draw(st.lists(NUMBERS, min_size=columns - 1, max_size=columns - 1)) for _ in chosen]
    delimiter, end, encoding = (
        data.draw(st.sampled_from(choice))
        for choice in (",;\t|", ("\n", "\r\n", "\r"), ("utf-8", "utf-8-sig", "utf-16"))
    )
    text = io.StringIO(newline="")
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(names)
    for row, name in zip(rows, chosen, strict=True):
        cells = list(map(repr, row))
        cells.insert(at, name)
        writer.writerow(cells)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "written.csv"
        file.write_bytes(text.getvalue().encode(encoding))
        rows_read = csv_rows.CsvRows(file)
        if rows_read.delimiter != delimiter:  # names full of semicolons may look more like a table
            assert any(other in "".join(names + classes) for other in csv_rows.DELIMITERS)
            return
        result = attempt(read_csv, file, at + 1, True)
    if isinstance(result, LandscapeError):
        # Two spellings of one number are one class, and classes may look like a measured quantity.
        assert any(words in str(result) for words in ("every row is of class", "measured"))
        return
    assert result.inputs.tolist() == rows
    assert result.feature_names == tuple(names[:at] + names[at + 1 :])
    read_back = [result.class_names[label] for label in result.labels]
    assert all(
        found == name or any("same number" in remark for remark in result.remarks)
        for found, name in zip(read_back, chosen, strict=True)
    )


CSV_LIKE = st.lists(
    st.sampled_from(
        ["1", "2.5", "-3", "a", "b", "x", ",", ",", ";", "\t", "|", "\n", "\n", "\r", '"', "#", " ", "_",
         "−", "é",
         "nan", "1e999", "1,5", "\0", "\x1b", "\u2028", "\x0c", "\x1c", "\x85", "sep=", "1e400",
         "\ud7ff", "=", "'"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    CSV_LIKE | st.text(max_size=80), st.none() | st.booleans(), st.none() | st.integers(-4, 4) | st.just("a")
)
@example("1,a\n2,b\n", None, None)
@example('"', None, None)
@example("#", True, None)
def test_any_text_is_a_data_set_or_a_sentence(text, header, label):
    check_anything(text.encode(errors="replace"), header, label)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=120) | st.builds(lambda a, b: a + b, CSV_LIKE.map(str.encode), st.binary(max_size=4))
)
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
@example(b"a,b\n1,\x81\n")
def test_any_bytes_are_a_data_set_or_a_sentence(content):
    check_anything(content, None, None)


def attempt(read, *arguments):
    """What is read, or the sentence why not; any other exception is a bug."""
    try:
        return read(*arguments)
    except LandscapeError as error:
        return error


def check_anything(content, header, label):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any.csv"
        file.write_bytes(content)
        data = attempt(read_csv, file, label, header)
        table = attempt(read_inputs, file, ["x", "a"], label, header)
    for result in (data, table):
        if isinstance(result, LandscapeError):
            assert str(result).isprintable()
            assert len(str(result)) < 600
        else:
            assert np.isfinite(result.inputs).all()
            assert all(remark.isprintable() for remark in result.remarks)
    if isinstance(data, Dataset):
        assert data.inputs.shape == (len(data.labels), len(data.feature_names))
        assert set(data.labels) == set(range(data.classes))
        assert len(set(data.class_names)) == data.classes >= 2
        assert all(name.strip() == name and name for name in (*data.class_names, *data.feature_names))
        assert np.isfinite(split(data, 0.3).training_inputs).all()
