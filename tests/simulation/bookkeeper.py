"""A bookkeeper who grants credit by hand, and holds a part of it for what is bought with it.

Holds are ended twice on purpose: by posting a part, and by voiding it. One of both is refused.
Large amounts need a second person, and are approved by the first one, too, which is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final, Protocol

from tests.simulation.agenda import HOUR, MINUTE, Agenda
from tests.simulation.network import Answer
from tests.simulation.site import KEY, SECOND_KEY

CREDIT: Final = "2120"
GOODWILL: Final = "5910"
REVENUE: Final = "4000"
LARGEST: Final = 1_300_00
"""More than one person may book alone."""
CROWD: Final = 3
HELD_UNTIL: Final = "2026-03-20T00:00:00Z"
"""Not further away than a hold may last."""

type Json = dict[str, Any]
type Then = Callable[[Json], object]

_BY: Final = {"actor": "Ada", "reason": "a parcel that was late"}


def _no_more(document: Json) -> None:
    del document


class Host(Protocol):
    """What a bookkeeper needs of the world."""

    agenda: Agenda

    def desk(self, method: str, path: str, body: Json, key: str, by: str = KEY) -> Answer: ...


class Bookkeeper:
    def __init__(self, host: Host, rng: Random) -> None:
        self._host = host
        self._rng = rng
        self._asked = 0

    def work(self) -> None:
        """Some grants and holds, at nearly the same time, whatever there is to hold."""
        for _ in range(self._rng.randrange(4)):
            amount = self._rng.randrange(1, LARGEST)
            sides = ((GOODWILL, "debit"), (CREDIT, "credit"))
            held: Json = {}
            if self._rng.random() < 0.6:
                sides, held = ((CREDIT, "debit"), (REVENUE, "credit")), {"hold_until": HELD_UNTIL}
            entry = {"description": "goodwill", "postings": _postings(sides, amount), **held}
            booked = partial(self._booked, entry)
            body = {"entries": [entry], **_BY}
            self._later(self._rng.randrange(3), "/journal-entries", body, booked)

    def crowd(self) -> None:
        """Grant some credit, and have three at once ask for more than half of it each."""
        granted = ((GOODWILL, "debit"), (CREDIT, "credit"))
        spent = ((CREDIT, "debit"), (REVENUE, "credit"))
        for delay, sides, amount in ((0, granted, 100_00), *((HOUR, spent, 60_00),) * CROWD):
            entry = {"description": "goodwill", "postings": _postings(sides, amount)}
            self._later(delay, "/journal-entries", {"entries": [entry], **_BY})

    def _booked(self, entry: Json, document: Json) -> None:
        """End what is held, twice; what waits for a second person is approved by two."""
        if document.get("proposal_id") and not document.get("entry_ids"):
            path = f"/proposals/{document['proposal_id']}/approval"
            booked = partial(self._booked, entry)
            self._later(HOUR, path, {"approver": "Ada"})
            self._later(2 * HOUR, path, {"approver": "Bob"}, booked, by=SECOND_KEY)
        if "hold_until" not in entry or not document.get("entry_ids"):
            return
        path = f"/journal-entries/{document['entry_ids'][0]}/resolution"
        amount = entry["postings"][0]["amount"]
        sides = ((CREDIT, "debit"), (REVENUE, "credit"))
        part = _postings(sides, self._rng.randrange(amount) + 1)
        within = self._rng.randrange(12 * HOUR)  # before the night
        for outcome in ({"outcome": "post", "postings": part}, {"outcome": "void"}):
            self._later(within + self._rng.randrange(2), path, {**outcome, **_BY})

    def _later(
        self, delay: int, path: str, body: Json, then: Then = _no_more, *, by: str = KEY
    ) -> None:
        self._asked += 1
        say = partial(self._say, path, body, f"book-{self._asked}", then, by)
        self._host.agenda.add(delay, "accounting.http", say)

    def _say(self, path: str, body: Json, key: str, then: Then, by: str) -> None:
        """Until there is an answer that is one."""
        answer = self._host.desk("POST", path, body, key, by)
        document = {} if answer is None else json.loads(answer["body"])
        if answer is None or document.get("retryable", answer["statusCode"] >= 500):
            again = partial(self._say, path, body, key, then, by)
            self._host.agenda.add(MINUTE, "accounting.http", again)
        else:
            then(document)


def _postings(sides: tuple[tuple[str, str], ...], amount: int) -> list[Json]:
    return [
        {"account": account, "side": side, "amount": amount, "currency": "EUR"}
        for account, side in sides
    ]
