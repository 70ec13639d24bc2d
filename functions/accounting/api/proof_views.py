"""What the API gives out so that anybody can prove the ledger without trusting it."""

from __future__ import annotations

from typing import Any, TypedDict

from accounting.application.ports import Folds, Seals
from accounting.application.prove import Proof, lane_proof
from accounting.domain.chain import Block
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal

ENTRIES_PER_PAGE_MAX = 500


class BlockView(TypedDict):
    """A run of a chain: ids with the first letters of the chain's hash after each, in order.

    `stored` are the entries as they are stored; one that is gone is null.
    """

    bucket: str
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
    """A sealed day as CSV, a line an entry."""

    day: str
    csv: str


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


def chain_view(lane: int, cursor: int, *, folds: Folds, journal: DynamoDbJournal) -> ChainView:
    """The blocks of a lane from position `cursor` on, as many as one answer may hold."""
    proof = lane_proof(lane, folds)
    blocks = sorted(proof.blocks, key=lambda each: each.position)
    left = [block for block in blocks if block.position >= cursor]
    page: list[Block] = []
    for block in left:
        if page and sum(len(each.entries) for each in (*page, block)) > ENTRIES_PER_PAGE_MAX:
            break
        page.append(block)
    last = page[-1].head.height if len(page) < len(left) else None
    return {
        "lane": lane,
        "height": proof.head.height,
        "hash": proof.head.hash,
        "balances": proof.sums.by_currency,
        "blocks": [_block_view(block, journal) for block in page],
        "next_cursor": None if last is None else str(last),
    }


def _block_view(block: Block, journal: DynamoDbJournal) -> BlockView:
    return {
        "bucket": block.bucket,
        "position": block.position,
        "entries": [list(each) for each in block.entries],
        "before": block.before,
        "hash": block.hash,
        "stored": [journal.stored(entry_id) for entry_id, _ in block.entries],
    }


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
