"""Reports in the providers' own formats, and row by row what is to be read in each."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from payments.domain.settlement import RefusedRow, ReportedLine
from payments.infrastructure.settlement import FORMATS
from payments.infrastructure.settlement.format import Format
from payments.infrastructure.settlement.mapped import mapped, read_mapping
from payments.infrastructure.settlement.reading import lines, plan
from shared.money import Money

FOLDER: Final = Path(__file__).parent / "settlement"
NOW: Final = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
ACCOUNTS: Final = {
    "stripe": "acct_1",
    "adyen": "QuittanceECOM",
    "sandbox": "quittance",
    "mapped": "H-1",
}
REPORTS: Final = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.glob("*/*")
    if not path.name.endswith((".expected.json", "mapping.json"))
)


def form_of(provider: str) -> Format:
    if provider == "mapped":
        return mapped(read_mapping((FOLDER / provider / "mapping.json").read_bytes()))
    return FORMATS[provider]


def read(
    content: bytes, provider: str, *, part_bytes: int = 2_000_000, chunk_bytes: int = 65_536
) -> list[ReportedLine | RefusedRow]:
    """Every row of a report, read in its parts."""
    form = form_of(provider)
    planned = plan(pieces(content, chunk_bytes), form, part_bytes=part_bytes)
    return [
        found
        for part in planned.parts
        for found in lines(
            pieces(content[part.start : part.end], chunk_bytes),
            part,
            planned,
            form,
            account=ACCOUNTS[provider],
            now=NOW,
        )
    ]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def shown(found: ReportedLine | RefusedRow) -> dict[str, Any]:
    """A row as the expectations write it down: amounts as text with their currency."""
    if isinstance(found, RefusedRow):
        return {"row": found.row, "refused": found.reason}
    written = asdict(found) | {
        "gross": str(found.gross),
        "net": str(found.net),
        "fees": {fee.part: str(fee.amount) for fee in found.fees},
        "identity": list(found.identity),
        "occurred_at": found.occurred_at.isoformat(),
        "settled_on": found.settled_on.isoformat(),
    }
    assert isinstance(found.gross, Money)
    return {name: value for name, value in written.items() if value not in ("", None, {})}


def expected_of(report: str) -> Path:
    path = FOLDER / report
    return path.with_name(f"{path.stem}.expected.json")


def expected(report: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(expected_of(report).read_text())
    return rows
