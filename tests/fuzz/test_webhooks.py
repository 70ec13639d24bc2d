"""Only what the provider has signed is stored, once; whatever else comes leaves nothing behind."""

from random import Random

import pytest

from payments.infrastructure import standard_webhooks
from payments.infrastructure.providers import sandbox
from tests.fuzz.forgeries import CHANGES, Forger
from tests.fuzz.notices import Notices
from tests.fuzz.requests import Found

REQUESTS = 10_000
"""`make fuzz` sends 100,000."""
SIGNED = 3_000


def test_no_forged_webhook_is_taken_and_no_replay_has_an_effect() -> None:
    forger = Forger(Random(7))
    forger.run(REQUESTS)
    kinds = ("forged", "replayed", "genuine")
    assert sum(forger.counts[kind] for kind in kinds) == REQUESTS
    assert min(forger.counts[kind] for kind in kinds) > 100
    assert len(CHANGES) == 13


def test_what_the_provider_signs_is_stored_readable_or_refused() -> None:
    notices = Notices(Random(7))
    notices.run(SIGNED)
    assert min(notices.counts["answered 200"], notices.counts["answered 400"]) > 500
    assert sum(notices.counts.values()) == SIGNED


def test_a_door_that_believes_anything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def believe(raw: bytes, headers: dict[str, str], **_: object) -> str:
        return headers["webhook-id"]

    monkeypatch.setattr(sandbox, "verified_id", believe)
    with pytest.raises(Found, match="forged"):
        Forger(Random(7)).run(1_000)


def test_a_door_that_forgets_the_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = standard_webhooks.verified_id

    def timeless(raw: bytes, headers: dict[str, str], **given: object) -> str:
        return real(raw, {**headers, "webhook-timestamp": "1767323045"}, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(sandbox, "verified_id", timeless)
    with pytest.raises(Found, match="forged"):
        Forger(Random(7)).run(1_000)
