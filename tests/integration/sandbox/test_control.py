"""The control API: faults, clock, reset, and the process itself."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.integration.sandbox.merchant import API_KEY, Merchant
from tests.integration.sandbox.receiver import Receiver

LOST = urllib3.exceptions.ProtocolError
ROOT = Path(__file__).parents[3]


def test_a_timeout_before_takes_nothing_and_the_retry_charges(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "timeout_before", "times": 1})
    with pytest.raises(LOST):
        merchant.authorize(key="key_a")
    assert merchant.charged() == []
    assert merchant.authorize(key="key_a").status == 201
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_a_timeout_after_charges_and_the_retry_replays(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "timeout_after", "times": 1})
    with pytest.raises(LOST):
        merchant.authorize(key="key_a")
    assert merchant.charged() == [(5_000, 0, 0, 0)]
    assert merchant.authorize(key="key_a").headers["Idempotent-Replayed"] == "true"
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_a_server_error_takes_nothing_and_stays_under_its_key(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "server_error", "times": 1})
    assert merchant.authorize(key="key_a").status == 500
    assert merchant.authorize(key="key_a").status == 500
    assert merchant.authorize(key="key_b").status == 201
    assert merchant.charged() == [(5_000, 0, 0, 0)]


def test_a_limited_rate_keeps_nothing_under_the_key(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "rate_limited", "times": 1})
    limited = merchant.authorize(key="key_a")
    assert (limited.status, limited.code) == (429, "rate_limited")
    assert limited.headers["Retry-After"] == "1"
    assert merchant.authorize(key="key_a").status == 201


def test_a_capture_that_is_held_up_drops_the_line_and_comes_on_request(
    merchant: Merchant, receiver: Receiver
) -> None:
    payment = merchant.authorize("tok_capture_late").body["payment"]
    receiver.wait_for(1)
    with pytest.raises(LOST):
        merchant.change("captures", payment, 5_000)
    assert merchant.charged() == [(5_000, 0, 0, 0)]
    assert merchant.post("/_control/late", {"reference": "captures_1"}).status == 201
    assert merchant.charged() == [(5_000, 5_000, 0, 0)]
    assert merchant.post("/_control/late", {"reference": "captures_1"}).code == "not_found"
    assert receiver.wait_for(2)[1].event["type"] == "operation.succeeded"


def test_a_slow_answer_takes_its_time(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "slow", "times": 1, "delay_ms": 200})
    began = time.monotonic()
    assert merchant.authorize().status == 201
    assert time.monotonic() - began >= 0.2


def test_the_faults_that_are_set_are_listed(merchant: Merchant) -> None:
    merchant.control("faults", {"kind": "slow", "rate": 0.5, "times": 3})
    assert merchant.control("faults", {"kind": "timeout_after"})["faults"] == [
        {"kind": "slow", "rate": 0.5, "times": 3, "delay_ms": 2_000},
        {"kind": "timeout_after", "rate": 1.0, "times": None},
    ]
    assert merchant.control("faults", {"kind": "slow", "times": 0})["faults"] == [
        {"kind": "timeout_after", "rate": 1.0, "times": None},
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "earthquake"}),
        ("faults", {"kind": "slow", "rate": 1.5}),
        ("faults", {"kind": "slow", "rate": "often"}),
        ("faults", {"kind": "slow", "times": -1}),
        ("faults", {"kind": "slow", "delay_ms": 60_001}),
        ("clock", {"advance_seconds": -1}),
        ("clock", {"advance_seconds": 1.5}),
        ("clock", {}),
        ("webhooks", {"url": "ftp://example.com", "secret": "whsec_AAAA"}),
        ("webhooks", {"url": "http://127.0.0.1:80", "secret": "AAAA"}),
        ("webhooks", {"url": "http://[", "secret": "whsec_AAAA"}),
        ("disputes", {}),
        ("disputes", {"payment": "sbx_pay_1", "reference": "auth_1"}),
        ("disputes", {"payment": "sbx_pay_1", "amount": 0}),
        ("disputes", {"payment": "sbx_pay_1", "amount": None}),
        ("disputes", {"payment": "sbx_pay_1", "reason": ""}),
        ("disputes", {"payment": "sbx_pay_1", "currency": "EUR"}),
        ("disputes", {"dispute": "sbx_dp_1"}),
        ("disputes", {"dispute": "sbx_dp_1", "outcome": "opened"}),
        ("disputes", {"dispute": "sbx_dp_1", "outcome": "won", "amount": 1}),
    ],
)
def test_a_bad_control_request_is_400(merchant: Merchant, path: str, body: object) -> None:
    reply = merchant.post(f"/_control/{path}", body)
    assert (reply.status, reply.code) == (400, "invalid_request")


def test_what_falls_due_has_happened_when_the_clock_answers(merchant: Merchant) -> None:
    merchant.authorize()
    merchant.control("clock", {"advance_seconds": 7 * 86_400})
    [operation] = merchant.operations("auth_1")
    assert (operation["status"], operation["decline_code"]) == ("expired", "expired")
    [charge] = merchant.control("charges")["charges"]
    assert (charge["authorized"], charge["captured"], charge["expired"]) == (5_000, 0, 5_000)


def test_a_reset_forgets_all_but_the_endpoint_and_the_given_identifiers(
    merchant: Merchant, receiver: Receiver
) -> None:
    merchant.control("faults", {"kind": "drop_webhook"})
    before = merchant.authorize(key="key_a").body
    merchant.control("reset")
    assert merchant.control("charges") == {"charges": [], "totals": {}}
    after = merchant.authorize(key="key_a").body
    [webhook] = receiver.wait_for(1)
    assert webhook.event["data"] == after
    assert after["id"] != before["id"]


def test_the_process_announces_itself_and_stops_within_a_second(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", "--port", "0", "--seed", "7"),
            *("--api-key", API_KEY, "--ready-file", str(ready_file)),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        ready = _wait_for_json(ready_file, process)
        assert ready["pid"] == process.pid
        merchant = Merchant(ready["url"])
        merchant.control("webhooks", {"url": "http://127.0.0.1:1/", "secret": "whsec_AAAA"})
        assert merchant.authorize().status == 201
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
        assert time.monotonic() - began < 1
        assert process.returncode == 0
        assert b"POST /v1/payments 201" in errors
        assert b"Traceback" not in errors
        merchant.http.clear()
    finally:
        process.kill()
        process.wait(timeout=5)


def test_a_taken_port_is_reported(sandbox_url: str) -> None:
    port = sandbox_url.rpartition(":")[2]
    process = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", port, "--api-key", API_KEY],
        cwd=ROOT,
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.startswith(f"Cannot listen on port {port}".encode())


def _wait_for_json(path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    until = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < until, "the sandbox did not get ready"
        assert process.poll() is None, "the sandbox ended"
        time.sleep(0.02)
    ready = json.loads(path.read_text())
    assert isinstance(ready, dict)
    return ready
