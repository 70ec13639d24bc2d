"""Webhook signatures against values that `openssl dgst -mac HMAC` computed, and the backoff."""

import pytest

from sandbox.payment import Refused
from sandbox.webhooks import retry_delay, signature, signing_key

VECTORS = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        '{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "evt_one",
        1_700_000_000,
        '{"a":"é"}',
        "v1,ajPwg/6582LIKsooXbNbitzgmVNbVQZH0rPLGrpSSMY=",
    ),
]


@pytest.mark.parametrize(("secret", "webhook_id", "sent_at", "body", "expected"), VECTORS)
def test_a_signature_equals_the_independent_one(
    secret: str, webhook_id: str, sent_at: int, body: str, expected: str
) -> None:
    signed = signature(
        signing_key(secret), webhook_id=webhook_id, sent_at_seconds=sent_at, body=body.encode()
    )
    assert signed == expected


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_not base64", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_é"],
)
def test_a_secret_of_another_form_is_refused(secret: str) -> None:
    with pytest.raises(Refused) as refused:
        signing_key(secret)
    assert refused.value.code == "invalid_request"


def test_retries_wait_twice_as_long_each_time_up_to_an_hour() -> None:
    waits = [retry_delay(attempts).total_seconds() for attempts in (1, 2, 3, 4, 13, 14, 90)]
    assert waits == [0.5, 1, 2, 4, 2_048, 3_600, 3_600]
