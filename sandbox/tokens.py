"""How each card token behaves: one line of data a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from sandbox.payment import Kind, Status, Verdict


class Reply(StrEnum):
    """What the merchant hears on the line of its request."""

    TRUTH = "truth"
    PENDING = "pending"
    SERVER_ERROR = "server_error"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"


class Notice(StrEnum):
    """How an operation's webhook is sent."""

    ONCE = "once"
    NEVER = "never"
    TWICE = "twice"
    FIRST = "first"
    REVERSED = "reversed"


@dataclass(frozen=True)
class Behaviour:
    """The default is a card on which everything succeeds."""

    declines: str | None = None
    requires_action: bool = False
    reply: Reply = Reply.TRUTH
    notice: Notice = Notice.ONCE
    fails_now: Kind | None = None
    reverses: Kind | None = None
    holds_up: Kind | None = None
    disputes_end: Status | None = None
    disputed_again: bool = False
    capture_window: timedelta = timedelta(days=7)


TOKENS: Mapping[str, Behaviour] = MappingProxyType(
    {
        "tok_visa": Behaviour(),
        "tok_insufficient_funds": Behaviour(declines="insufficient_funds"),
        "tok_lost_card": Behaviour(declines="lost_card"),
        "tok_expired_card": Behaviour(declines="expired_card"),
        "tok_do_not_honor": Behaviour(declines="do_not_honor"),
        "tok_requires_action": Behaviour(requires_action=True),
        "tok_timeout_after_charge": Behaviour(reply=Reply.LOST_AFTER),
        "tok_timeout_before_charge": Behaviour(reply=Reply.LOST_BEFORE),
        "tok_server_error": Behaviour(reply=Reply.SERVER_ERROR),
        "tok_charge_and_say_pending": Behaviour(reply=Reply.PENDING),
        "tok_webhook_never": Behaviour(notice=Notice.NEVER),
        "tok_webhook_twice": Behaviour(notice=Notice.TWICE),
        "tok_webhook_first": Behaviour(notice=Notice.FIRST),
        "tok_webhooks_reversed": Behaviour(notice=Notice.REVERSED),
        "tok_capture_fails": Behaviour(fails_now=Kind.CAPTURE),
        "tok_capture_fails_later": Behaviour(reverses=Kind.CAPTURE),
        "tok_capture_late": Behaviour(holds_up=Kind.CAPTURE),
        "tok_void_fails": Behaviour(fails_now=Kind.VOID),
        "tok_refund_fails_later": Behaviour(reverses=Kind.REFUND),
        "tok_expires": Behaviour(capture_window=timedelta(seconds=3)),
        "tok_dispute_lost": Behaviour(disputes_end=Status.LOST),
        "tok_dispute_won": Behaviour(disputes_end=Status.WON),
        "tok_dispute_again": Behaviour(disputes_end=Status.WON, disputed_again=True),
    }
)


def verdict_on(kind: Kind, behaviour: Behaviour) -> Verdict:
    """What the issuer says at once to an operation of this kind."""
    if kind is Kind.AUTHORIZE and behaviour.declines is not None:
        return Verdict(Status.DECLINED, behaviour.declines)
    if kind is Kind.AUTHORIZE and behaviour.requires_action:
        return Verdict(Status.PENDING)
    if kind is behaviour.fails_now:
        return Verdict(Status.FAILED, rejection_of(kind))
    return Verdict(capture_window=behaviour.capture_window)


def rejection_of(kind: Kind) -> str:
    """The code on an operation that failed or was reversed: `capture_rejected` and so on."""
    return f"{kind}_rejected"
