"""What providers have said means to us what the recordings say, whichever provider it is.

The suite runs over PROVIDERS: a new provider needs recordings, and no line here.
"""

import json
import socket
from collections.abc import Callable

import pytest

from payments.infrastructure.providers import PROVIDERS
from tests.contract.loopback import Loopback, Reply
from tests.contract.recordings import FOLDER, Recording, outcome, recordings, replayed, sent

ALL = [recording for provider in PROVIDERS for recording in recordings(provider)]
CALLS = [recording for recording in ALL if recording.method != "receive"]
WEBHOOKS = [recording for recording in ALL if recording.method == "receive"]
TAKEN = [recording for recording in WEBHOOKS if isinstance(recording.document["expected"], list)]

every_provider = pytest.mark.parametrize("provider", PROVIDERS)


def each(recordings: list[Recording]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recording", recordings, ids=lambda one: one.name)


def first(provider: str, method: str) -> Recording:
    return next(one for one in CALLS if (one.provider, one.method) == (provider, method))


def is_a(method: str, **fields: str) -> Callable[[Recording], bool]:
    """A recording of that method whose expected value has these fields."""

    def matches(recording: Recording) -> bool:
        expected = recording.document["expected"]
        value = expected[0]["notice"] if isinstance(expected, list) else expected or {}
        return recording.method == method and fields.items() <= value.items()

    return matches


SITUATIONS = {
    "an authorization is taken on": is_a("authorize", outcome="pending"),
    "an authorization is refused at once": is_a("authorize", outcome="rejected"),
    "an authorization's outcome is not known": is_a("authorize", outcome="unknown"),
    "an authorization is to be tried later": is_a("authorize", raises="ProviderBusy"),
    "our credentials are refused": is_a("authorize", raises="ProviderRefusesUs"),
    "a capture is taken on": is_a("capture", outcome="pending"),
    "a capture is refused at once": is_a("capture", outcome="rejected"),
    "a capture's outcome is not known": is_a("capture", outcome="unknown"),
    "a void is taken on": is_a("void", outcome="pending"),
    "a void is refused at once": is_a("void", outcome="rejected"),
    "a void's outcome is not known": is_a("void", outcome="unknown"),
    "a refund is taken on": is_a("refund", outcome="pending"),
    "a refund is refused at once": is_a("refund", outcome="rejected"),
    "a refund's outcome is not known": is_a("refund", outcome="unknown"),
    "a query finds a success": is_a("find", verdict="succeeded"),
    "a query finds a refusal": is_a("find", verdict="declined"),
    "a query finds what never took effect": is_a("find", verdict="failed"),
    "a query finds what no longer stands": is_a("find", verdict="reversed"),
    "a query finds a hold that is over": is_a("find", verdict="expired"),
    "a query finds nothing": lambda one: one.method == "find" and one.document["expected"] is None,
    "a webhook tells a success": is_a("receive", verdict="succeeded"),
    "a webhook tells a refusal": is_a("receive", verdict="declined"),
    "a webhook tells what never took effect": is_a("receive", verdict="failed"),
    "a webhook tells a capture that is undone": is_a(
        "receive", operation="capture", verdict="reversed"
    ),
    "a webhook tells a refund that came back": is_a(
        "receive", operation="refund", verdict="reversed"
    ),
    "a webhook tells a hold that is over": is_a("receive", verdict="expired"),
    "a webhook tells a dispute": is_a("receive", operation="dispute", verdict="opened"),
    "a webhook tells a dispute that is won": is_a("receive", operation="dispute", verdict="won"),
    "a webhook tells a dispute that is lost": is_a("receive", operation="dispute", verdict="lost"),
    "a webhook is not the provider's": is_a("receive", raises="SignatureInvalid"),
}

HTML = {"Content-Type": "text/html"}
NONSENSE = {
    "page": Reply(200, HTML, b"<html>Welcome to nginx</html>"),
    "nothing": Reply(200, {}, b""),
    "list": Reply(200, {}, b"[]"),
    "object": Reply(201, {}, b"{}"),
    "null": Reply(201, {}, b"null"),
    "half": Reply(201, {}, b'{"id": "'),
    "not_utf8": Reply(201, {}, b'{"id": "\xff"}'),
    "moved": Reply(302, {"Location": "https://elsewhere.example.com"}, b""),
    "not_found_by_a_proxy": Reply(404, HTML, b"<html>Not found</html>"),
    "server_error": Reply(500, {}, b"{}"),
    "bad_gateway": Reply(502, HTML, b"<html>Bad gateway</html>"),
    "unavailable": Reply(503, {}, b""),
    "gateway_timeout": Reply(504, HTML, b"<html>Gateway timeout</html>"),
    "dropped": None,
}
NO_ANSWER = [{"outcome": "unknown"}, {"raises": "OutcomeUnknown"}, {"raises": "ProviderBusy"}]
"""What silence, an error and nonsense may mean: never a yes, a no, or that nothing is there."""


def test_every_folder_of_recordings_is_of_a_provider() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(PROVIDERS)


@pytest.mark.parametrize("situation", SITUATIONS)
@every_provider
def test_a_provider_has_a_recording_of_each_situation(provider: str, situation: str) -> None:
    found = [one.name for one in recordings(provider) if SITUATIONS[situation](one)]
    assert found, f"record one under tests/contract/providers/{provider}"


@each(CALLS)
def test_an_answer_means_what_the_recording_says(recording: Recording) -> None:
    expected = recording.document["expected"]
    with Loopback(lambda _: replayed(recording.document["answer"])) as server:
        assert outcome(recording.gateway(server.url), recording) == expected
        asked = [sent(request) for request in server.requests]
    assert asked
    assert asked == [recording.document["sent"]] * len(asked)  # again is the same request
    assert len(asked) == 1 or "raises" in expected


@each(WEBHOOKS)
def test_a_webhook_means_what_the_recording_says(recording: Recording) -> None:
    gateway = recording.gateway("http://127.0.0.1:9")
    assert outcome(gateway, recording) == recording.document["expected"]


@each(TAKEN)
def test_a_webhook_whose_amount_was_changed_on_the_way_is_refused(recording: Recording) -> None:
    for received in recording.document["expected"]:
        amount = str(received["notice"]["amount"]["minor"])
        body = recording.document["delivered"]["body"]
        assert amount in body
        forged = body.replace(amount, str(int(amount) + 1))
        delivered = {**recording.document["delivered"], "body": forged}
        changed = Recording(
            recording.provider, recording.path, {**recording.document, "delivered": delivered}
        )
        gateway = changed.gateway("http://127.0.0.1:9")
        assert outcome(gateway, changed) == {"raises": "SignatureInvalid"}


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("method", ["authorize", "capture", "void", "refund", "find"])
@every_provider
def test_nonsense_and_silence_decide_nothing(provider: str, method: str, nonsense: str) -> None:
    recording = first(provider, method)
    with Loopback(lambda _: NONSENSE[nonsense]) as server:
        assert outcome(recording.gateway(server.url), recording) in NO_ANSWER


@pytest.mark.parametrize("method", ["authorize", "capture", "void", "refund", "find"])
@every_provider
def test_a_provider_that_is_not_there_has_done_nothing(provider: str, method: str) -> None:
    recording = first(provider, method)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gateway = recording.gateway(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert outcome(gateway, recording) == {"raises": "ProviderNotReached"}


@each(CALLS)
def test_a_call_is_made_under_the_key_and_the_reference_of_its_attempt(
    recording: Recording,
) -> None:
    attempt = recording.document["call"].get("attempt")
    if attempt is not None:
        request = json.dumps(recording.document["sent"])
        assert f'"{attempt["key"]}"' in request
        assert f'"{attempt["attempt_id"]}"' in request
