"""A payout is in transit until the bank's statement says that it has come."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from client.watch import until
from tests.e2e.driver import PATIENCE, Platform
from tests.e2e.test_cli import client
from tests.e2e.test_reconciliation import reconcile
from tests.e2e.test_settlement import balances, listed, read, settle

ACCOUNT = "DE89370400440532013000"


def statement(payout_id: str, minor: int, currency: str) -> bytes:
    """Today's MT940: the payout, whose name the bank has written in its own way."""
    today = datetime.now(UTC).strftime("%y%m%d")
    whole, cents = divmod(minor, 100)
    amount = f"{whole},{cents:02d}"
    name = payout_id.upper().replace("_", " ")
    lines = (
        ":20:STARTUMSE",
        f":25:{ACCOUNT}",
        ":28C:00001/001",
        f":60F:C{today}{currency}0,00",
        f":61:{today}{today[2:]}C{amount}NTRFNONREF//{uuid.uuid4().hex[:16]}",
        f":86:166?00CREDIT?20PAYOUT {name[:20]}?21{name[20:]}?32ACQUIRER",
        f":62F:C{today}{currency}{amount}",
        "-",
    )
    return "\r\n".join(lines).encode()


def put(quittance: Platform, name: str, content: bytes) -> None:
    bucket = quittance.outputs.buckets["settlement_reports"]
    quittance.aws("s3").put_object(Bucket=bucket, Key=f"bank/{ACCOUNT}/{name}", Body=content)


def of_bank(quittance: Platform, name: str) -> dict[str, Any]:
    """The file of that name, once it has been read or refused."""
    (found,) = until(
        lambda: [
            each
            for each in listed(quittance)
            if each["key"].endswith(f"/{name}") and each["status"] != "reading"
        ],
        bool,
        PATIENCE,
    )
    return found


def test_a_payout_arrives_at_the_bank_and_is_in_transit_no_more(quittance: Platform) -> None:
    """PLN, which no other test settles."""
    quittance.paid(currency="PLN")
    (report,) = [each for each in settle(quittance) if each["currency"] == "PLN"]
    read(quittance, report["number"])
    until(lambda: balances(quittance, "PLN").get("1220"), bool, PATIENCE)
    sent, payout_id = report["payout"], f"sbx_po_{report['number']:06d}"
    content = statement(payout_id, sent, "PLN")
    put(quittance, "first.sta", content)
    assert (of_bank(quittance, "first.sta")["told"]) == 1
    until(lambda: balances(quittance, "PLN").get("1000"), lambda has: has == sent, PATIENCE)

    run = reconcile(quittance, "bank")
    path = f"/reconciliations/{run['reconciliation_id']}/items?class=matched&limit=100"
    items = json.loads(quittance.send("GET", path, role="auditor").body)["data"]
    (item,) = (each for each in items if f":{payout_id}:" in each["item_id"])
    assert item["item_id"] == f"transit:sandbox:{payout_id}:PLN~arrival:{payout_id}"
    assert [each["amount"] for each in item["operations"]] == [sent]
    assert [each["gross"] for each in item["lines"]] == [sent]
    assert item["residual"] == {}
    books = until(
        lambda: balances(quittance, "PLN"), lambda seen: seen.get("1900", 0) == 0, PATIENCE
    )
    assert (books["1000"], books["1220"], books["1200"]) == (sent, 0, 0)

    words = ("recon", "run", "--provider", "bank", "--watch")
    done = client(quittance, *words)
    assert (done["provider"], done["status"]) == ("bank", "completed")
    waiting = client(quittance, "recon", "open", "--provider", "bank")["data"]
    assert not [each for each in waiting if f":{payout_id}:" in each["item_id"]]

    put(quittance, "again.sta", content)
    assert quittance.at_rest()
    assert balances(quittance, "PLN") == books


def test_a_statement_that_is_none_is_put_aside_and_told_to_somebody(quittance: Platform) -> None:
    bomb = '<!DOCTYPE l [<!ENTITY a "ha">]><Document>&a;</Document>'
    put(quittance, "bomb.xml", bomb.encode())
    found = of_bank(quittance, "bomb.xml")
    assert (found["status"], found["told"]) == ("refused", 0)
    assert found["refusal"] == "a document type or an entity in it: it is not read"
    wrong = statement("sbx_po_999999", 500, "PLN").replace(b"62F:C", b"62F:D")
    put(quittance, "wrong.sta", wrong)
    found = of_bank(quittance, "wrong.sta")
    assert (found["status"], found["told"], found["refused"]) == ("read", 0, 1)
    detail = quittance.send("GET", f"/settlement-reports/{found['report_id']}", role="auditor")
    assert json.loads(detail.body)["refused_rows"] == [
        {
            "row": 1,
            "reason": "its statement does not add up: -10.00 PLN from its opening to its closing "
            "balance",
        }
    ]


def standing(number: int, balance: str) -> bytes:
    """An MT940 of a day on which nothing moved, in RON, which no other test has."""
    day = f"26010{number}"
    balances = (f":60F:C{day}RON{balance}", f":62F:C{day}RON{balance}")
    lines = (":20:STARTUMSE", f":25:{ACCOUNT}", f":28C:0000{number}/001", *balances, "-")
    return "\r\n".join(lines).encode()


def test_a_statement_that_is_missing_is_noticed_until_it_comes(quittance: Platform) -> None:
    put(quittance, "standing-1.sta", standing(1, "5,00"))
    assert of_bank(quittance, "standing-1.sta")["missing"] == ""
    put(quittance, "standing-3.sta", standing(3, "8,00"))
    assert of_bank(quittance, "standing-3.sta")["missing"] == (
        "between 1 of 2026-01-01 (5.00 RON) and 3 of 2026-01-03 (8.00 RON)"
    )
    came = standing(2, "5,00").replace(b":62F:C260102RON5,00", b":62F:C260102RON8,00")
    entry = b":61:2601020102C3,00NTRFNONREF//STANDING-2\r\n:62F"
    put(quittance, "standing-2.sta", came.replace(b":62F", entry))
    found = of_bank(quittance, "standing-2.sta")
    assert (found["told"], found["missing"]) == (1, "")
    assert of_bank(quittance, "standing-3.sta")["missing"] == ""
