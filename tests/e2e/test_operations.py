"""What operators repair: a consumer that was broken, a consumer that heard nothing, a replay."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.answers import Order
from client.operator_api import DeadLetter, Replay
from client.watch import Patience, until
from tests.e2e.driver import Platform
from tests.e2e.test_cli import client
from tests.e2e.test_duplicates import SERVICES, story

LONG = Patience(timeout_seconds=260.0, pause_seconds=0.5)
LONG_AGO = "--from", f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"


def consumer_of(quittance: Platform, inbox: str) -> str:
    """The name of the function behind an inbox."""
    queue = queue_arn(quittance, inbox)
    answer = quittance.aws("lambda").list_event_source_mappings(EventSourceArn=queue)
    (mapping,) = answer["EventSourceMappings"]
    return str(mapping["FunctionArn"]).rpartition(":")[2]


def queue_arn(quittance: Platform, inbox: str) -> str:
    answer = quittance.aws("sqs").get_queue_attributes(
        QueueUrl=quittance.outputs.queues[inbox], AttributeNames=["QueueArn"]
    )
    return str(answer["Attributes"]["QueueArn"])


def end_workers(quittance: Platform, function: str, *, busy_only: bool = False) -> int:
    """`kill -9` for the processes of a function: the next one starts anew."""
    workers = quittance.lambda_workers(busy_only=busy_only)
    found = [pid for pid, name in workers if name == function]
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


@contextmanager
def table_missing(quittance: Platform, inbox: str) -> Iterator[None]:
    """The consumer behind an inbox, deployed with the name of a table that is not there."""
    functions, name = quittance.aws("lambda"), consumer_of(quittance, inbox)
    whole = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def deploy(variables: dict[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        end_workers(quittance, name)

    deploy({**whole, "TABLE_NAME": "nowhere"})
    try:
        yield
    finally:
        deploy(whole)


@contextmanager
def provider_unknown(quittance: Platform) -> Iterator[None]:
    """The secret with the provider's credentials, emptied by somebody."""
    secrets, name = quittance.aws("secretsmanager"), "quittance/local/providers"
    whole = secrets.get_secret_value(SecretId=name)["SecretString"]

    def put(text: str) -> None:
        secrets.put_secret_value(SecretId=name, SecretString=text)
        end_workers(quittance, consumer_of(quittance, "payments_commands"))

    put("{}")
    try:
        yield
    finally:
        put(whole)


def about(quittance: Platform, inbox: str, order: Order) -> list[DeadLetter]:
    """The open dead letters of an inbox in which the order's payment is named."""
    service, queue = inbox.split("_")
    api = quittance.api("operator")
    listed = api.dead_letters(service, status="open", queue=queue)
    letters = [api.dead_letter(each["dead_letter_id"]) for each in listed]
    return [each for each in letters if order["payment_id"] in each["body"]]


def turn(quittance: Platform, service: str) -> dict[str, Any]:
    """One turn of the clock for what operators have asked of a service."""
    answer = quittance.aws("lambda").invoke(
        FunctionName=quittance.outputs.functions[f"{service}_republishing"]
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
    return found


def replayed(quittance: Platform, *words: str) -> Replay:
    """A replay that was started by the client, when it is done."""
    return ended(
        quittance,
        client(
            quittance, "replay", "start", *words, "--per-second", "500", "--reason", "rehearsal"
        ),
    )


def ended(quittance: Platform, started: Replay) -> Replay:
    assert started["status"] == "running"
    service, name = started["service"], started["replay_id"]

    def look() -> Replay:
        turn(quittance, service)
        return quittance.api("operator").replay(name)

    return until(look, lambda seen: seen["status"] != "running", LONG)


def test_what_broken_consumers_gave_up_is_sent_again_and_charged_and_booked_once(
    quittance: Platform,
) -> None:
    taken = quittance.rest(quittance.place())
    with table_missing(quittance, "accounting_events"):
        quittance.api().confirm_order(taken["order_id"], idempotency_key=taken["order_id"])
        until(lambda: quittance.payment(taken)["captured"], lambda seen: seen == 3998, LONG)
        with provider_unknown(quittance):
            held = quittance.place()
            (unasked,) = until(lambda: about(quittance, "payments_commands", held), bool, LONG)
        (unbooked,) = until(lambda: about(quittance, "accounting_events", taken), bool, LONG)
    assert (unasked["code"], unasked["message_type"]) == (
        "provider_not_configured",
        "AuthorizePayment",
    )
    assert [each["attempt"] for each in unasked["failures"]] == [3, 4, 5]
    assert (unbooked["code"], unbooked["message_type"]) == ("no_word", "PaymentCaptured")
    assert quittance.api().order(taken["order_id"])["status"] == "capturing"
    for letter in (unasked, unbooked):
        words = "--service", letter["service"], "--queue", letter["queue"], "--code", letter["code"]
        sent = client(
            quittance, "dead-letters", "redrive", "--all", *words, "--reason", "mended", "--watch"
        )["data"]
        assert letter["dead_letter_id"] in {each["dead_letter_id"] for each in sent}
        assert {each["status"] for each in sent} == {"redriven"}
        told = client(
            quittance, "dead-letters", "redrive", letter["dead_letter_id"],
            "--reason", "once more", code=1,
        )  # fmt: skip
        assert "HTTP 409, dead_letter_redriven" in told
    assert quittance.rest(taken)["status"] == "paid"
    assert quittance.rest(held)["status"] == "authorized"
    assert [each["captured"] for each in quittance.charges_of(taken)] == [3998]
    assert [each["authorized"] for each in quittance.charges_of(held)] == [3998]
    assert quittance.booked(taken) == [
        ("1100", "debit", 3998, "EUR"),
        ("4000", "credit", 3998, "EUR"),
    ]
    assert about(quittance, "accounting_events", taken) == []
    assert quittance.truth_equals_the_ledger()


def test_everything_that_was_ever_published_published_again_changes_nothing(
    quittance: Platform,
) -> None:
    paid, refused = quittance.paid(), quittance.rest(quittance.place("tok_lost_card"))
    resting = quittance.at_rest()
    before = story(quittance, paid), story(quittance, refused), resting
    for service in SERVICES:
        published = quittance.rows(service, which="attribute_exists(Payload)")
        replay = replayed(quittance, service, *LONG_AGO)
        assert (replay["status"], replay["published"]) == ("done", published)
    after = quittance.at_rest()
    assert (story(quittance, paid), story(quittance, refused), after) == before
    assert quittance.truth_equals_the_ledger()


@contextmanager
def deaf(quittance: Platform, inbox: str) -> Iterator[None]:
    """The bus tells the inbox nothing meanwhile, and keeps nothing for it."""
    events, bus = quittance.aws("events"), quittance.outputs.bus
    answer = events.list_rule_names_by_target(
        TargetArn=queue_arn(quittance, inbox), EventBusName=bus
    )
    (rule,) = answer["RuleNames"]
    targets = events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
    names = [target["Id"] for target in targets]
    events.remove_targets(Rule=rule, EventBusName=bus, Ids=names)
    try:
        yield
    finally:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=targets)


def test_the_webhooks_of_a_payment_read_again_change_nothing(quittance: Platform) -> None:
    order = quittance.paid()
    before = quittance.payment(order), story(quittance, order)
    started = client(
        quittance, "webhook", "replay", order["payment_id"], "--reason", "a consumer was mended"
    )
    replay = ended(quittance, started)
    assert (replay["status"], replay["published"]) == ("done", 2)
    quittance.at_rest()
    assert (quittance.payment(order), story(quittance, order)) == before
    assert [each["captured"] for each in quittance.charges_of(order)] == [3998]


def test_a_consumer_that_heard_nothing_for_long_is_told_again(quittance: Platform) -> None:
    """No queue holds what it missed, and no stream: its relay was told that all was published."""
    order = quittance.rest(quittance.place())
    with deaf(quittance, "accounting_events"):
        quittance.api().confirm_order(order["order_id"], idempotency_key=order["order_id"])
        until(lambda: quittance.payment(order)["status"], lambda seen: seen == "captured", LONG)
        quittance.at_rest()
    assert quittance.api().order(order["order_id"])["status"] == "capturing"
    assert quittance.booked(order) == []
    words = "--type", "PaymentCaptured", "--about", order["payment_id"]
    replay = replayed(quittance, "payments", *LONG_AGO, *words)
    assert (replay["status"], replay["published"]) == ("done", 1)
    assert quittance.rest(order)["status"] == "paid"
    assert quittance.booked(order) == [
        ("1100", "debit", 3998, "EUR"),
        ("4000", "credit", 3998, "EUR"),
    ]
    assert [each["captured"] for each in quittance.charges_of(order)] == [3998]


def test_a_replay_whose_worker_is_killed_goes_on_where_it_was(quittance: Platform) -> None:
    quittance.rest(quittance.place())
    messages = quittance.rows("payments", which="attribute_exists(Payload)")
    per_second = max(1, messages // 12)
    started = client(
        quittance, "replay", "start", "payments", *LONG_AGO,
        "--per-second", str(per_second), "--reason", "rehearsal",
    )  # fmt: skip
    name = started["replay_id"]
    function = quittance.outputs.functions["payments_republishing"]
    thread = threading.Thread(target=turn, args=(quittance, "payments"))
    thread.start()

    def look() -> Replay:
        return quittance.api("operator").replay(name)

    until(look, lambda seen: seen["published"] > 0, LONG)
    assert end_workers(quittance, function, busy_only=True) >= 1
    thread.join(60)
    stopped = look()
    assert (stopped["status"], stopped["published"] < messages) == ("running", True)

    def carried_on() -> Replay:
        turn(quittance, "payments")
        return look()

    done = until(carried_on, lambda seen: seen["status"] != "running", LONG)
    assert (done["status"], done["published"]) == ("done", messages)
    assert quittance.truth_equals_the_ledger()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--from", "2020-01-01T00:00:00Z"), "HTTP 409, too_old_to_repeat"),
        (("--from", "2120-01-01T00:00:00Z"), "/from: not before its end"),
        ((*LONG_AGO, "--to", "2120-01-01T00:00:00Z"), "/to: in the future"),
        ((*LONG_AGO, "--type", "Everything"), "/types/0"),
    ],
)
def test_a_replay_that_makes_no_sense_is_refused(
    quittance: Platform, words: tuple[str, ...], complaint: str
) -> None:
    told = client(quittance, "replay", "start", "orders", *words, "--reason", "no", code=1)
    assert complaint in told


def test_a_replay_that_is_stopped_does_not_go_on(quittance: Platform) -> None:
    started = client(
        quittance, "replay", "start", "orders", *LONG_AGO, "--per-second", "1", "--reason", "slow"
    )
    name = started["replay_id"]
    stopped = client(quittance, "replay", "stop", name, "--reason", "it was a mistake")
    assert (stopped["status"], stopped["stopped"]["actor"]) == ("stopped", "operator")
    told = client(quittance, "replay", "stop", name, "--reason", "again", code=1)
    assert "HTTP 409, replay_over" in told
    told = client(quittance, "replay", "show", "rp_orders_none", code=1)
    assert "HTTP 404, not_found" in told
