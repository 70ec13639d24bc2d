"""The reconciliation on the command line: run, look, report, resolve."""

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.settled_files import HEADS, exported
from client.cli import main
from client.reconciliation_api import Item
from client.reconciliation_commands import is_explained
from client.reconciliation_report import csv as as_csv
from client.reconciliation_report import html as as_html
from tests.contract.reconciliation_samples import ITEM_ID, ITEMS, OPEN_ITEMS, RESOLVED, RUN, RUN_ID
from tests.unit.client.answering_server import answering, prepared
from tests.unit.client.command_line import Told

RUNNING = {**RUN, "status": "running", "stage": "lines", "totals": {}, "payouts": []}
CLEAN = {**RUN, "totals": {"matched": {"operations": 1, "lines": 2, "residual": {}}}}


@pytest.mark.parametrize(("last", "code"), [(CLEAN, 0), (RUN, 1)])
def test_a_watched_run_succeeds_only_when_nothing_is_unexplained(
    told: Told, last: dict[str, object], code: int
) -> None:
    words = ("recon", "run", "--date", "2026-11-03", "--watch", "--idempotency-key", "k1")
    with answering((202, RUNNING, {}), prepared(RUNNING), prepared(last)) as script:
        assert told.run(script, *words) == code
    assert json.loads(script.asked[0].body) == {"provider": "sandbox", "date": "2026-11-03"}
    assert "lines: 2 payments looked at" in told.err
    assert "76.84 EUR" in told.out


def test_an_unexplained_payout_is_not_success() -> None:
    payout = {**RUN["payouts"][0], "state": "unexplained"}
    assert not is_explained({**CLEAN, "payouts": [payout]})  # type: ignore[typeddict-item]


def test_items_are_shown_by_class(told: Told) -> None:
    with answering((200, RUN, {}), prepared(ITEMS)) as script:
        assert told.run(script, "recon", "show", RUN_ID, "--class", "amount_mismatch") == 0
    assert script.asked[1].path.endswith("/items?limit=100&class=amount_mismatch")
    for shown in (ITEM_ID, "39.98 EUR", "39.68 EUR", "0.30 EUR"):
        assert shown in told.out


def test_what_waits_is_listed_with_its_owner(told: Told) -> None:
    with answering((200, OPEN_ITEMS, {})) as script:
        assert told.run(script, "recon", "open") == 0
    for shown in (ITEM_ID, "finance", "2026-11-13", "0.30 EUR"):
        assert shown in told.out


IN_TRANSIT = "transit:sandbox:sbx_po_000001:EUR~arrival:sbx_po_000001"


def test_the_bank_is_run_as_any_provider_and_what_waits_for_it_is_listed(told: Told) -> None:
    of_bank = {**CLEAN, "provider": "bank"}
    waits = {**OPEN_ITEMS["data"][0], "item_id": IN_TRANSIT, "owner": "treasury"}
    words = ("--provider", "bank")
    with answering((202, of_bank, {})) as script:
        assert told.run(script, "recon", "run", "--date", "2026-11-04", *words) == 0
    assert json.loads(script.asked[0].body) == {"provider": "bank", "date": "2026-11-04"}
    assert ["provider", "bank"] in [row.split() for row in told.out.splitlines()]
    with answering((200, {"data": [waits], "next_cursor": None}, {})) as script:
        assert told.run(script, "recon", "open", *words) == 0
    assert script.asked[0].path == "/reconciliation-items?provider=bank&limit=100"
    assert IN_TRANSIT in told.out
    assert "treasury" in told.out


@pytest.mark.parametrize(
    ("provider", "code", "kinds"),
    [("bank", 0, {"matched", "expected"}), ("none", 1, {"timing", "missing_external"})],
)
def test_two_files_are_reconciled_by_the_banks_rules(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, provider: str, code: int, kinds: set[str]
) -> None:
    """A bank has five days: a payout came after four, another one waits as long."""
    operations, lines = tmp_path / "payouts.csv", tmp_path / "entries.csv"
    payouts = [
        f"transit:{name},{name},arrival,{amount},EUR,2026-11-02,{name}"
        for name, amount in (("po_1", 3915), ("po_2", 700))
    ]
    entries = ["transit:po_1,po_1,arrival,3915,EUR,2026-11-06,0,3915,po_1,line_1,po_1"]
    operations.write_text("\n".join([HEADS[0], *payouts]))
    lines.write_text("\n".join([HEADS[1], *entries]))
    words = ["recon", "files", str(operations), str(lines), "--provider", provider]
    assert main([*words, "--date", "2026-11-06", "--json"]) == code
    assert set(json.loads(capsys.readouterr().out)["totals"]) == kinds
    assert main([*words, "--date", "2026-11-08"]) == 1


def test_an_item_is_resolved(told: Told) -> None:
    words = ("--account", "5000", "--actor", "ann", "--reason", "a fee", "--idempotency-key", "k")
    with answering((202, RESOLVED, {})) as script:
        assert told.run(script, "recon", "resolve", ITEM_ID, *words) == 0
    assert json.loads(script.asked[0].body) == {
        "account": "5000",
        "actor": "ann",
        "reason": "a fee",
    }
    assert "resolved" in told.out


def test_a_report_is_written_for_people_and_for_spreadsheets(told: Told, tmp_path: Path) -> None:
    page, rows = tmp_path / "run.html", tmp_path / "run.csv"
    words = ("recon", "report", RUN_ID, "--html", str(page), "--csv", str(rows))
    with answering((200, RUN, {}), prepared(ITEMS), prepared(OPEN_ITEMS)) as script:
        assert told.run(script, *words) == 0
    assert "sbx_po_20261103" in page.read_text()
    assert [row["side"] for row in csv.DictReader(io.StringIO(rows.read_text()))] == [
        "operation",
        "line",
    ]


def test_two_files_are_reconciled_without_the_platform(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = list(exported(14, fault_every=2))
    operations, lines = tmp_path / "operations.csv", tmp_path / "lines.csv"
    operations.write_text("\n".join([HEADS[0], *(row for each in made for row in each.operations)]))
    lines.write_text("\n".join([HEADS[1], *(row for each in made for row in each.lines)]))
    words = ["recon", "files", str(operations), str(lines), "--provider", "none", "--json"]
    assert main([*words, "--date", "2026-04-30"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["totals"]["matched"] == {"operations": 8, "lines": 8}
    assert sorted(each["class"] for each in told["items"]) == [
        "amount_mismatch",
        "currency_mismatch",
        "duplicate",
        "missing_external",
        "missing_external",
        "missing_internal",
        "unknown_type",
    ]
    assert main([*words[:-1]]) == 1
    assert "pay_0000001" in capsys.readouterr().out
    assert main([*words, "--date", "yesterday"]) == 2
    lines.write_text("a,b\n")
    assert main(words) == 2
    assert "its head is" in capsys.readouterr().err
    assert main([*words[:3], str(tmp_path / "nowhere.csv")]) == 2


def test_the_page_is_whole_and_shows_every_part() -> None:
    open_tags: list[str] = []
    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its name
            if tag not in {"meta", "rect"}:
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag != "rect":
                assert open_tags.pop() == tag

        def handle_data(self, data: str) -> None:
            texts.append(data)

    Reader().feed(as_html(RUN, ITEMS["data"], OPEN_ITEMS["data"]))
    assert open_tags == []
    shown = " ".join(texts)
    for part in ("amount_mismatch", "explained", "76.84 EUR", "38.28 EUR", ITEM_ID, "finance"):
        assert part in shown


def test_a_name_from_outside_is_text_on_the_page_and_no_formula_in_a_spreadsheet() -> None:
    hostile: Item = {
        **ITEMS["data"][0],
        "item_id": "=HYPERLINK(1)",
        "lines": [{**ITEMS["data"][0]["lines"][0], "reference": "<script>"}],
    }
    assert "<script>" not in as_html(RUN, [hostile], [])
    rows = list(csv.reader(io.StringIO(as_csv([hostile]))))
    assert rows[1][0] == "'=HYPERLINK(1)"
