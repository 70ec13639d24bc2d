"""Balances and chains in the accounting table: a row for each lane, and the blocks behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from accounting.application.ports import Lane
from accounting.domain.balances import Sums
from accounting.domain.chain import MARK_LETTERS, Block, Head
from accounting.domain.posting_rules import ID_LETTERS
from shared.contracts.codec import timestamp
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

_PREFIX: Final = "je_"
_WIDTH: Final = ID_LETTERS + MARK_LETTERS


class DynamoDbFolds:
    def __init__(self, table: Table) -> None:
        self._table = table

    def lane(self, lane: int) -> Lane:
        row: dict[str, Any] | None = self._table.get(_lane_key(lane))
        if row is None:
            return Lane(lane=lane)
        return Lane(
            lane=lane,
            head=Head(height=row["height"], hash=row["hash"]),
            sums=Sums(by_currency=row["balances"]),
            folded_at=row["folded_at"],
            version=row["version"],
        )

    def blocks(self, lane: int, *, since: str = "") -> Iterator[Block]:
        rows = self._table.partition(f"CHAIN#{lane}", sk_prefix=since)
        return (_block(lane, dict(row)) for row in rows)

    def move(self, lane: Lane, blocks: Sequence[Block], *, now: datetime) -> None:
        row: Row = {
            "height": lane.head.height,
            "hash": lane.head.hash,
            "balances": lane.sums.by_currency,  # type: ignore[dict-item]
            "folded_at": max(timestamp(now), lane.folded_at),
            "version": lane.version + 1,
        }
        puts = [Put(key=_lane_key(lane.lane), row=row, seen=lane.version)]
        puts += [Put(key=_block_key(block), row=_block_row(block)) for block in blocks]
        self._table.commit(puts, cause_id=None, now=now)


def _lane_key(lane: int) -> Key:
    return Key(f"FOLD#{lane}", "HEAD")


def _block_key(block: Block) -> Key:
    return Key(f"CHAIN#{block.lane}", f"{block.bucket}#{block.position:012d}")


def _block_row(block: Block) -> Row:
    marked = "".join(id_.removeprefix(_PREFIX) + mark for id_, mark in block.entries)
    return {"entries": marked, "before": block.before, "hash": block.hash}


def _block(lane: int, row: dict[str, Any]) -> Block:
    bucket, position = row["sk"].split("#")
    text = row["entries"]
    marked = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return Block(
        lane=lane,
        bucket=bucket,
        position=int(position),
        entries=tuple((_PREFIX + each[:ID_LETTERS], each[ID_LETTERS:]) for each in marked),
        before=row["before"],
        hash=row["hash"],
    )
