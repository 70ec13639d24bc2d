"""The client proves the ledger by itself: it believes no sum, no hash and no signature."""

import base64
import hashlib
import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from accounting.api.proof_views import chain_view, proof_view, seals_view
from accounting.application.prove import parts_of
from accounting.domain.chain import lane_of
from client import commands, ledger_proof
from client.api import Api
from client.known_ledger import Pin, Unknowable, pin, read_note
from client.ledger_proof import verify
from client.showing import Misused
from client.signature import NotAKey, rsa_numbers, signed_by
from shared.persistence.table import Key
from tests.doubles.ledger import Ledger, authorized, captured

# Made by OpenSSL 3: a 2048-bit key's public half, and "sealed" signed with it.
PUBLIC_KEY = base64.b64decode(
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnnI6uVTz4rVfUzIA/N9VS59jPvC8rvrGBT8ad4QIyhHF"
    "uxvvLj+qtu94ZBfJJP4V9+3goUVySrlM0X9gcct9LaV1TKKNPo0rBu/TMqbFvLCYB8Q6VSqkxAO+QuV4eMG8xMI0"
    "rEOan3HoqoImgS5o6kvbLMoprKBEAuWyoJ7voE2N0T1dtU/+1pUJS8MJl7dtJSEDZVL8XQ3WsaRH0ziEGVOW2rHm"
    "zYLsrBW5YkyYiXud9NluR1vIfNpAG2u+8q4GR3GvZusUXBhH9LUmNo64esW1JgJMnAHUb9+VTGU0RSLCBYI6WQwG"
    "u1mZyvocYOi4mowJbZoB/m8FQIcFK0mFJwIDAQAB"
)
SIGNATURE = base64.b64decode(
    "PM0texlLr6gj2tdLoNhVuSWE+Qhz5pwJhnjewq9/gGYweNDCc5J/68AquFJUDJyHru8XrHxnAlgD6gEng1j8ugih"
    "SMg9nEFboc/41v2Q9L5DBgDxnZgnDFXnA9ZYhNCz/evlbwIX/sZKo/OVeELpvLNPlsh2SDJpSK3gDP6mxZA6gUEi"
    "E2Wsd1vkOdB/XrON1gf2bWVpso/LqyNiPHVbhfHCeKcD/tXy2bViLboeIJkiIfXjg3ZXxSEcoExrURmhdcMIV75e"
    "alkT+VXX7e9LEr46rgFoVr8uOXZs1AKrHNQsmpTjmwzyEyLNrb3R2ciBBgIM3GKTCSeRTwTVShVP0g=="
)


@dataclass
class Platform:
    """Answers as the API does, from a ledger in memory."""

    ledger: Ledger

    def chain(self, lane: int) -> Iterator[Any]:
        cursor: str | None = ""
        while cursor is not None:
            folds, journal = self.ledger.folds, self.ledger.journal
            page = chain_view(lane, cursor, folds=folds, journal=journal)
            yield page
            cursor = page["next_cursor"]

    def seals(self) -> Any:
        return seals_view(self.ledger.vault, algorithm="none")

    def ledger_export(self, day: str) -> Iterator[str]:
        return parts_of(day, self.ledger.vault)

    def ledger_proof(self) -> Any:
        return proof_view(self.ledger.prove())


def ledger() -> Ledger:
    made = Ledger()
    for number in range(9):
        made.hear(authorized(500, f"pay_{number}"), f"a{number}")
        made.hear(captured(400, f"pay_{number}"), f"c{number}")
    made.fold()
    return made


def test_a_ledger_that_nobody_touched_verifies() -> None:
    found = verify(cast("Api", Platform(ledger())))
    assert (found.entries, found.days, found.breaches) == (18, 0, ())


def test_a_changed_entry_is_named() -> None:
    touched = ledger()
    row = next(iter(touched.journal.rows()))
    touched.table.overwrite({**row, "description": "Nothing to see"})
    found = verify(cast("Api", Platform(touched)))
    assert [breach.check for breach in found.breaches] == ["chain"]
    assert f"ENTRY#{found.breaches[0].entry_id}" == row["pk"]


def test_a_seal_that_is_not_signed_by_the_key_is_told() -> None:
    sealed = ledger()
    sealed.tick(days=1)
    sealed.seal()  # by the test's own vault, which has no RSA key
    found = verify(cast("Api", Platform(sealed)))
    assert [breach.detail for breach in found.breaches] == [
        "the signature of 2026-01-02 is not ours"
    ]


def test_a_signature_holds_for_its_key_and_its_text_alone() -> None:
    assert rsa_numbers(PUBLIC_KEY)[1] == 65537
    assert signed_by(PUBLIC_KEY, b"sealed", SIGNATURE)
    assert not signed_by(PUBLIC_KEY, b"sealed ", SIGNATURE)
    assert not signed_by(PUBLIC_KEY, b"sealed", SIGNATURE[:-1] + b"\x00")
    assert not signed_by(PUBLIC_KEY, b"sealed", SIGNATURE[1:])


@pytest.mark.parametrize("der", [b"", b"\x30", PUBLIC_KEY[:40], b"\x02" + PUBLIC_KEY[1:]])
def test_what_is_no_key_is_refused(der: bytes) -> None:
    with pytest.raises(NotAKey):
        rsa_numbers(der)


PEM = (
    b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(PUBLIC_KEY) + b"-----END PUBLIC KEY-----\n"
)
PRINT = "SHA256:" + base64.b64encode(hashlib.sha256(PUBLIC_KEY).digest()).decode().rstrip("=")


@pytest.mark.parametrize("content", [PUBLIC_KEY, PEM])
def test_a_pinned_key_comes_from_a_file_as_openssl_writes_it(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.key"
    path.write_bytes(content)
    assert pin(str(path)) == Pin(PRINT, PUBLIC_KEY)
    assert pin(PRINT) == Pin(PRINT)


@pytest.mark.parametrize(
    "content", [b"", PUBLIC_KEY[:40], PEM.replace(b"MII", b"!!!"), b"\xff\xfe"]
)
def test_a_file_without_a_key_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    path.write_bytes(content)
    with pytest.raises(Unknowable):
        pin(str(path))
    with pytest.raises(Unknowable):
        pin("SHA256:short")


class WithKey(Platform):
    """Its seals are signed by OpenSSL's key, and it may tell another."""

    told: bytes = PUBLIC_KEY

    def seals(self) -> Any:
        return {**super().seals(), "public_key": base64.b64encode(self.told).decode()}


def test_a_platform_that_changed_its_key_is_found_by_who_pinned_it() -> None:
    honest, changed = WithKey(ledger()), WithKey(ledger())
    changed.told = PUBLIC_KEY[:-5] + b"\x01" + PUBLIC_KEY[-4:]
    for pinned in (Pin(PRINT), Pin(PRINT, PUBLIC_KEY)):
        assert verify(cast("Api", honest), pinned=pinned).breaches == ()
        found = verify(cast("Api", changed), pinned=pinned)
        assert [each.check for each in found.breaches] == ["key"]
    known = verify(cast("Api", honest)).note
    assert known.fingerprint == PRINT
    assert [e.check for e in verify(cast("Api", changed), known=known).breaches] == ["key"]


def test_seals_are_checked_with_the_pinned_key_and_not_with_the_one_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []

    def holds(key: bytes, document: bytes, signature: bytes) -> bool:
        asked.append(key)
        return bool(document and signature)

    monkeypatch.setattr(ledger_proof, "signed_by", holds)
    sealed = ledger()
    sealed.tick(days=1)
    sealed.seal()
    platform = WithKey(sealed)
    platform.told = b"another"
    sealed.vault.seals = {
        day: replace(each, signature="c2lnbmVk") for day, each in sealed.vault.seals.items()
    }
    verify(cast("Api", platform), pinned=Pin(PRINT, PUBLIC_KEY))
    assert asked == [PUBLIC_KEY]


def test_a_chain_whose_end_was_cut_off_is_found_by_who_saw_it_longer() -> None:
    """What is not sealed yet leaves no other trace: the balances are set back with it."""
    books = ledger()
    lanes = [books.table.get(Key(f"FOLD#{lane}", "HEAD")) for lane in range(4)]
    moved = [row for row in books.table.rows() if str(row["pk"]).startswith("MOVED#")]
    for number in range(9):
        books.hear(captured(90, f"late_{number}"), f"l{number}")
    late = [str(row["pk"]) for row in books.stream]
    books.tick(seconds=10)
    books.fold()
    platform = cast("Api", Platform(books))
    known = verify(platform).note
    for row in lanes + moved:
        books.table.overwrite(row)  # type: ignore[arg-type]
    for row in books.table.rows():
        if row["pk"] in late or (str(row["pk"]).startswith("CHAIN#") and _is_late(row, late)):
            books.table.remove(str(row["pk"]), str(row["sk"]))
    assert verify(platform).breaches == ()
    found = verify(platform, known=known).breaches
    assert {each.check for each in found} == {"chain"}
    assert len(found) == len({lane_of(each.removeprefix("ENTRY#")) for each in late})
    books.hear(captured(90, "later"), "later")
    assert verify(platform, known=verify(platform).note).breaches == ()


def _is_late(row: Any, late: list[str]) -> bool:
    return any(each.removeprefix("ENTRY#je_") in str(row["entries"]) for each in late)


def test_a_chain_that_went_on_is_the_one_that_was_noted(tmp_path: Path) -> None:
    books = ledger()
    path = tmp_path / "known.json"
    assert read_note(path) is None
    note = verify(cast("Api", Platform(books))).note
    path.write_text(note.written())
    assert read_note(path) == note
    books.tick(seconds=30)
    for number in range(9):
        books.hear(captured(90, f"late_{number}"), f"l{number}")
    books.fold()
    assert verify(cast("Api", Platform(books)), known=note).breaches == ()


@pytest.mark.parametrize("text", ["", "[]", '{"public_key": "x"}', '{"public_key":"x","heads":[]}'])
def test_a_note_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(Unknowable):
        read_note(path)


def test_the_command_keeps_what_it_saw_only_when_all_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books, path = ledger(), tmp_path / "known.json"
    said = Namespace(public_key=None, known=path, json=True)
    assert commands.verify_ledger(cast("Api", WithKey(books)), said) == 0
    seen = path.read_text()
    assert json.loads(capsys.readouterr().out)["public_key"] == PRINT == read_note(path).fingerprint  # type: ignore[union-attr]
    books.hear(captured(1, "pay_x"), "x")
    books.fold()
    said.public_key = "SHA256:" + "A" * 43
    assert commands.verify_ledger(cast("Api", WithKey(books)), said) == 1
    assert path.read_text() == seen
    said.public_key = None
    assert commands.verify_ledger(cast("Api", WithKey(books)), said) == 0
    assert path.read_text() != seen
    path.write_text("nothing")
    with pytest.raises(Misused):
        commands.verify_ledger(cast("Api", WithKey(books)), said)
