"""A run of the reconciliation as one HTML page and as CSV, to be kept with the closed day."""

import csv as csv_module
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from client.reconciliation_api import Item, Line, OpenItem, Run
from client.render import money

COLUMNS = (
    "item_id", "class", "payment_id", "side", "id", "kind", "amount", "fee", "net", "currency",
    "date", "payout_id",
)  # fmt: skip
AGES = ("0-1", "2-3", "4-7", "8-30", "30+")
LINES_SHOWN_MAX = 500
"""Of one payout on the page; the CSV has all."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a text."""

STYLE = """
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;
color:#1c2733}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #dde3ea;
text-align:left;vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}
.bar{fill:#4a7fb5}.bar.open{fill:#c8642c}.bar.wait{fill:#b9a23c}
.ok{color:#2f7d4f}.bad{color:#b3391f}summary{cursor:pointer}small{color:#5d6b79}
"""
PLAIN = frozenset({"matched", "split", "grouped", "timing", "fee_only"})


def html(run: Run, items: Sequence[Item], waiting: Sequence[OpenItem]) -> str:
    """One page that needs nothing else: totals, payouts with their lines, what is open, by age."""
    title = f"Reconciliation {escape(run['provider'])} through {escape(run['date'])}"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><meta charset="utf-8"><title>{title}</title>',
            f"<style>{STYLE}</style><h1>{title}</h1>",
            f"<p><small>{escape(run['reconciliation_id'])}, asked for by "
            f"{escape(run['requested_by'])} at {escape(run['requested_at'])}, "
            f"{escape(run['status'])} {escape(run['completed_at'] or '')}</small></p>",
            "<h2>By class</h2>",
            _bars({kind: total["operations"] + total["lines"] for kind, total in _totals(run)}),
            _totals_table(run),
            "<h2>Payouts</h2>",
            *_payouts(run, items),
            "<h2>What waits, by age in days</h2>",
            _bars(_ages(waiting), wait=True),
            _waiting_table(waiting),
            "</html>",
        ]
    )


def csv(items: Iterable[Item]) -> str:
    """A row for each operation and each line, with the item and class that it ended in.

    Amounts are whole minor units. Texts that a spreadsheet would run begin with an apostrophe.
    """
    text = io.StringIO()
    writer = csv_module.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in items:
        named = (item["item_id"], item["class"], item["payment_id"] or "")
        for part in item["operations"]:
            own = (part["operation_id"], part["kind"], part["amount"], "", "", part["currency"])
            writer.writerow(_cells(*named, "operation", *own, part["date"], ""))
        for line in item["lines"]:
            told = (line["line_id"], line["kind"], line["gross"], line["fee"], line["net"])
            rest = (line["currency"], line["settled_on"], line["payout_id"])
            writer.writerow(_cells(*named, "line", *told, *rest))
    return text.getvalue()


def _cells(*values: str | int) -> list[str | int]:
    return [
        f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
        for value in values
    ]


def _totals(run: Run) -> list[tuple[str, Mapping[str, int]]]:
    return [
        (kind, {"operations": total["operations"], "lines": total["lines"]})
        for kind, total in sorted(run["totals"].items())
    ]


def _totals_table(run: Run) -> str:
    rows = [
        (kind, str(total["operations"]), str(total["lines"]), _amounts(total["residual"]))
        for kind, total in sorted(run["totals"].items())
    ]
    sums = [sum(int(row[column]) for row in rows) for column in (1, 2)]
    rows.append(("in all", str(sums[0]), str(sums[1]), ""))
    return _table(("class", "operations", "lines", "open"), rows, numbers={1, 2, 3})


def _payouts(run: Run, items: Sequence[Item]) -> Iterable[str]:
    by_payout: dict[str, list[Line]] = defaultdict(list)
    for item in items:
        for line in item["lines"]:
            by_payout[line["payout_id"]].append(line)
    if not run["payouts"]:
        yield "<p>No payout was told of.</p>"
    for payout in run["payouts"]:
        currency = payout["currency"]
        sent = "not sent yet" if payout["sent"] is None else money(payout["sent"], currency)
        mark = "bad" if payout["state"] == "unexplained" else "ok"
        lines = [
            line for line in by_payout[payout["payout_id"]] if line["net_currency"] == currency
        ]
        rows = [
            (
                escape(line["reference"] or line["line_id"]),
                line["kind"],
                money(line["gross"], line["currency"]),
                money(line["fee"], currency),
                money(line["net"], currency),
            )
            for line in lines[:LINES_SHOWN_MAX]
        ]
        yield (
            f"<details><summary><b>{escape(payout['payout_id'])}</b> "
            f'<span class="{mark}">{escape(payout["state"])}</span>: {payout["lines"]} lines, '
            f"net {money(payout['net'], currency)}, sent {sent}</summary>"
        )
        yield _table(("operation", "kind", "gross", "fee", "net"), rows, numbers={2, 3, 4})
        hidden = len(lines) - len(rows)
        yield (
            f"<p><small>{hidden} more are in the CSV.</small></p></details>"
            if hidden
            else ("</details>")
        )


def _ages(waiting: Sequence[OpenItem]) -> dict[str, int]:
    counted = Counter(item["age"] for item in waiting)
    return {age: counted[age] for age in AGES}


def _waiting_table(waiting: Sequence[OpenItem]) -> str:
    rows = [
        (
            escape(item["item_id"]),
            item["class"],
            _amounts(item["residual"]),
            item["since"],
            escape(item["owner"]),
            f'<span class="bad">{item["due"]}</span>' if item["overdue"] else item["due"],
        )
        for item in waiting
    ]
    return _table(("item", "class", "unexplained", "since", "owner", "due"), rows, numbers={2})


def _bars(counts: Mapping[str, int], *, wait: bool = False) -> str:
    """A horizontal bar for each count, drawn to the largest."""
    most = max([*counts.values(), 1])
    height = 22 * max(len(counts), 1)
    bars = [
        f'<text x="0" y="{22 * place + 15}">{escape(name)}</text>'
        f'<rect class="bar {_colour(name, wait=wait)}" x="150" y="{22 * place + 3}" '
        f'width="{620 * count // most}" height="15"/>'
        f'<text x="{155 + 620 * count // most}" y="{22 * place + 15}">{count}</text>'
        for place, (name, count) in enumerate(counts.items())
    ]
    return f'<svg viewBox="0 0 860 {height}" role="img" font-size="13">{"".join(bars)}</svg>'


def _colour(name: str, *, wait: bool) -> str:
    if wait or name == "expected":
        return "wait"
    return "" if name in PLAIN else "open"


def _amounts(residual: Mapping[str, int]) -> str:
    return "<br>".join(money(minor, currency) for currency, minor in sorted(residual.items()))


def _table(names: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: set[int]) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        marked = (
            f"<{tag}{' class=n' if place in numbers else ''}>{cell}</{tag}>"
            for place, cell in enumerate(cells)
        )
        return f"<tr>{''.join(marked)}</tr>"

    body = [row("td", each) for each in rows]
    return "<table>" + row("th", names) + "".join(body) + "</table>"
