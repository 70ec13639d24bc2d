"""The function URL takes nothing that the provider has not signed, lately, with our secret."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass

import pytest

from client.transport import Answer, Transport
from tests.e2e.driver import Platform, problem

NOTICE = {
    "id": "evt_1",
    "type": "operation.succeeded",
    "created_at": "2026-11-24T10:00:00Z",
    "data": {
        "id": "sbx_op_1",
        "operation": "authorize",
        "payment": "sbx_pay_1",
        "reference": "att_nobody",
        "status": "succeeded",
        "amount": 3998,
        "currency": "EUR",
        "decline_code": None,
        "capture_before": None,
        "metadata": {},
        "created_at": "2026-11-24T10:00:00Z",
    },
}
BODY = json.dumps(NOTICE).encode()


@dataclass(frozen=True)
class Provider:
    """What the platform's provider would send; whoever holds the secret can."""

    quittance: Platform

    @property
    def secret(self) -> bytes:
        found = self.quittance.aws("secretsmanager").get_secret_value(
            SecretId="quittance/local/providers"
        )
        text: str = json.loads(found["SecretString"])["sandbox"]["webhook_secret"]
        return base64.b64decode(text.removeprefix("whsec_"))

    def signed(
        self, body: bytes = BODY, *, age_seconds: int = 0, secret: bytes | None = None
    ) -> dict[str, str]:
        webhook_id, sent_at = f"msg_{uuid.uuid4().hex}", str(int(time.time()) - age_seconds)
        content = f"{webhook_id}.{sent_at}.".encode() + body
        digest = hmac.new(secret or self.secret, content, hashlib.sha256).digest()
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": sent_at,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }

    def send(
        self, headers: dict[str, str], body: bytes = BODY, path: str = "/webhooks/sandbox"
    ) -> Answer:
        transport = Transport(self.quittance.outputs.webhook_url)
        content = {"Content-Type": "application/json"}
        return transport.request("POST", path, headers=content | headers, body=body)


@pytest.fixture
def provider(quittance: Platform) -> Provider:
    return Provider(quittance)


def refused(provider: Provider, headers: dict[str, str], body: bytes = BODY) -> None:
    before = provider.quittance.at_rest()
    answer = provider.send(headers, body)
    assert (answer.status, problem(answer)["code"]) == (401, "signature_invalid")
    assert provider.quittance.footprint() == before


def test_an_unsigned_webhook_is_refused(provider: Provider) -> None:
    refused(provider, {})


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_signature_without_one_of_its_parts_is_refused(provider: Provider, missing: str) -> None:
    headers = provider.signed()
    del headers[missing]
    refused(provider, headers)


@pytest.mark.parametrize(
    "signature",
    ["v1,", "v1,AAAA", "v1,not base 64!", "v2,AAAA", "AAAA", "v1,é"],
)
def test_a_bad_signature_is_refused(provider: Provider, signature: str) -> None:
    refused(provider, provider.signed() | {"webhook-signature": signature})


def test_a_signature_by_another_secret_is_refused(provider: Provider) -> None:
    refused(provider, provider.signed(secret=b"another secret of enough bytes"))


def test_a_body_that_was_changed_after_signing_is_refused(provider: Provider) -> None:
    refused(provider, provider.signed(), BODY.replace(b"3998", b"3999"))


@pytest.mark.parametrize("age_seconds", [360, 86_400, -360], ids=["old", "ancient", "future"])
def test_a_signature_of_another_time_is_refused(provider: Provider, age_seconds: int) -> None:
    refused(provider, provider.signed(age_seconds=age_seconds))


@pytest.mark.parametrize("sent_at", ["", "soon", "-1", "1e9", "9" * 40])
def test_a_time_that_is_no_time_is_refused(provider: Provider, sent_at: str) -> None:
    refused(provider, provider.signed() | {"webhook-timestamp": sent_at})


def test_a_body_that_is_too_large_is_refused(provider: Provider) -> None:
    before = provider.quittance.at_rest()
    body = b'{"note": "' + b"x" * 100_000 + b'"}'
    answer = provider.send(provider.signed(body), body)
    assert (answer.status, problem(answer)["code"]) == (413, "payload_too_large")
    assert provider.quittance.footprint() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"id": 1}', BODY.replace(b"3998", b"39.98")],
    ids=repr,
)
def test_a_signed_body_that_makes_no_sense_is_refused_without_an_error_of_ours(
    provider: Provider, body: bytes
) -> None:
    before = provider.quittance.at_rest()
    answer = provider.send(provider.signed(body), body)
    assert (answer.status, problem(answer)["code"]) == (400, "webhook_malformed")
    assert provider.quittance.footprint() == before


@pytest.mark.parametrize("path", ["/webhooks/nobody", "/webhooks", "/", "/webhooks/sandbox/more"])
def test_another_address_is_not_found(provider: Provider, path: str) -> None:
    answer = provider.send(provider.signed(), path=path)
    assert (answer.status, problem(answer)["code"]) == (404, "not_found")
