"""The command line: what may be said, and what each word means."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from client import case_commands, commands, operator_commands, reconciliation_commands
from client.amounts import money_argument
from client.connection import OUTPUTS, ROLES
from client.operator_api import SERVICES
from shared.money import UnknownCurrency, exponent

type Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

TIMEOUT_SECONDS = 60.0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Exits with 2 on bad usage, as argparse does."""
    parser = argparse.ArgumentParser(prog="python -m client", description=__doc__)
    nouns = parser.add_subparsers(metavar="NOUN", required=True)
    _add_order(nouns)
    _add_payment(nouns)
    _add_timeline(nouns)
    _add_ledger(nouns)
    _add_case(nouns)
    _add_dead_letters(nouns)
    _add_replay(nouns)
    _add_webhook(nouns)
    _add_recon(nouns)
    _add_key(nouns)
    return parser.parse_args(arguments)


def _add_order(nouns: Parsers) -> None:
    verbs = _noun(nouns, "order", "place, look at, confirm, cancel, pay and refund an order")
    place = _command(verbs, "place", commands.place_order, role="client", watch=True)
    place.add_argument("--customer", required=True, metavar="ID")
    place.add_argument("--currency", required=True, type=_currency, metavar="EUR")
    place.add_argument(
        "--line",
        required=True,
        action="append",
        dest="lines",
        metavar="SKU:QTY:UNIT_PRICE",
        help="the price in major units, exactly: mug:2:19.99",
    )
    place.add_argument("--token", required=True, help="the payment method: tok_visa")
    place.add_argument("--capture", choices=("on_confirmation", "automatic"))
    _add_idempotency_key(place)
    show = _command(verbs, "show", commands.show_order, role="client", watch=True)
    show.add_argument("order_id", metavar="ORDER_ID")
    confirm = _command(verbs, "confirm", commands.confirm_order, role="client", watch=True)
    confirm.add_argument("order_id", metavar="ORDER_ID")
    confirm.add_argument(
        "--amount",
        type=money_argument,
        metavar="'39.98 EUR'",
        help="capture a part: major units and currency; without it, everything",
    )
    _add_idempotency_key(confirm)
    _add_undoing(verbs)


def _add_undoing(verbs: Parsers) -> None:
    cancel = _command(verbs, "cancel", commands.cancel_order, role="client", watch=True)
    cancel.add_argument("order_id", metavar="ORDER_ID")
    _add_idempotency_key(cancel)
    pay = _command(verbs, "pay", commands.pay_order, role="client", watch=True)
    pay.add_argument("order_id", metavar="ORDER_ID")
    pay.add_argument("--token", required=True, help="another payment method: tok_visa")
    _add_idempotency_key(pay)
    refund = _command(verbs, "refund", commands.refund_order, role="client", watch=True)
    refund.add_argument("order_id", metavar="ORDER_ID")
    refund.add_argument("--reason", required=True, help="why it is given back, for the books")
    refund.add_argument(
        "--amount",
        type=money_argument,
        metavar="'10.00 EUR'",
        help="give a part back: major units and currency; without it, all that is left",
    )
    _add_idempotency_key(refund)


def _add_payment(nouns: Parsers) -> None:
    verbs = _noun(nouns, "payment", "look at payments and their attempts, ask their provider")
    show = _command(verbs, "show", commands.show_payment, role="client", watch=True)
    show.add_argument("payment_id", metavar="PAYMENT_ID")
    several = _command(verbs, "list", commands.list_payments, role="operator")
    which = several.add_mutually_exclusive_group(required=True)
    which.add_argument("--status", metavar="STATUS", help="those in this status: authorized")
    which.add_argument(
        "--unknown", action="store_true", help="those with an operation whose outcome is unknown"
    )
    sync = _command(verbs, "sync", commands.sync_payment, role="operator", watch=True)
    sync.add_argument("payment_id", metavar="PAYMENT_ID")
    _add_idempotency_key(sync)


def _add_timeline(nouns: Parsers) -> None:
    timeline = _command(nouns, "timeline", commands.show_timeline, role="operator", watch=True)
    timeline.add_argument("order_id", metavar="ORDER_ID")


def _add_ledger(nouns: Parsers) -> None:
    verbs = _noun(nouns, "ledger", "read the books")
    balance = _command(verbs, "trial-balance", commands.show_trial_balance, role="auditor")
    balance.add_argument("--currency", required=True, type=_currency, metavar="EUR")
    one = _command(verbs, "balance", commands.show_balance, role="auditor")
    one.add_argument("account", metavar="CODE", help="an account of the chart: 1100")
    one.add_argument("--currency", required=True, type=_currency, metavar="EUR")
    one.add_argument("--consistency", choices=("folded", "current"), default="folded")
    proof = _command(verbs, "verify", commands.verify_ledger, role="auditor")
    proof.add_argument(
        "--public-key",
        metavar="KEY",
        help="the key that seals must be signed with: its fingerprint (SHA256:…), or a file",
    )
    proof.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help="the key and the chains as the last verification saw them; written when all is well",
    )
    entries = _command(verbs, "entries", commands.show_entries, role="auditor")
    entries.add_argument("--payment", required=True, dest="payment_id", metavar="PAYMENT_ID")


def _add_case(nouns: Parsers) -> None:
    verbs = _noun(nouns, "case", "what the platform could not undo: look, decide")
    several = _command(verbs, "list", case_commands.list_cases, role="operator")
    several.add_argument("--status", default="open", choices=("open", "resolved"))
    one = _command(verbs, "show", case_commands.show_case, role="operator")
    one.add_argument("case_id", metavar="CASE_ID")
    resolve = _command(verbs, "resolve", case_commands.resolve_case, role="operator")
    resolve.add_argument("case_id", metavar="CASE_ID")
    resolve.add_argument(
        "--action",
        required=True,
        choices=("retry", "accept", "correct"),
        help="try again, leave it, or correct the order to match the provider",
    )
    resolve.add_argument("--reason", required=True, help="why, for the record")
    _add_idempotency_key(resolve)


def _add_dead_letters(nouns: Parsers) -> None:
    verbs = _noun(nouns, "dead-letters", "what consumers gave up: look, send again, close")
    several = _command(verbs, "list", operator_commands.list_dead_letters, role="operator")
    _add_choice(several)
    several.add_argument(
        "--status", default="open", help="open (default), redriving, redriven, closed"
    )
    one = _command(verbs, "show", operator_commands.show_dead_letter, role="operator")
    one.add_argument("dead_letter_id", metavar="DEAD_LETTER_ID")
    redrive = _command(
        verbs, "redrive", operator_commands.redrive_dead_letters, role="operator", watch=True
    )
    redrive.add_argument("dead_letter_ids", nargs="*", metavar="DEAD_LETTER_ID")
    redrive.add_argument("--all", action="store_true", help="every open one, as chosen below")
    _add_choice(redrive)
    redrive.add_argument("--reason", required=True, help="what was mended")
    _add_idempotency_key(redrive)
    close = _command(verbs, "close", operator_commands.close_dead_letter, role="operator")
    close.add_argument("dead_letter_id", metavar="DEAD_LETTER_ID")
    close.add_argument("--reason", required=True, help="why it is never to be sent again")
    _add_idempotency_key(close)


def _add_replay(nouns: Parsers) -> None:
    verbs = _noun(nouns, "replay", "publish a span of a service's messages once more")
    start = _command(verbs, "start", operator_commands.start_replay, role="operator", watch=True)
    start.add_argument("service", choices=SERVICES)
    start.add_argument("--from", required=True, dest="begins_at", metavar="2026-11-02T12:00:00Z")
    start.add_argument("--to", dest="ends_at", metavar="MOMENT", help="default: now")
    start.add_argument("--type", action="append", dest="types", metavar="PaymentCaptured")
    start.add_argument("--about", metavar="ID", help="one order, payment or entry alone")
    start.add_argument("--per-second", type=int, help="at most so many messages (100)")
    start.add_argument("--reason", required=True, help="what was missed, and why")
    _add_idempotency_key(start)
    one = _command(verbs, "show", operator_commands.show_replay, role="operator", watch=True)
    one.add_argument("replay_id", metavar="REPLAY_ID")
    stop = _command(verbs, "stop", operator_commands.stop_replay, role="operator")
    stop.add_argument("replay_id", metavar="REPLAY_ID")
    stop.add_argument("--reason", required=True)
    _add_idempotency_key(stop)


def _add_webhook(nouns: Parsers) -> None:
    verbs = _noun(nouns, "webhook", "what providers have told, as it was stored")
    commands = operator_commands
    again = _command(verbs, "replay", commands.replay_webhooks, role="operator", watch=True)
    again.add_argument("payment_id", metavar="PAYMENT_ID")
    again.add_argument("--reason", required=True, help="why it was not heard the first time")
    _add_idempotency_key(again)


def _add_recon(nouns: Parsers) -> None:
    verbs = _noun(nouns, "recon", "the books against what the providers settled")
    recon = reconciliation_commands
    run = _command(verbs, "run", recon.run_reconciliation, role="operator", watch=True)
    run.add_argument("--provider", default="sandbox", help="%(default)s")
    run.add_argument("--date", metavar="YYYY-MM-DD", help="the last day taken up; today")
    _add_idempotency_key(run)
    show = _command(verbs, "show", recon.show_reconciliation, role="auditor", watch=True)
    show.add_argument("reconciliation_id", metavar="RECONCILIATION_ID")
    show.add_argument("--class", dest="kind", metavar="CLASS", help="its items: amount_mismatch")
    waits = _command(verbs, "open", recon.list_open_items, role="auditor")
    waits.add_argument("--provider", default="sandbox", help="%(default)s")
    report = _command(verbs, "report", recon.report_reconciliation, role="auditor")
    report.add_argument("reconciliation_id", metavar="RECONCILIATION_ID")
    report.add_argument("--html", type=Path, metavar="FILE")
    report.add_argument("--csv", type=Path, metavar="FILE")
    files = verbs.add_parser("files", help=recon.reconcile_files.__doc__)
    files.set_defaults(run=recon.reconcile_files, offline=True)
    files.add_argument("operations", type=Path, metavar="OPERATIONS.csv")
    files.add_argument("lines", type=Path, metavar="LINES.csv")
    files.add_argument("--provider", default="sandbox", help="whose rules: %(default)s")
    files.add_argument("--date", metavar="YYYY-MM-DD", help="as of that day; today")
    files.add_argument("--json", action="store_true", help="print JSON")
    resolve = _command(verbs, "resolve", recon.resolve_item, role="operator")
    resolve.add_argument("item_id", metavar="ITEM_ID")
    resolve.add_argument("--account", required=True, metavar="CODE", help="what explains it: 5900")
    resolve.add_argument("--actor", required=True, help="who you are")
    resolve.add_argument("--reason", required=True, help="why, for the books")
    _add_idempotency_key(resolve)


def _add_choice(command: argparse.ArgumentParser) -> None:
    command.add_argument("--service", choices=SERVICES, help="of this service alone")
    command.add_argument("--queue", help="of this queue alone: events, commands, relay, fold")
    command.add_argument("--code", help="given up for this reason alone: order_unknown")


def _add_key(nouns: Parsers) -> None:
    verbs = _noun(nouns, "key", "make an API key")
    new = verbs.add_parser("new", help=commands.new_api_key.__doc__)
    new.set_defaults(run=commands.new_api_key, offline=True)
    new.add_argument("name", metavar="NAME")
    new.add_argument("--scopes", required=True, type=_scopes, metavar="orders:write,orders:read")
    new.add_argument("--json", action="store_true", help="print JSON")


def _noun(nouns: Parsers, name: str, description: str) -> Parsers:
    noun = nouns.add_parser(name, help=description, description=description)
    return noun.add_subparsers(metavar="VERB", required=True)


def _command(
    verbs: Parsers,
    name: str,
    run: Callable[..., int],
    *,
    role: str,
    watch: bool = False,
) -> argparse.ArgumentParser:
    command = verbs.add_parser(name, help=run.__doc__, description=run.__doc__)
    command.set_defaults(run=run, offline=False, watch=False, timeout_seconds=TIMEOUT_SECONDS)
    command.add_argument("--json", action="store_true", help="print the API's JSON")
    command.add_argument(
        "--as", choices=ROLES, default=role, dest="role", help=f"whose key to use ({role})"
    )
    command.add_argument(
        "--outputs", type=Path, default=OUTPUTS, help="what the local cloud wrote (%(default)s)"
    )
    if watch:
        command.add_argument("--watch", action="store_true", help="wait until it is at rest")
        command.add_argument("--timeout-seconds", type=_seconds, default=TIMEOUT_SECONDS)
    return command


def _add_idempotency_key(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--idempotency-key", help="repeat an earlier call under its key; default: a new one"
    )


def _currency(text: str) -> str:
    try:
        exponent(text)
    except UnknownCurrency as error:
        raise argparse.ArgumentTypeError(f"not an ISO 4217 currency: {text!r}") from error
    return text


def _scopes(text: str) -> list[str]:
    return [scope.strip() for scope in text.split(",") if scope.strip()]


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 3600:  # noqa: PLR2004
        raise argparse.ArgumentTypeError("between 0 and 3600 seconds")
    return seconds
