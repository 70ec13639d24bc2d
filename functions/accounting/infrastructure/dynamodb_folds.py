"""Balances and chains in the accounting table: a row for each lane, and the blocks behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from accounting.application.ports import Lane
from accounting.domain.balances import Sums
from accounting.domain.chain import MARK_LETTERS, Block, Head
from accounting.domain.errors import LedgerBroken
from accounting.domain.movements import Movement, Movements
from accounting.domain.posting_rules import ID_LETTERS
from shared.moments import timestamp
from shared.persistence.rows import Row
from shared.persistence.table import Key, Put, Table

KEPT_EVERY: Final = 200
"""Entries of a lane after which its balances are kept as they are then."""
_PREFIX: Final = "je_"
_WIDTH: Final = ID_LETTERS + MARK_LETTERS
_UNREADABLE: Final = (AttributeError, KeyError, TypeError, ValueError)


class DynamoDbFolds:
    def __init__(self, table: Table) -> None:
        self._table = table

    def lane(self, lane: int) -> Lane:
        try:
            row = self._table.get(_lane_key(lane))
        except _UNREADABLE:
            raise LedgerBroken(f"the balances of chain {lane} cannot be read") from None
        return Lane(lane=lane) if row is None else _lane(lane, row)

    def lane_until(self, lane: int, booked_at: str) -> Lane:
        row = self._table.last(f"KEPT#{lane}", sk_max=booked_at)
        return Lane(lane=lane) if row is None else _lane(lane, row)

    def blocks(self, lane: int, *, since: str = "") -> Iterator[Block]:
        try:
            for row in self._table.partition(f"CHAIN#{lane}", sk_from=since):
                yield _block(lane, row)
        except _UNREADABLE:
            raise LedgerBroken(f"a block of chain {lane} cannot be read") from None

    def movements(self, lane: int, *, since: str = "") -> Iterator[tuple[str, Movement]]:
        try:
            for row in self._table.partition(f"MOVED#{lane}", sk_from=since):
                yield str(row["sk"]), _movement(row)
        except _UNREADABLE:
            raise LedgerBroken(f"a day's movement of chain {lane} cannot be read") from None

    def move(
        self,
        before: Lane,
        after: Lane,
        blocks: Sequence[Block],
        movements: Movements,
        *,
        now: datetime,
    ) -> None:
        puts = [self._put(before, after, now)]
        puts += [self._moved(after.lane, day, each) for day, each in movements.items()]
        puts += [Put(key=_block_key(block), row=_block_row(block)) for block in blocks]
        if before.head.height // KEPT_EVERY != after.head.height // KEPT_EVERY:
            kept = _lane_row(after, now)
            puts.append(Put(key=Key(f"KEPT#{after.lane}", after.booked_at), row=kept))
        self._table.commit(puts, cause_id=None, now=now)

    def close(self, before: Lane, booked_at: str, *, now: datetime) -> None:
        put = self._put(before, replace(before, booked_at=booked_at), now)
        self._table.commit([put], cause_id=None, now=now)

    def _moved(self, lane: int, day: str, movement: Movement) -> Put:
        key = Key(f"MOVED#{lane}", day)
        row = self._table.get(key)
        if row is None:
            return Put(key=key, row=_movement_row(movement, 1))
        try:
            seen, before = int(str(row["version"])), _movement(row)
        except _UNREADABLE:
            raise LedgerBroken(f"what {day} moved of chain {lane} cannot be read") from None
        return Put(key=key, row=_movement_row(before.joined(movement), seen + 1), seen=seen)

    def _put(self, before: Lane, after: Lane, now: datetime) -> Put:
        row = {**_lane_row(after, now), "version": before.version + 1}
        return Put(key=_lane_key(after.lane), row=row, seen=before.version)


def _lane_key(lane: int) -> Key:
    return Key(f"FOLD#{lane}", "HEAD")


def _lane_row(lane: Lane, now: datetime) -> Row:
    return {
        "height": lane.head.height,
        "hash": lane.head.hash,
        "balances": lane.sums.by_currency,  # type: ignore[dict-item]
        "booked_at": lane.booked_at,
        "folded_at": max(timestamp(now), lane.folded_at),
        "version": lane.version,
    }


def _lane(lane: int, row: Mapping[str, Any]) -> Lane:
    try:
        return Lane(
            lane=lane,
            head=Head(height=int(row["height"]), hash=str(row["hash"])),
            sums=Sums(by_currency=_sums(row["balances"])),
            booked_at=str(row["booked_at"]),
            folded_at=str(row["folded_at"]),
            version=int(row["version"]),
        )
    except _UNREADABLE:
        raise LedgerBroken(f"the balances of chain {lane} cannot be read") from None


def _movement_row(movement: Movement, version: int) -> Row:
    return {
        "balances": movement.sums.by_currency,  # type: ignore[dict-item]
        "entries": movement.entries,
        "booked": sorted(movement.booked),  # type: ignore[dict-item]
        "height": movement.height,
        "version": version,
    }


def _movement(row: Mapping[str, Any]) -> Movement:
    return Movement(
        sums=Sums(by_currency=_sums(row["balances"])),
        entries=int(row["entries"]),
        booked=frozenset(map(str, row["booked"])),
        height=int(row["height"]),
    )


def _sums(balances: Mapping[str, Mapping[str, list[int]]]) -> dict[str, dict[str, list[int]]]:
    """As they are stored; raises for anything but four whole numbers an account."""
    return {
        currency: {code: [a + 0, b + 0, c + 0, d + 0] for code, (a, b, c, d) in accounts.items()}
        for currency, accounts in balances.items()
    }


def _block_key(block: Block) -> Key:
    return Key(f"CHAIN#{block.lane}", f"{block.bucket}#{block.position:012d}")


def _block_row(block: Block) -> Row:
    marked = "".join(id_.removeprefix(_PREFIX) + mark for id_, mark in block.entries)
    return {
        "entries": marked,
        "before": block.before,
        "hash": block.hash,
        "booked_at": block.booked_at,
    }


def _block(lane: int, row: Mapping[str, Any]) -> Block:
    position = str(row["sk"]).split("#")[1]
    text = row["entries"]
    marked = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return Block(
        lane=lane,
        position=int(position),
        booked_at=str(row["booked_at"]),
        entries=tuple((_PREFIX + each[:ID_LETTERS], each[ID_LETTERS:]) for each in marked),
        before=str(row["before"]),
        hash=str(row["hash"]),
    )
