"""Reads requests strictly: a field that is missing, unknown or of a wrong type is refused."""

import json
from collections.abc import Mapping
from typing import NoReturn

from sandbox.payment import Instruction, Kind, Refused
from sandbox.tokens import TOKENS

AMOUNT_MAX = 2**53 - 1  # what every JSON reader keeps exact
TEXT_MAX = 128
METADATA_FIELDS_MAX = 50
METADATA_VALUE_MAX = 500
IDEMPOTENCY_KEY_MAX = 64
EVIDENCE_MAX = 20_000

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
    KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER
    ZAR ZMW ZWG
    """.split()  # noqa: SIM905  a table to read: ISO 4217, active in 2026
)


def parse_object(body: bytes) -> dict[str, object]:
    """The JSON object of a body; an empty body is an empty object."""
    if not body:
        return {}
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        _refuse("The body is not JSON.")
    if not isinstance(parsed, dict):
        _refuse("The body must be a JSON object.")
    return parsed


def parse_authorization(body: Mapping[str, object]) -> tuple[str, Instruction]:
    """The card's token and what to authorize on it."""
    only(body, {"amount", "currency", "payment_method", "reference", "metadata"})
    method = body.get("payment_method")
    if not isinstance(method, dict) or set(method) != {"token"}:
        _refuse('`payment_method` must be {"token": …}.')
    token = method["token"]
    if not isinstance(token, str) or token not in TOKENS:
        _refuse("`payment_method.token` is not a token of this acquirer.")
    return token, Instruction(
        amount=amount(body),
        currency=_currency(body),
        reference=text(body, "reference"),
        metadata=_metadata(body),
    )


def parse_change(kind: Kind, body: Mapping[str, object]) -> Instruction:
    """What a capture, void or refund asks for; a void takes no amount."""
    is_void = kind is Kind.VOID
    fields = {"currency", "reference", "metadata", "final"}
    only(body, fields if is_void else fields | {"amount"})
    final = body.get("final", False)
    if not isinstance(final, bool):
        _refuse("`final` must be true or false.")
    return Instruction(
        amount=None if is_void else amount(body),
        currency=None if is_void and "currency" not in body else _currency(body),
        reference=text(body, "reference"),
        metadata=_metadata(body),
        final=final,
    )


def parse_evidence(body: Mapping[str, object]) -> str:
    """A text or the name of a document, or both, as one."""
    only(body, {"text", "document"})
    given = [body.get(name, "") for name in ("text", "document")]
    if not all(isinstance(each, str) and len(each) <= EVIDENCE_MAX for each in given):
        _refuse(f"`text` and `document` are texts of up to {EVIDENCE_MAX} characters.")
    evidence = "\n".join(str(each) for each in given if each)
    if not evidence.strip():
        _refuse("Give a `text` or a `document`.")
    return evidence


def parse_idempotency_key(value: str | None) -> str:
    key = (value or "").strip()
    if not key:
        _refuse("The header Idempotency-Key is required.")
    if len(key) > IDEMPOTENCY_KEY_MAX or not key.isascii() or not key.isprintable():
        _refuse(f"Idempotency-Key takes up to {IDEMPOTENCY_KEY_MAX} printable ASCII characters.")
    return key


def text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX:
        _refuse(f"`{name}` must be a text of 1 to {TEXT_MAX} characters.")
    return value


def whole(body: Mapping[str, object], name: str, *, least: int, most: int) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _refuse(f"`{name}` must be a whole number from {least} to {most}.")
    return value


def amount(body: Mapping[str, object]) -> int:
    return whole(body, "amount", least=1, most=AMOUNT_MAX)


def only(body: Mapping[str, object], fields: set[str]) -> None:
    if unknown := sorted(set(body) - fields):
        _refuse(f"Unknown field: {unknown[0]!r}.")


def _currency(body: Mapping[str, object]) -> str:
    currency = body.get("currency")
    if not isinstance(currency, str) or currency not in CURRENCIES:
        _refuse("`currency` must be an ISO 4217 code.")
    return currency


def _metadata(body: Mapping[str, object]) -> dict[str, str]:
    metadata = body.get("metadata", {})
    if not isinstance(metadata, dict) or len(metadata) > METADATA_FIELDS_MAX:
        _refuse(f"`metadata` must be an object of up to {METADATA_FIELDS_MAX} fields.")
    for value in metadata.values():
        if not isinstance(value, str) or len(value) > METADATA_VALUE_MAX:
            _refuse(f"`metadata` holds texts of up to {METADATA_VALUE_MAX} characters.")
    return metadata


def _refuse(message: str) -> NoReturn:
    raise Refused("invalid_request", message)


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"{name} is not JSON.")
