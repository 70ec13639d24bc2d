"""The table of tokens: what each does, and that the manual names them all."""

import pytest

import sandbox
from sandbox.payment import Kind, Status
from sandbox.tokens import TOKENS, Notice, Reply, verdict_on

ASKED = (Kind.AUTHORIZE, Kind.CAPTURE, Kind.VOID, Kind.REFUND)  # what a merchant asks for

AUTHORIZATIONS = [
    ("tok_visa", "succeeded", None),
    ("tok_insufficient_funds", "declined", "insufficient_funds"),
    ("tok_lost_card", "declined", "lost_card"),
    ("tok_expired_card", "declined", "expired_card"),
    ("tok_do_not_honor", "declined", "do_not_honor"),
    ("tok_requires_action", "pending", None),
    ("tok_timeout_after_charge", "succeeded", None),
    ("tok_charge_and_say_pending", "succeeded", None),
    ("tok_webhook_never", "succeeded", None),
    ("tok_webhook_twice", "succeeded", None),
    ("tok_webhook_first", "succeeded", None),
    ("tok_webhooks_reversed", "succeeded", None),
    ("tok_capture_fails", "succeeded", None),
    ("tok_capture_fails_later", "succeeded", None),
    ("tok_capture_late", "succeeded", None),
    ("tok_void_fails", "succeeded", None),
    ("tok_refund_fails_later", "succeeded", None),
    ("tok_expires", "succeeded", None),
    ("tok_dispute_lost", "succeeded", None),
    ("tok_dispute_won", "succeeded", None),
    ("tok_dispute_again", "succeeded", None),
]


@pytest.mark.parametrize(("token", "status", "reason"), AUTHORIZATIONS)
def test_each_token_authorizes_as_the_table_says(
    token: str, status: str, reason: str | None
) -> None:
    verdict = verdict_on(Kind.AUTHORIZE, TOKENS[token])
    assert (verdict.status, verdict.reason) == (status, reason)


def test_two_tokens_never_reach_the_issuer() -> None:
    known = {token for token, _, _ in AUTHORIZATIONS}
    assert set(TOKENS) - known == {"tok_timeout_before_charge", "tok_server_error"}


@pytest.mark.parametrize(
    ("token", "reply"),
    [
        ("tok_visa", Reply.TRUTH),
        ("tok_timeout_after_charge", Reply.LOST_AFTER),
        ("tok_timeout_before_charge", Reply.LOST_BEFORE),
        ("tok_server_error", Reply.SERVER_ERROR),
        ("tok_charge_and_say_pending", Reply.PENDING),
    ],
)
def test_each_token_answers_as_the_table_says(token: str, reply: Reply) -> None:
    assert TOKENS[token].reply is reply


@pytest.mark.parametrize(
    ("token", "notice"),
    [
        ("tok_visa", Notice.ONCE),
        ("tok_webhook_never", Notice.NEVER),
        ("tok_webhook_twice", Notice.TWICE),
        ("tok_webhook_first", Notice.FIRST),
        ("tok_webhooks_reversed", Notice.REVERSED),
    ],
)
def test_each_token_sends_webhooks_as_the_table_says(token: str, notice: Notice) -> None:
    assert TOKENS[token].notice is notice


@pytest.mark.parametrize(
    ("token", "kind", "reason"),
    [
        ("tok_capture_fails", Kind.CAPTURE, "capture_rejected"),
        ("tok_void_fails", Kind.VOID, "void_rejected"),
    ],
)
def test_a_token_fails_one_kind_of_operation_and_no_other(
    token: str, kind: Kind, reason: str
) -> None:
    failing = verdict_on(kind, TOKENS[token])
    assert (failing.status, failing.reason) == ("failed", reason)
    others = [verdict_on(other, TOKENS[token]) for other in ASKED if other is not kind]
    assert [verdict.status for verdict in others] == [Status.SUCCEEDED] * 3


def test_what_is_reversed_later_succeeds_first() -> None:
    assert TOKENS["tok_capture_fails_later"].reverses is Kind.CAPTURE
    assert TOKENS["tok_refund_fails_later"].reverses is Kind.REFUND
    for token in ("tok_capture_fails_later", "tok_refund_fails_later"):
        assert {verdict_on(kind, TOKENS[token]).status for kind in ASKED} == {"succeeded"}


def test_three_tokens_are_disputed_and_one_of_them_again() -> None:
    ends = {token: behaviour.disputes_end for token, behaviour in TOKENS.items()}
    assert ends.pop("tok_dispute_lost") is Status.LOST
    assert ends.pop("tok_dispute_won") is Status.WON
    assert ends.pop("tok_dispute_again") is Status.WON
    assert [token for token, each in TOKENS.items() if each.disputed_again] == ["tok_dispute_again"]
    assert set(ends.values()) == {None}


def test_only_one_token_expires_within_seconds() -> None:
    windows = {
        token: verdict_on(Kind.AUTHORIZE, behaviour).capture_window.total_seconds()
        for token, behaviour in TOKENS.items()
    }
    assert windows.pop("tok_expires") == 3
    assert set(windows.values()) == {604_800}


def test_the_manual_explains_every_token() -> None:
    assert sandbox.__doc__ is not None
    assert [token for token in TOKENS if f"``{token}``" not in sandbox.__doc__] == []


def test_the_manual_explains_every_status() -> None:
    assert sandbox.__doc__ is not None
    assert [status for status in Status if f"``{status}``" not in sandbox.__doc__] == []
