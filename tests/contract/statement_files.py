"""Bank statements in the banks' own formats, and entry by entry what is to be read in each."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from payments.domain.settlement import RefusedRow
from payments.domain.statement import BankEntry, Statement
from payments.infrastructure.statements.reading import entries, plan_statements
from tests.contract.settlement_files import pieces

FOLDER: Final = Path(__file__).parent / "statements"
ACCOUNT: Final = "DE89370400440532013000"
NOW: Final = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
FILES: Final = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.glob("*/*")
    if not path.name.endswith(".expected.json")
)


def read(
    content: bytes, *, account: str = ACCOUNT, now: datetime = NOW, chunk_bytes: int = 65_536
) -> list[BankEntry | RefusedRow]:
    """Every entry of a file, planned and read as the reader of the bucket does."""
    planned = plan_statements(pieces(content, chunk_bytes))
    assert [(part.start, part.end) for part in planned.parts] == [(0, len(content))]
    found = entries(pieces(content, chunk_bytes), account=account, now=now)
    return [each for each in found if not isinstance(each, Statement)]


def statements(content: bytes) -> list[Statement]:
    """Every statement of a file that was proved."""
    found = entries([content], account=ACCOUNT, now=NOW)
    return [each for each in found if isinstance(each, Statement)]


def shown(found: BankEntry | RefusedRow) -> dict[str, Any]:
    """An entry as the expectations write it down: amounts as text with their currency."""
    if isinstance(found, RefusedRow):
        return {"row": found.row, "refused": found.reason}
    written = asdict(found) | {
        "amount": str(found.amount),
        "booked_on": found.booked_on.isoformat(),
        "value_on": found.value_on.isoformat(),
    }
    return {name: value for name, value in written.items() if value != ""}


def expected(file: str) -> list[dict[str, Any]]:
    path = FOLDER / file
    rows: list[dict[str, Any]] = json.loads(
        path.with_name(f"{path.stem}.expected.json").read_text()
    )
    return rows
