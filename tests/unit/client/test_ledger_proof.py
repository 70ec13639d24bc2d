"""The client proves the ledger by itself: it believes no sum, no hash and no signature."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest

from accounting.api.proof_views import chain_view, proof_view, seals_view
from accounting.application.prove import parts_of
from client.api import Api
from client.ledger_proof import verify
from client.signature import NotAKey, rsa_numbers, signed_by
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
