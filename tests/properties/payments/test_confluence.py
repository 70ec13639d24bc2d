"""Whatever a provider says, in any order, however often: the same payment, the same events."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import permutations
from random import Random
from typing import Any

import pytest

from payments.domain.errors import NoticeEarly
from payments.domain.facts import absent, noticed
from payments.domain.intents import start_void
from payments.domain.payment import Payment
from payments.domain.settling import line_settled
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.envelope import Message
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.contracts.settlement import LineKind, PaymentSettled
from tests.doubles.ledger import settled
from tests.unit.payments.lives import (
    NOW,
    authorized,
    authorizing,
    captured,
    capturing,
    dispute,
    eur,
    notice,
    refunding,
)

RUNNING_TOTALS = frozenset({"captured", "refunded"})
"""They tell how much it was at that point, which is another point in another order."""

GIVEN = notice(Operation.AUTHORIZE, Verdict.SUCCEEDED, 5000)
EXPIRED = replace(GIVEN, verdict=Verdict.EXPIRED)


def taken(verdict: Verdict, minor: int = 5000) -> Notice:
    return notice(Operation.CAPTURE, verdict, minor)


def back(verdict: Verdict, minor: int, number: int) -> Notice:
    return notice(Operation.REFUND, verdict, minor, number=number)


def line(minor: int, number: int = 1, **changed: Any) -> PaymentSettled:
    kind = LineKind.CAPTURE if minor > 0 else LineKind.CAPTURE_REVERSED
    return settled(kind, eur(minor), eur(minor), line=f"line_{number}", **changed)


ALL_BACK = [back(Verdict.SUCCEEDED, 5000, 1), back(Verdict.REVERSED, 5000, 1)]
GIVEN_UP = absent(capturing(), "pay_1-capture-1")[0]
VOIDING = start_void(authorized(), cause_id="x", now=NOW)
REFUNDING = refunding(1500, of=refunding(1000), number=2)
BY_ITS_NAME_THERE: dict[str, Any] = {"reference": "", "provider_reference": "sbx_capture_1"}
STORIES: dict[str, tuple[Payment, Sequence[Notice | PaymentSettled]]] = {
    "authorized": (authorizing(), [GIVEN, replace(GIVEN, verdict=None)]),
    "declined": (authorizing(), [replace(GIVEN, verdict=Verdict.DECLINED)]),
    "expired": (authorizing(), [GIVEN, EXPIRED]),
    "captured, then expired": (capturing(), [taken(Verdict.SUCCEEDED), EXPIRED]),
    "captured in part, the rest expired": (
        capturing(3000, final=False),
        [taken(Verdict.SUCCEEDED, 3000), EXPIRED],
    ),
    "captured in part, the rest given back, then expired": (
        capturing(3000),
        [taken(Verdict.SUCCEEDED, 3000), EXPIRED],
    ),
    "captured and withdrawn": (capturing(), [taken(Verdict.SUCCEEDED), taken(Verdict.REVERSED)]),
    "captured, withdrawn and expired": (
        capturing(),
        [taken(Verdict.SUCCEEDED), taken(Verdict.REVERSED), EXPIRED],
    ),
    "capture failed and expired": (capturing(), [taken(Verdict.FAILED), EXPIRED]),
    "voided and expired": (VOIDING, [notice(Operation.VOID, Verdict.SUCCEEDED, 5000), EXPIRED]),
    "void failed and expired": (VOIDING, [notice(Operation.VOID, Verdict.FAILED, 5000), EXPIRED]),
    "captured, disputed and lost": (
        capturing(),
        [
            taken(Verdict.SUCCEEDED),
            dispute(Verdict.OPENED, 4000),
            dispute(Verdict.LOST, 4000),
        ],
    ),
    "refunds in all fates, and a dispute won": (
        REFUNDING,
        [
            back(Verdict.SUCCEEDED, 1000, 1),
            back(Verdict.REVERSED, 1000, 1),
            back(Verdict.DECLINED, 1500, 2),
            dispute(Verdict.OPENED, 2000),
            dispute(Verdict.WON, 2000),
        ],
    ),
    "two disputes": (
        captured(),
        [
            dispute(Verdict.OPENED, 2000),
            dispute(Verdict.LOST, 2000),
            dispute(Verdict.OPENED, 3000, "sbx_dp_2"),
            dispute(Verdict.WON, 3000, "sbx_dp_2"),
        ],
    ),
    "all refunded, which came back, and was disputed and lost": (
        refunding(5000),
        [*ALL_BACK, dispute(Verdict.OPENED, 5000), dispute(Verdict.LOST, 5000)],
    ),
    "all refunded, which came back, and a dispute of the half is open": (
        refunding(5000),
        [*ALL_BACK, dispute(Verdict.OPENED, 2500)],
    ),
    "one of two refunds came back, and the rest was disputed": (
        REFUNDING,
        [
            back(Verdict.SUCCEEDED, 1000, 1),
            back(Verdict.REVERSED, 1000, 1),
            back(Verdict.SUCCEEDED, 1500, 2),
            dispute(Verdict.OPENED, 3500),
            dispute(Verdict.LOST, 3500),
        ],
    ),
    "a dispute won, and all of it disputed again": (
        captured(),
        [
            dispute(Verdict.OPENED, 5000),
            dispute(Verdict.WON, 5000),
            dispute(Verdict.OPENED, 5000, "sbx_dp_2"),
            dispute(Verdict.LOST, 5000, "sbx_dp_2"),
        ],
    ),
    "a capture that was given up has come, and was disputed": (
        GIVEN_UP,
        [taken(Verdict.SUCCEEDED), dispute(Verdict.OPENED, 5000), dispute(Verdict.LOST, 5000)],
    ),
    "settled": (capturing(), [taken(Verdict.SUCCEEDED), line(5000)]),
    "settled by the provider's name for it": (
        capturing(),
        [taken(Verdict.SUCCEEDED), line(5000, **BY_ITS_NAME_THERE)],
    ),
    "settled in three lines, captured in part, the rest expired": (
        capturing(3000, final=False),
        [taken(Verdict.SUCCEEDED, 3000), line(1000), line(1500, 2), line(500, 3), EXPIRED],
    ),
    "settled but for a cent": (capturing(), [taken(Verdict.SUCCEEDED), line(4000), line(999, 2)]),
    "settled, and its line taken back": (
        capturing(),
        [taken(Verdict.SUCCEEDED), line(5000), line(-5000, 2)],
    ),
    "settled, withdrawn, and its line taken back": (
        capturing(),
        [taken(Verdict.SUCCEEDED), taken(Verdict.REVERSED), line(5000), line(-5000, 2)],
    ),
    "refunded, and refund and capture came back": (
        refunding(5000),
        [
            back(Verdict.SUCCEEDED, 5000, 1),
            back(Verdict.REVERSED, 5000, 1),
            taken(Verdict.REVERSED),
        ],
    ),
    "settled, and a refund that came back": (
        refunding(1000),
        [line(5000), back(Verdict.SUCCEEDED, 1000, 1), back(Verdict.REVERSED, 1000, 1)],
    ),
    "settled and refunded": (refunding(1000), [line(5000), back(Verdict.SUCCEEDED, 1000, 1)]),
    "settled, disputed and won": (
        capturing(),
        [
            taken(Verdict.SUCCEEDED),
            line(5000),
            dispute(Verdict.OPENED, 4000),
            dispute(Verdict.WON, 4000),
        ],
    ),
    "settled, disputed and lost": (
        capturing(),
        [taken(Verdict.SUCCEEDED), line(5000), dispute(Verdict.LOST, 4000)],
    ),
}


def ends(payment: Payment, notices: Sequence[Notice | PaymentSettled]) -> tuple[Any, Any]:
    """The payment and what was published, when every notice was told, the early ones again.

    That it is overdrawn is said of how it stands at that point, to a person, and books nothing.
    A line is handled once: the mark of its message sees to that.
    """
    published: list[Message] = []
    handled: set[str] = set()
    waiting = list(notices)
    for _ in range(len(notices) ** 2 + 1):
        if not waiting:
            break
        said = waiting.pop(0)
        try:
            if isinstance(said, PaymentSettled):
                if said.line_id not in handled:
                    payment = line_settled(payment, said)
                    handled.add(said.line_id)
                continue
            payment, messages = noticed(payment, said)
        except NoticeEarly:
            waiting.append(said)
        else:
            published += [each for each in messages if not isinstance(each, PaymentOverdrawn)]
    assert not waiting, "a notice is early for ever"
    disputes = tuple(sorted(payment.disputes, key=lambda each: each.dispute_id))
    return replace(payment, checks=0, disputes=disputes), sorted(map(_told, published))


def _told(message: Message) -> tuple[str, str]:
    said = {name: each for name, each in asdict(message).items() if name not in RUNNING_TOTALS}
    return type(message).__name__, str(said)


@pytest.mark.parametrize("story", STORIES)
def test_every_order_with_duplicates_ends_the_same(story: str) -> None:
    payment, notices = STORIES[story]
    expected = ends(payment, notices)
    rng = Random(story)
    for order in permutations(notices):
        assert ends(payment, order) == expected
        doubled = [*order, *notices]
        rng.shuffle(doubled)
        assert ends(payment, doubled) == expected


def test_the_stories_end_as_they_are_called() -> None:
    """So that all orders do not agree on nonsense."""
    statuses = {story: ends(*STORIES[story])[0].status.value for story in STORIES}
    assert statuses == {
        "authorized": "authorized",
        "declined": "failed",
        "expired": "expired",
        "captured, then expired": "captured",
        "captured in part, the rest expired": "partially_captured",
        "captured in part, the rest given back, then expired": "partially_captured",
        "captured and withdrawn": "authorized",
        "captured, withdrawn and expired": "expired",
        "capture failed and expired": "expired",
        "voided and expired": "voided",
        "void failed and expired": "expired",
        "captured, disputed and lost": "charged_back",
        "refunds in all fates, and a dispute won": "captured",
        "two disputes": "charged_back",
        "all refunded, which came back, and was disputed and lost": "charged_back",
        "all refunded, which came back, and a dispute of the half is open": "disputed",
        "one of two refunds came back, and the rest was disputed": "charged_back",
        "a dispute won, and all of it disputed again": "charged_back",
        "a capture that was given up has come, and was disputed": "charged_back",
        "refunded, and refund and capture came back": "authorized",
        "settled": "settled",
        "settled by the provider's name for it": "settled",
        "settled in three lines, captured in part, the rest expired": "settled",
        "settled but for a cent": "captured",
        "settled, and its line taken back": "captured",
        "settled, withdrawn, and its line taken back": "authorized",
        "settled, and a refund that came back": "settled",
        "settled and refunded": "partially_refunded",
        "settled, disputed and won": "settled",
        "settled, disputed and lost": "charged_back",
    }
