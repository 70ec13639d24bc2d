"""What the API gives out so that anybody can prove the ledger without trusting it."""

from __future__ import annotations

from typing import Any, TypedDict

from accounting.application.ports import Folds, Seals
from accounting.application.prove import Proof
from accounting.application.walk import entries_of_block
from accounting.domain.chain import Block, StoredEntry
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from shared.rest.events import Timestamp

ENTRIES_PER_PAGE_MAX = 500


class BlockView(TypedDict):
    """A run of a chain: ids with the first letters of the chain's hash after each, in order.

    `booked_at` is the ledger time of the first. `stored` are the entries as they are stored; one
    that is gone is null.
    """

    booked_at: Timestamp
    position: int
    entries: list[list[str]]
    before: str
    hash: str
    stored: list[dict[str, Any] | None]


class ChainView(TypedDict):
    """A page of a chain, its head and its balances: debit, credit and held sums by account."""

    lane: int
    height: int
    hash: str
    balances: dict[str, dict[str, list[int]]]
    blocks: list[BlockView]
    next_cursor: str | None


class SealView(TypedDict):
    """A day's seal: `document` is the very text that `signature` (base 64) is over."""

    day: str
    document: str
    signature: str


class SealsView(TypedDict):
    """Every seal in order; RSA PKCS 1 v1.5 over SHA-256, with the key (DER, base 64)."""

    data: list[SealView]
    algorithm: str
    public_key: str


class ExportView(TypedDict):
    """A part of a sealed day as CSV, a line an entry."""

    day: str
    csv: str
    next_cursor: str | None


class BreachView(TypedDict):
    """Something that must never be."""

    check: str
    detail: str
    entry_id: str


class ProofView(TypedDict):
    """What the ledger's own checks find now: no breach, if all is well."""

    entries: int
    sealed_days: int
    breaches: list[BreachView]


def chain_view(lane: int, cursor: str, *, folds: Folds, journal: DynamoDbJournal) -> ChainView:
    """The blocks of a lane from `cursor` on, as many as one answer may hold."""
    state = folds.lane(lane)
    bucket, _, position = cursor.partition("#")
    page: list[Block] = []
    next_cursor = None
    for block in folds.blocks(lane, since=bucket):
        if block.position >= state.head.height:
            break
        if cursor and block.position < int(position):
            continue
        if page and sum(len(each.entries) for each in (*page, block)) > ENTRIES_PER_PAGE_MAX:
            next_cursor = f"{block.bucket}#{block.position:012d}"
            break
        page.append(block)
    return {
        "lane": lane,
        "height": state.head.height,
        "hash": state.head.hash,
        "balances": state.sums.by_currency,
        "blocks": [_block_view(block, journal) for block in page],
        "next_cursor": next_cursor,
    }


def _block_view(block: Block, journal: DynamoDbJournal) -> BlockView:
    stored = entries_of_block(block, journal)
    return {
        "booked_at": block.booked_at,
        "position": block.position,
        "entries": [list(each) for each in block.entries],
        "before": block.before,
        "hash": block.hash,
        "stored": [_whole(stored.get(entry_id)) for entry_id, _ in block.entries],
    }


def _whole(row: StoredEntry | None) -> dict[str, Any] | None:
    return None if row is None else dict(row)


def seals_view(seals: Seals, *, algorithm: str) -> SealsView:
    found = [(day, seals.find(day)) for day in seals.days()]
    return {
        "data": [
            {"day": day, "document": sealed.document, "signature": sealed.signature}
            for day, sealed in found
            if sealed is not None
        ],
        "algorithm": algorithm,
        "public_key": seals.public_key(),
    }


def proof_view(proof: Proof) -> ProofView:
    return {
        "entries": proof.entries,
        "sealed_days": proof.days,
        "breaches": [
            {"check": each.check, "detail": each.detail, "entry_id": each.entry_id}
            for each in proof.breaches
        ],
    }
