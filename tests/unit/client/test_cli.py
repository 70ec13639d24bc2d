"""The command line: tables for people, JSON for machines, and an exit code one can trust."""

import json
from pathlib import Path

import pytest

from client.cli import main
from client.connection import NotConnected, connect
from client.keys import with_entry
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told
from tests.unit.client.documents import BALANCE, ENTRY, ORDER, PAYMENT, PROBLEM, event

WORDS = "order place --customer ada --currency EUR --line mug:2:19.99 --token tok_visa"
PLACE = WORDS.split(" ")


def test_an_order_is_placed_in_minor_units(told: Told) -> None:
    with answering((201, ORDER, {})) as script:
        assert told.run(script, *PLACE, "--idempotency-key", "k1") == 0
    assert json.loads(script.asked[0].body) == {
        "customer_id": "ada",
        "currency": "EUR",
        "lines": [{"sku": "mug", "quantity": 2, "unit_amount": 1999}],
        "payment_method": {"token": "tok_visa"},
    }
    assert script.asked[0].headers["idempotency-key"] == "k1"
    assert "39.98 EUR" in told.out
    assert "authorized" in told.out


def test_a_new_idempotency_key_is_told_so_that_the_call_can_be_repeated(told: Told) -> None:
    with answering((201, ORDER, {})) as script:
        told.run(script, *PLACE)
    assert script.asked[0].headers["idempotency-key"] in told.err


def test_json_prints_what_the_api_answered(told: Told) -> None:
    with answering((200, ORDER, {})) as script:
        assert told.run(script, "order", "show", "ord_1", "--json") == 0
    assert json.loads(told.out) == ORDER


@pytest.mark.parametrize(("last", "code"), [("authorized", 0), ("paid", 0), ("payment_failed", 1)])
def test_watching_ends_with_0_only_when_the_payment_stands(
    told: Told, last: str, code: int
) -> None:
    looks = [prepared(ORDER | {"status": status}) for status in ("pending", last)]
    with answering((201, ORDER | {"status": "pending"}, {}), *looks) as script:
        assert told.run(script, *PLACE, "--watch", "--json") == code
    assert json.loads(told.out)["status"] == last


def test_an_automatic_capture_is_watched_until_it_is_paid(told: Told) -> None:
    automatic = ORDER | {"capture": "automatic"}
    looks = [prepared(automatic | {"status": status}) for status in ("authorized", "paid")]
    with answering((201, automatic | {"status": "pending"}, {}), *looks) as script:
        assert told.run(script, *PLACE, "--capture", "automatic", "--watch", "--json") == 0
    assert json.loads(told.out)["status"] == "paid"


def test_watching_gives_up_when_the_time_is_over(told: Told) -> None:
    pending = prepared(ORDER | {"status": "pending"})
    with answering(pending, pending) as script:
        assert told.run(script, "order", "show", "ord_1", "--watch", "--timeout-seconds", "0") == 1
    assert "still moving after 0 s" in told.err


def test_a_problem_is_told_on_stderr_with_its_places(told: Told) -> None:
    with answering((422, PROBLEM, {})) as script:
        assert told.run(script, *PLACE, "--json") == 1
    assert told.out == ""
    assert "The request is not valid (HTTP 422, invalid_request)" in told.err
    assert "/lines/0/quantity: must be positive" in told.err
    assert "correlation id cor_9" in told.err


@pytest.mark.parametrize(
    "words",
    [
        ["order", "place"],
        ["order", "show"],
        ["nothing"],
        [*PLACE[:-4], "--line", "mug:2", "--token", "t"],
        [
            "order",
            "place",
            "--customer",
            "a",
            "--currency",
            "XXX",
            "--line",
            "a:1:1",
            "--token",
            "t",
        ],
        ["key", "new", "x", "--scopes", "everything"],
    ],
)
def test_bad_usage_ends_with_2(told: Told, words: list[str]) -> None:
    with answering() as script:
        assert told.run(script, *words) == 2


def test_a_partial_confirmation_is_sent_in_minor_units(told: Told) -> None:
    with answering((202, ORDER, {})) as script:
        assert told.run(script, "order", "confirm", "ord_1", "--amount", "1.00 EUR") == 0
    assert json.loads(script.asked[0].body) == {"amount": 100, "currency": "EUR"}


def test_no_id_of_a_timeline_is_cut_in_a_narrow_terminal(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    long = event(id="orders/ord_0123456789abcdefghjkmnpqrs/1/0")
    pages = [{"data": [long]}, {"data": []}, {"data": [ENTRY]}]
    with answering((200, ORDER, {}), *[(200, page, {}) for page in pages]) as script:
        assert told.run(script, "timeline", "ord_1") == 0
    cells = "".join(line.split("│")[4].strip() for line in told.out.splitlines() if "│" in line)
    assert "orders/ord_0123456789abcdefghjkmnpqrs/1/0" in cells
    assert "…" not in told.out


def test_a_payment_shows_its_attempts(told: Told) -> None:
    with answering((200, PAYMENT, {})) as script:
        assert told.run(script, "payment", "show", "pay_1") == 0
    assert "sbx_op_1" in told.out
    assert "39.98 EUR" in told.out


def test_the_trial_balance_shows_both_totals(told: Told) -> None:
    with answering((200, BALANCE, {})) as script:
        assert told.run(script, "ledger", "trial-balance", "--currency", "EUR") == 0
    assert told.out.count("39.98 EUR") == 6


def test_a_trial_balance_that_is_not_equal_ends_with_1(told: Told) -> None:
    with answering((200, BALANCE | {"total_credit": 3997}, {})) as script:
        assert told.run(script, "ledger", "trial-balance", "--currency", "EUR", "--json") == 1


def test_journal_entries_show_debit_and_credit(told: Told) -> None:
    with answering((200, {"data": [ENTRY], "next_cursor": None}, {})) as script:
        assert told.run(script, "ledger", "entries", "--payment", "pay_1") == 0
    assert "1100 Customer receivable" in told.out
    assert "4000 Revenue" in told.out


def test_a_new_key_is_known_by_its_hash_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "new", "shop", "--scopes", "orders:write,orders:read", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["key"].startswith("qk_")
    assert len(made["key"]) == 46
    assert made["entry"] == with_entry("shop", ["orders:write", "orders:read"], made["key"]).entry
    assert made["key"] not in json.dumps(made["entry"])


def test_a_keys_entry_is_its_sha256() -> None:
    made = with_entry("shop", ["orders:read"], "qk_abc")
    assert made.entry["sha256"] == (
        "14ea5e63262e9099b2c621c3e00e53b3ddc6b52b12ebd79fb09cabe1983503e7"
    )


def test_the_outputs_of_the_local_cloud_are_found(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps({"api_url": "http://x", "api_keys": {"auditor": "qk_a"}}))
    found = connect({}, outputs=outputs, role="auditor")
    assert (found.api_url, found.api_key) == ("http://x", "qk_a")
    with pytest.raises(NotConnected, match="no key for 'client'"):
        connect({}, outputs=outputs, role="client")


def test_without_a_platform_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="run `make up`"):
        connect({}, outputs=tmp_path / "outputs.json", role="client")
    with pytest.raises(NotConnected, match="set both"):
        connect({"QUITTANCE_API_URL": "http://x"}, outputs=tmp_path / "o", role="client")
