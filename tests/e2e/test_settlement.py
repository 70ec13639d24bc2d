"""From the acquirer's report in the bucket to a ledger in which nobody owes anything any more."""

import json
from typing import Any
from urllib.parse import quote

import urllib3

from client.answers import Order
from client.watch import until
from tests.e2e.asking import refund
from tests.e2e.driver import PATIENCE, Platform


def control(quittance: Platform, what: str, told: dict[str, Any]) -> Any:
    """Tell the acquirer something."""
    answer = urllib3.request(
        "POST",
        f"{quittance.outputs.sandbox_url}/_control/{what}",
        json=told,
        timeout=30.0,
        retries=False,
    )
    assert answer.status < 300, answer.data
    return answer.json()


def settle(quittance: Platform, **request: Any) -> list[dict[str, Any]]:
    """Have the acquirer settle all that it has not settled yet."""
    reports: list[dict[str, Any]] = control(quittance, "settle", request)["reports"]
    return reports


def listed(quittance: Platform) -> list[dict[str, Any]]:
    """Every report of the month, page after page."""
    reports: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = quittance.send("GET", f"/settlement-reports{cursor}", role="auditor")
        assert page.status == 200, page.body
        answer = json.loads(page.body)
        reports += answer["data"]
        if answer["next_cursor"] is None:
            return reports
        cursor = f"?cursor={quote(answer['next_cursor'], safe='')}"


def read(quittance: Platform, number: int) -> dict[str, Any]:
    """The report of that number, once it has been read to its end."""
    (report,) = until(
        lambda: [
            each
            for each in listed(quittance)
            if each["number"] == number and each["status"] == "read"
        ],
        bool,
        PATIENCE,
    )
    return report


def balances(quittance: Platform, currency: str) -> dict[str, int]:
    balance = quittance.api("auditor").trial_balance(currency)
    assert balance["total_debit"] == balance["total_credit"]
    return {each["account"]: each["balance"] for each in balance["accounts"]}


def settled(quittance: Platform, order: Order) -> list[tuple[str, str, int, str]]:
    """The postings of the order's settled lines, once one is there."""
    entries = until(
        lambda: [entry for entry in quittance.entries(order) if entry["fact"] == "PaymentSettled"],
        bool,
        PATIENCE,
    )
    return sorted(
        (posting["account"], posting["side"], posting["amount"], posting["currency"])
        for entry in entries
        for posting in entry["postings"]
    )


def says(quittance: Platform, order: Order, status: str) -> tuple[int, int]:
    """What of the payment is captured and settled, once it says so."""
    payment = until(
        lambda: quittance.payment(order), lambda seen: seen["status"] == status, PATIENCE
    )
    return payment["captured"], payment["settled"]


def test_what_was_captured_is_settled_paid_out_and_owed_by_nobody(quittance: Platform) -> None:
    """CHF, in which no other test settles anything: the clearing account comes back to zero."""
    order = quittance.paid(currency="CHF")
    (report,) = [each for each in settle(quittance) if each["currency"] == "CHF"]
    assert (report["lines"], report["payout"]) == (2, 3998 - 80 - 3)
    found = read(quittance, report["number"])
    assert (found["status"], found["rows"], found["told"]) == ("read", 2, 2)
    assert (found["refused"], found["missing"], found["parts"]) == (0, "", 1)
    assert settled(quittance, order) == [
        ("1100", "credit", 3998, "CHF"),
        ("1200", "debit", 3915, "CHF"),
        ("5000", "debit", 83, "CHF"),
    ]
    until(lambda: balances(quittance, "CHF").get("1220"), lambda sent: sent == 3915, PATIENCE)
    after = balances(quittance, "CHF")
    assert {code: after.get(code, 0) for code in ("1100", "1200", "1220", "5000", "4000")} == {
        "1100": 0,
        "1200": 0,
        "1220": 3915,
        "5000": 83,
        "4000": 3998,
    }
    assert says(quittance, order, "settled") == (3998, 3998)
    assert settle(quittance) == []


def test_a_report_put_again_under_another_name_changes_nothing(quittance: Platform) -> None:
    order = quittance.paid(currency="SEK")
    (report,) = [each for each in settle(quittance) if each["currency"] == "SEK"]
    read(quittance, report["number"])
    booked = settled(quittance, order)
    bucket = quittance.outputs.buckets["settlement_reports"]
    s3 = quittance.aws("s3")
    content = s3.get_object(Bucket=bucket, Key=report["key"])["Body"].read()
    says(quittance, order, "settled")
    before = quittance.at_rest(), quittance.payment(order)
    s3.put_object(Bucket=bucket, Key="sandbox/quittance/again.csv", Body=content)
    s3.put_object(Bucket=bucket, Key=report["key"], Body=content)
    assert (quittance.at_rest(), quittance.payment(order)) == before
    assert settled(quittance, order) == booked


def test_what_is_refunded_after_it_was_settled_says_so(quittance: Platform) -> None:
    order = quittance.paid(currency="CZK")
    assert quittance.payment(order)["settled"] == 0
    settle(quittance)
    assert says(quittance, order, "settled") == (3998, 3998)
    settled_ones = quittance.api("auditor").payments_in("settled")
    assert order["payment_id"] in {each["payment_id"] for each in settled_ones}
    assert refund(quittance, order, 1000).status == 202
    assert says(quittance, order, "partially_refunded") == (3998, 3998)


def test_a_corrected_report_with_bad_rows_adds_what_is_new_and_says_the_rest(
    quittance: Platform,
) -> None:
    order = quittance.paid(currency="NOK")
    reports = settle(quittance, discrepancies=[{"kind": "extra_line"}])
    (report,) = [each for each in reports if each["currency"] == "NOK"]
    read(quittance, report["number"])
    booked = settled(quittance, order)
    bucket = quittance.outputs.buckets["settlement_reports"]
    s3 = quittance.aws("s3")
    content = s3.get_object(Bucket=bucket, Key=report["key"])["Body"].read().decode()
    first, *rows = content.splitlines()
    changed = [row.replace("9.99", "9.98") for row in rows]
    worse = [*changed, rows[0].replace("sbx_ln_", "sbx_ln_new_").replace("39.98", "=1+1")]
    s3.put_object(Bucket=bucket, Key=report["key"], Body="\r\n".join([first, *worse]).encode())
    until(
        lambda: [
            (each["known"], each["contradicted"], each["refused"])
            for each in listed(quittance)
            if each["number"] == report["number"] and each["status"] == "read"
        ],
        lambda found: len(found) == 2,
        PATIENCE,
    )
    (again,) = (
        each for each in listed(quittance) if each["number"] == report["number"] and each["refused"]
    )
    assert (again["rows"], again["told"], again["known"]) == (4, 0, 2)
    assert (again["contradicted"], again["refused"]) == (1, 1)
    detail = quittance.send("GET", f"/settlement-reports/{again['report_id']}", role="auditor")
    assert json.loads(detail.body)["refused_rows"] == [
        {"row": 5, "reason": "gross is not an amount of NOK"}
    ]
    assert settled(quittance, order) == booked


def test_a_report_that_did_not_come_is_fetched_at_night(quittance: Platform) -> None:
    control(quittance, "bucket", {"name": "nobody-reads-this"})
    bucket = quittance.outputs.buckets["settlement_reports"]
    quittance.aws("s3").create_bucket(Bucket="nobody-reads-this")
    try:
        order = quittance.paid(currency="DKK")
        (report,) = [each for each in settle(quittance) if each["currency"] == "DKK"]
    finally:
        control(quittance, "bucket", {"name": bucket})
    fetching = quittance.outputs.functions["payments_fetching"]
    quittance.aws("lambda").invoke(FunctionName=fetching, Payload=b"{}")
    assert read(quittance, report["number"])["told"] == 2
    assert ("1100", "credit", 3998, "DKK") in settled(quittance, order)


def test_a_file_that_lies_where_no_provider_puts_one_is_told_to_somebody(
    quittance: Platform,
) -> None:
    bucket = quittance.outputs.buckets["settlement_reports"]
    s3 = quittance.aws("s3")
    s3.put_object(Bucket=bucket, Key="sandbox/quittance/bomb.csv", Body=b"PK\x03\x04")
    s3.put_object(Bucket=bucket, Key="nobody/acct/report.csv", Body=b"a,b\n1,2\n")
    refusals = until(
        lambda: {
            each["key"]: each["refusal"]
            for each in listed(quittance)
            if each["status"] == "refused" and each["provider"] != "bank"
        },
        lambda found: len(found) == 2,
        PATIENCE,
    )
    assert refusals == {
        "sandbox/quittance/bomb.csv": (
            "the file is compressed: it is put into the bucket as plain text"
        ),
        "nobody/acct/report.csv": "no format of nobody is known, and no mapping",
    }
