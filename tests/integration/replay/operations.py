"""Random operations on a service's table: drawn from a seed, the same on every table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from shared.moments import timestamp
from shared.persistence.rows import Row
from shared.persistence.span import Span
from shared.persistence.table import UNPROCESSED, Index, Key, Put
from tests.integration.replay.mistakes import MISTAKES

NOW: Final = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
PARTITIONS: Final = ("ORDER#ord_1", "ORDER#ord_10", "PAYMENT#pay_1", "ORDER#bücher", "ORDER#🪙")
SORTS: Final = ("STATE", "ENTRY", "MESSAGE#1", "MESSAGE#10", "MESSAGE#2", "MESSAGE#é", "MESSAGE#🪙")
CAUSES: Final = tuple(f"req_{number}" for number in range(12))
PAYMENTS: Final = ("pay_1", "pay_2", "pay_10")
SHARDS: Final = ("0", "1", "7")
IMPOSSIBLE: Final = ("", "k" * 2049, "\ud800")
BY_PAYMENT: Final = Index("by_payment", partition="payment_id", sort="OccurredOn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A commit, and what happens to it on the way."""

    puts: tuple[Put, ...]
    cause_id: str | None
    now: datetime = NOW
    throttled: int = 0
    """How often the database refuses it for load before it would be heard."""
    answer_lost: bool = False
    rival: Write | None = None
    """What another writer gets in between its first try, which conflicts, and its second."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Any other call of the table: its method and arguments, and whether the order is promised."""

    method: str
    arguments: dict[str, Any]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Expire:
    """The database deletes the rows that may go by now, at a moment of its own choice."""

    now: datetime


type Operation = Write | Ask | Expire


@dataclass
class Draw:
    """What comes next. `version` tells where a row stands, so that most writes see it right."""

    random: Random
    version: Callable[[Key], int]
    occurred: int = 0
    mistakes: int = 0
    remembered: dict[Key, int] = field(default_factory=dict)

    def operations(self, count: int) -> Iterator[Operation]:
        kinds = (self._write, self._ask, self._mistake, self._expire)
        for _ in range(count):
            yield self.random.choices(kinds, weights=(50, 44, 5, 1))[0]()

    def _write(self) -> Write:
        write = self._plain()
        match self.random.randrange(10):
            case 0:
                return _with(write, throttled=self.random.randint(1, 4))
            case 1:
                return _with(write, answer_lost=True)
            case 2:
                return _with(write, rival=self._plain(like=write))
        return write

    def _plain(self, like: Write | None = None) -> Write:
        """One to four rows, seldom a hundred; a rival wants some of the same."""
        size = self.random.choice((1, 1, 2, 3, 4))
        puts = {each.key: each for each in (self._put() for _ in range(size))}
        if self.random.random() < 0.002:
            pk = self.random.choice(PARTITIONS)
            many = [Key(pk, f"ROW#{number}") for number in range(99)]
            puts = {key: Put(key=key, row={}, seen=0) for key in many}
        if like and like.puts:
            again = self.random.choice(like.puts)
            puts[again.key] = Put(key=again.key, row=self._row(), seen=again.seen)
        cause_id = self.random.choice((None, self.random.choice(CAUSES)))
        if like and self.random.random() < 0.3:
            cause_id = like.cause_id
        kept = tuple(puts.values()) if self.random.random() > 0.05 or not cause_id else ()
        return Write(puts=kept, cause_id=cause_id, now=self._moment())

    def _put(self) -> Put:
        key = self._key()
        match self.random.randrange(8):
            case 0:
                seen = 0
            case 1:
                seen = self.random.randint(1, 3)
            case 2:
                seen = self.remembered.get(key, 0)
            case _:
                seen = self.version(key)
        self.remembered.setdefault(key, seen)
        return Put(key=key, row=self._row(version=seen + 1), seen=seen)

    def _row(self, version: int = 1) -> Row:
        row: Row = {"version": version, "note": self._value(2)}
        if self.random.random() < 0.1:
            row["version"] = self.random.choice((None, "1", True))
        if self.random.random() < 0.5:
            row["payment_id"] = self.random.choice(PAYMENTS)
            row["OccurredOn"] = timestamp(self._moment())
        if self.random.random() < 0.5:
            row |= self._message()
        if self.random.random() < 0.2:
            row["expires_at"] = int(self._moment().timestamp())
        return row

    def _message(self) -> Row:
        self.occurred += 1
        kind = self.random.choice(("OrderPlaced", "OrderPaid"))
        row: Row = {"Payload": f"{self.occurred}", "Type": kind, "Retries": 0}
        if self.random.random() < 0.1:
            del row["Retries"]
        if self.random.random() < 0.8:
            moment = self._moment() + timedelta(microseconds=self.occurred)
            row |= {"Unprocessed": self.random.choice(SHARDS), "OccurredOn": timestamp(moment)}
        return row

    def _value(self, depth: int) -> Any:
        choices: list[Callable[[], Any]] = [
            lambda: None,
            lambda: self.random.choice((True, False)),
            lambda: self.random.choice((0, -1, 10**37, -(10**38 - 1), 9007199254740993)),
            lambda: self.random.choice(("", "b", "é🪙", "x" * 500)),
        ]
        if depth:
            choices += [
                lambda: [self._value(depth - 1) for _ in range(self.random.randrange(3))],
                lambda: {name: self._value(depth - 1) for name in ("", "a")},
            ]
        return self.random.choice(choices)()

    def _ask(self) -> Ask:
        asks = (self._read, self._of_partitions, self._of_indexes, self._of_the_whole, self._mark)
        return self.random.choices(asks, weights=(6, 4, 3, 1, 6))[0]()

    def _read(self) -> Ask:
        if self.random.random() < 0.3:
            return Ask("handled", {"cause_id": self.random.choice(CAUSES)})
        if self.random.random() < 0.05:
            return Ask("get", {"key": Key(self._partition(), self._impossible())})
        key = self._key()
        self.remembered[key] = self.version(key)
        return Ask("get", {"key": key})

    def _of_partitions(self) -> Ask:
        pk, place = self._partition(), self.random.choice((*SORTS, "M", "Z", self._impossible()))
        prefix = self.random.choice(("", "MESSAGE#", "MESSAGE#1", "STATE", "Z", IMPOSSIBLE[1]))
        asks: tuple[Callable[[], Ask], ...] = (
            lambda: Ask("partition", {"pk": pk, "sk_prefix": prefix}),
            lambda: Ask("partition", {"pk": pk, "sk_from": place}),
            lambda: Ask("partition", {"pk": pk, "sk_prefix": "MESSAGE#", "sk_from": place}),
            lambda: Ask("last", {"pk": pk, "sk_max": place}),
            lambda: Ask("get_many", {"keys": self._keys()}, ordered=False),
        )
        return self.random.choices(asks, weights=(4, 4, 1, 4, 4))[0]()

    def _of_indexes(self) -> Ask:
        payment = self.random.choice((*PAYMENTS, *IMPOSSIBLE[:2]))
        shard = self.random.choice(SHARDS)
        bound = self.random.choice((timestamp(self._moment()), "2026", " "))
        rows_max = self.random.choice((1, 2, 100))
        asks = (
            Ask("index", {"name": "by_payment", "attribute": "payment_id", "value": payment}),
            Ask("after", {"index": BY_PAYMENT, "value": payment, "bound": bound}),
            Ask("after", {"index": BY_PAYMENT, "value": payment, "bound": self._impossible()}),
            Ask("after", {"index": UNPROCESSED, "value": shard, "bound": bound}),
            Ask(
                "due",
                {"index": UNPROCESSED, "value": shard, "before": bound, "rows_max": rows_max},
            ),
        )
        return self.random.choice(asks)

    def _of_the_whole(self) -> Ask:
        if self.random.random() < 0.5:
            return Ask("scan", {"sk": self.random.choice((*SORTS, "CAUSE"))}, ordered=False)
        begins_at, ends_at = sorted((self._moment(), self._moment()))
        types = self.random.choice(((), (), ("OrderPlaced",), ("OrderPaid", "OrderCancelled")))
        about = self.random.choice((None, None, "ord_1", "pay_1", "🪙"))
        span = Span(begins_at=begins_at, ends_at=ends_at, types=types, about=about)
        pages = {"span": span, "after": None, "looked_at_max": self.random.choice((7, 25, 1000))}
        return Ask("outbox", pages)

    def _keys(self) -> tuple[Key, ...]:
        """Some of them more than once, some impossible, seldom more than can be read at once."""
        keys = [self._key() for _ in range(self.random.randrange(6))]
        keys += self.random.choices((*keys, Key(self._partition(), self._impossible())), k=2)
        if self.random.random() < 0.05:
            pk = self.random.choice(PARTITIONS)
            keys += [Key(pk, f"ROW#{number}") for number in range(110)]
        return tuple(keys)

    def _mark(self) -> Ask:
        if self.random.random() < 0.5:
            return Ask("count_retry", {"key": self._key()})
        return Ask("stamp_processed", {"key": self._key(), "now": self._moment()})

    def _expire(self) -> Expire:
        return Expire(self._moment())

    def _mistake(self) -> Write:
        """A write that the database refuses for what it is, and for nothing else."""
        self.mistakes += 1
        key = self._key()
        seen = self.version(key)
        sound = Put(key=key, row=self._row(version=seen + 1), seen=seen)
        cause_id = self.random.choice((None, f"mistake_{self.mistakes}"))
        return Write(puts=self.random.choice(MISTAKES)(sound), cause_id=cause_id)

    def _key(self) -> Key:
        return Key(self.random.choice(PARTITIONS), self.random.choice(SORTS))

    def _partition(self) -> str:
        return self.random.choice((*PARTITIONS, self._impossible()))

    def _impossible(self) -> str:
        """What no row can have for a key."""
        return self.random.choice(IMPOSSIBLE)

    def _moment(self) -> datetime:
        """Of a few days around; most are given more than once."""
        return NOW + timedelta(days=self.random.randint(-2, 2), hours=self.random.randrange(3))


def _with(write: Write, **changes: Any) -> Write:
    known = {name: getattr(write, name) for name in ("puts", "cause_id", "now")}
    return Write(**(known | changes))
