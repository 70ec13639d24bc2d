"""Bank statements as banks write them come out entry by entry as they were meant."""

import json

import pytest

from payments.domain.statement import BankEntry
from tests.contract.statement_files import FILES, FOLDER, expected, read, shown

MT940 = [file for file in FILES if file.startswith("mt940/")]


@pytest.mark.parametrize("file", FILES)
def test_a_statement_is_read_entry_by_entry_as_expected(file: str) -> None:
    found = read((FOLDER / file).read_bytes())
    assert [json.loads(json.dumps(shown(each))) for each in found] == expected(file)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("chunk_bytes", [1, 7, 4096])
def test_a_file_that_comes_in_pieces_says_the_same(file: str, chunk_bytes: int) -> None:
    content = (FOLDER / file).read_bytes()
    assert read(content, chunk_bytes=chunk_bytes) == read(content)


@pytest.mark.parametrize("file", MT940)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(
    file: str, ending: str, mark: str
) -> None:
    content = (FOLDER / file).read_bytes().decode()
    changed = (mark + content.replace("\r\n", ending)).encode()
    assert read(changed) == read(content.encode())


def test_both_formats_of_one_day_name_an_entry_alike() -> None:
    """A bank that sends both does not make us book twice: its own name for the entry counts."""
    camt = read((FOLDER / "camt053/statement-214.xml").read_bytes())
    mt940 = read((FOLDER / "mt940/two-statements.sta").read_bytes())
    assert isinstance(camt[0], BankEntry)
    assert isinstance(mt940[0], BankEntry)
    assert camt[0].identity == ("reference", "2026110400001", "2026-11-04")
    assert mt940[0].identity == camt[0].identity


def test_a_document_is_read_in_the_encoding_that_it_declares() -> None:
    content = (FOLDER / "camt053/two-pages-v02.xml").read_text()
    latin = content.replace('"UTF-8"', '"ISO-8859-1"').encode("latin-1")
    assert latin != content.encode()
    assert read(latin) == read(content.encode())
