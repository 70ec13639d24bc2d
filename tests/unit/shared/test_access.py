"""An API key is known by its hash alone, can be revoked, and nobody gets in by default."""

import hmac
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.errors.taxonomy import AccessUnavailable, Unauthenticated
from shared.rest.access import ApiKeys, Principal

# SHA-256 of "qk_client" and "qk_operator"
CLIENT = {
    "name": "client",
    "sha256": "2e61ed94bda6349c5533e4a2a734f5a6308db2c42f53569f8abf191226374fd6",
    "scopes": ["orders:write", "orders:read"],
}
OPERATOR = {
    "name": "operator",
    "sha256": "f3deb26975e6d1856b07338fd0084f414074dc512601f0918d317ca36669cf65",
    "scopes": ["payments:operate"],
}
CLIENT_PRINCIPAL = Principal("client", frozenset({"orders:write", "orders:read"}))


@dataclass
class Secret:
    """A secret whose text can change, and a clock that is set by hand."""

    text: str = json.dumps({"keys": [CLIENT, OPERATOR]})
    seconds: float = 1000.0
    loads: int = 0
    failure: Exception | None = None
    keys: ApiKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = ApiKeys(load=self.load, seconds=lambda: self.seconds)

    def load(self) -> str:
        self.loads += 1
        if self.failure is not None:
            raise self.failure
        return self.text

    def hold(self, *entries: Any) -> None:
        self.text = json.dumps({"keys": entries})


def refused(secret: Secret, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        secret.keys.authenticate(header)


def test_a_key_is_known_with_its_name_and_scopes() -> None:
    secret = Secret()
    assert secret.keys.authenticate("Bearer qk_client") == CLIENT_PRINCIPAL
    assert secret.keys.authenticate("bearer  qk_client ") == CLIENT_PRINCIPAL
    assert secret.keys.authenticate("Bearer qk_operator").name == "operator"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "qk_client",
        "Basic qk_client",
        "Bearer qk_clien",
        "Bearer qk_client x",
        "Bearer QK_CLIENT",
        f"Bearer {CLIENT['sha256']}",
        "Bearer schl\u00fcssel",
        "Bearer \ud800",
        "Bearer " + "k" * 100_000,
    ],
)
def test_any_other_header_is_refused(header: str | None) -> None:
    refused(Secret(), header)


def test_a_header_without_a_key_costs_no_look_at_the_secret() -> None:
    secret = Secret()
    refused(secret, "Basic abc")
    assert secret.loads == 0


def test_every_known_key_is_compared_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    compare = hmac.compare_digest

    def counted(known: str, given: str) -> bool:
        compared.append(known)
        return compare(known, given)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    secret = Secret()
    for header in ("Bearer qk_client", "Bearer qk_operator"):
        compared.clear()
        secret.keys.authenticate(header)
        assert compared == [CLIENT["sha256"], OPERATOR["sha256"]]


def test_the_secret_is_read_once_for_many_requests() -> None:
    secret = Secret()
    for _ in range(5):
        secret.keys.authenticate("Bearer qk_client")
    secret.seconds += 299
    secret.keys.authenticate("Bearer qk_client")
    assert secret.loads == 1


def test_a_revoked_key_works_for_five_minutes_at_most() -> None:
    secret = Secret()
    secret.keys.authenticate("Bearer qk_client")
    secret.hold(OPERATOR)
    secret.seconds += 299
    secret.keys.authenticate("Bearer qk_client")
    secret.seconds += 1
    refused(secret, "Bearer qk_client")


def test_a_new_key_works_at_once() -> None:
    secret = Secret()
    secret.hold(CLIENT)
    secret.keys.authenticate("Bearer qk_client")
    secret.hold(CLIENT, OPERATOR)
    secret.seconds += 2
    assert secret.keys.authenticate("Bearer qk_operator").name == "operator"


def test_a_flood_of_wrong_keys_reads_the_secret_every_two_seconds_at_most() -> None:
    secret = Secret()
    for _ in range(100):
        refused(secret, "Bearer wrong")
    assert secret.loads == 1
    secret.seconds += 2
    for _ in range(100):
        refused(secret, "Bearer wrong")
    assert secret.loads == 2


def test_as_deployed_there_is_no_key_and_nobody_gets_in() -> None:
    secret = Secret()
    secret.hold()
    refused(secret, "Bearer qk_client")
    refused(secret, "Bearer ")


UNREADABLE = [
    "",
    "nonsense",
    "[]",
    "null",
    "{}",
    '{"keys": 5}',
    '{"keys": {"client": 1}}',
    '{"keys": [5]}',
    '{"keys": [{"name": "client", "scopes": []}]}',
    json.dumps({"keys": [{**CLIENT, "sha256": 5}]}),
    json.dumps({"keys": [{**CLIENT, "sha256": "schl\u00fcssel"}]}),
    json.dumps({"keys": [{**CLIENT, "sha256": ""}]}),
    json.dumps({"keys": [{**CLIENT, "name": None}]}),
    json.dumps({"keys": [{**CLIENT, "scopes": "orders:write"}]}),
    json.dumps({"keys": [{**CLIENT, "scopes": [5]}]}),
    json.dumps({"keys": [CLIENT, {**OPERATOR, "scopes": None}]}),
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_secret_that_is_not_what_it_should_be_lets_nobody_in(text: str) -> None:
    secret = Secret(text=text)
    for _ in range(2):
        with pytest.raises(AccessUnavailable):
            secret.keys.authenticate("Bearer qk_client")


def test_a_hash_in_capital_letters_is_the_same_hash() -> None:
    secret = Secret()
    secret.hold({**CLIENT, "sha256": str(CLIENT["sha256"]).upper()})
    assert secret.keys.authenticate("Bearer qk_client") == CLIENT_PRINCIPAL


def test_what_else_is_written_beside_a_key_is_passed_over() -> None:
    secret = Secret()
    secret.hold({**CLIENT, "created_at": "2026-01-02"})
    assert secret.keys.authenticate("Bearer qk_client") == CLIENT_PRINCIPAL


def test_keys_are_kept_no_longer_than_they_can_be_read() -> None:
    secret = Secret()
    secret.keys.authenticate("Bearer qk_client")
    secret.failure = AccessUnavailable("gone")
    secret.seconds += 300
    with pytest.raises(AccessUnavailable):
        secret.keys.authenticate("Bearer qk_client")
    secret.failure = None
    assert secret.keys.authenticate("Bearer qk_client") == CLIENT_PRINCIPAL


def test_a_secret_that_was_spoilt_lets_nobody_in_once_it_is_read_again() -> None:
    secret = Secret()
    secret.keys.authenticate("Bearer qk_client")
    secret.text = "spoilt"
    secret.seconds += 300
    for _ in range(2):
        with pytest.raises(AccessUnavailable):
            secret.keys.authenticate("Bearer qk_client")


def test_a_secret_that_was_found_spoilt_closes_the_door_at_once() -> None:
    secret = Secret()
    secret.keys.authenticate("Bearer qk_client")
    secret.text = "spoilt"
    secret.seconds += 2
    for header in ("Bearer wrong", "Bearer qk_client"):
        with pytest.raises(AccessUnavailable):
            secret.keys.authenticate(header)
