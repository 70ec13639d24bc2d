"""What is secret, looked for wherever the platform writes or says something: P8."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.simulation.evidence import Evidence

PAYS_BY: Final = "payment_method_token"
"""Where an order and a payment keep the token that they are paid with."""
ASKS: Final = "AuthorizePayment"
"""The one message that carries a token, to whoever asks the provider with it."""
_TOKEN: Final = re.compile(r"tok_[0-9]")
_CARD: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}(?:[ -][0-9]{4}){3})(?![0-9A-Za-z])"
)
"""As cards are numbered: moments in milliseconds begin with a 1, and ids have letters."""
_TRACE: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""One of forty thousand could be one."""


def p8_no_secret_is_told(evidence: Evidence) -> Iterator[str]:
    """No card number, key of the API or secret anywhere; a token only where a payment is asked
    for: in messages, rows, dead letters, answers and logs.
    """
    for row in evidence.outbox:
        text = json.dumps(row["document"]["data"])
        yield from _wrong(row["Id"], text, evidence.secrets, may_pay=row["Type"] == ASKS)
    for where, said in evidence.texts:
        yield from _wrong(where, str(said), evidence.secrets)


def row_texts(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """All that rows say, but for their messages, and a token where it belongs."""
    for item in items:
        kept = {name: value for name, value in item.items() if name not in {"Payload", PAYS_BY}}
        text = str(kept)
        if item.get("message_type") == {"S": ASKS}:
            text = _TOKEN.sub("", text)  # it has to be sent again as it was
        yield text_name(item), text


def text_name(item: Mapping[str, Any]) -> str:
    return " ".join(str(item[name].get("S")) for name in ("pk", "sk", "id") if name in item)


def _wrong(
    where: str, text: str, secrets: Iterable[str], *, may_pay: bool = False
) -> Iterator[str]:
    if not may_pay and _TOKEN.search(text):
        yield f"{where} tells a token"
    if _CARD.search(text) and _has_card(_TRACE.sub("", text)):
        yield f"{where} tells a card number"
    for secret in secrets:
        if secret in text:
            yield f"{where} tells a secret"


def _has_card(text: str) -> bool:
    return any(_luhn(re.sub("[ -]", "", run)) for run in _CARD.findall(text))


def _luhn(digits: str) -> bool:
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0
