"""What each command does: ask the API, show the answer, and say by the exit code if all is well."""

import json
from argparse import Namespace

from client import render
from client.amounts import LineMalformed, order_line
from client.answers import Order, Payment, Refund
from client.api import Api, NewOrder
from client.keys import new_key
from client.known_ledger import Unknowable, pin, read_note
from client.ledger_proof import verify
from client.motion import order_moves, payment_moves
from client.showing import FAILED, OK, Misused, idempotency_key, patience, show, telling
from client.timeline import Timeline, read_timeline
from client.watch import until


def place_order(api: Api, arguments: Namespace) -> int:
    """Place an order; its payment is authorized in the background."""
    try:
        lines = [order_line(line, arguments.currency) for line in arguments.lines]
    except LineMalformed as error:
        raise Misused(str(error)) from error
    order: NewOrder = {
        "customer_id": arguments.customer,
        "currency": arguments.currency,
        "lines": lines,
        "payment_method": {"token": arguments.token},
    }
    if arguments.capture:
        order["capture"] = arguments.capture
    key = idempotency_key(arguments)
    placed = api.place_order(order, idempotency_key=key).body
    wanted = {"paid"} if arguments.capture == "automatic" else {"authorized", "paid"}
    return _show_order(api, arguments, placed, wanted)


def show_order(api: Api, arguments: Namespace) -> int:
    """Show an order."""
    return _show_order(api, arguments, api.order(arguments.order_id), wanted=None)


def confirm_order(api: Api, arguments: Namespace) -> int:
    """Confirm an order: its payment is captured, all of it or `--amount`."""
    confirmed = api.confirm_order(
        arguments.order_id,
        idempotency_key=idempotency_key(arguments),
        amount=arguments.amount,
    )
    return _show_order(api, arguments, confirmed.body, wanted={"paid"})


def cancel_order(api: Api, arguments: Namespace) -> int:
    """Cancel an order before its money is captured: what is held is given back."""
    key = idempotency_key(arguments)
    cancelled = api.cancel_order(arguments.order_id, idempotency_key=key).body
    return _show_order(api, arguments, cancelled, wanted={"cancelled"})


def pay_order(api: Api, arguments: Namespace) -> int:
    """Pay an order anew, with another payment method, after a refusal or an expiry."""
    order = api.pay_order(
        arguments.order_id, token=arguments.token, idempotency_key=idempotency_key(arguments)
    ).body
    wanted = {"paid"} if order["capture"] == "automatic" else {"authorized", "paid"}
    return _show_order(api, arguments, order, wanted)


def refund_order(api: Api, arguments: Namespace) -> int:
    """Refund an order: all that is left of what was paid, or `--amount`."""
    asked = api.refund_order(
        arguments.order_id,
        reason=arguments.reason,
        amount=arguments.amount,
        idempotency_key=idempotency_key(arguments),
    ).body
    if not arguments.watch:
        return show(arguments, asked, lambda: render.refund(asked))

    def look() -> Refund:
        refunds = api.order(asked["order_id"])["refunds"]
        return next(each for each in refunds if each["refund_id"] == asked["refund_id"])

    rested = until(
        telling(look, lambda seen: f"{seen['refund_id']} is {seen['status']}"),
        lambda seen: seen["status"] != "pending",
        patience(arguments),
    )
    show(arguments, rested, lambda: render.refund(rested))
    return OK if rested["status"] == "succeeded" else FAILED


def show_payment(api: Api, arguments: Namespace) -> int:
    """Show a payment, every attempt at a provider, and its disputes."""
    return _show_payment(api, arguments, api.payment(arguments.payment_id))


def list_payments(api: Api, arguments: Namespace) -> int:
    """List the payments in a status, or those with an operation whose outcome is unknown."""
    found = api.payments_unknown() if arguments.unknown else api.payments_in(arguments.status)
    return show(arguments, {"data": found}, lambda: render.payments(found))


def sync_payment(api: Api, arguments: Namespace) -> int:
    """Ask the provider now what became of everything that is not decided."""
    key = idempotency_key(arguments)
    synced = api.sync_payment(arguments.payment_id, idempotency_key=key).body
    return _show_payment(api, arguments, synced)


def show_timeline(api: Api, arguments: Namespace) -> int:
    """Show every message about an order and its payment, over the three services."""

    def look() -> Timeline:
        return read_timeline(api, arguments.order_id)

    def at_rest(timeline: Timeline) -> bool:
        return not arguments.watch or not order_moves(timeline.order)

    timeline = until(
        telling(look, lambda seen: f"{seen.order['status']}, {len(seen.moments)} messages"),
        at_rest,
        patience(arguments),
    )
    return show(arguments, timeline.as_json(), lambda: render.timeline(timeline))


def show_trial_balance(api: Api, arguments: Namespace) -> int:
    """Show every account's debits and credits in a currency; 0 only when the totals are equal."""
    balance = api.trial_balance(arguments.currency)
    shown = show(arguments, balance, lambda: render.trial_balance(balance))
    return shown if balance["total_debit"] == balance["total_credit"] else FAILED


def show_entries(api: Api, arguments: Namespace) -> int:
    """Show the journal entries of a payment."""
    entries = api.journal_entries(arguments.payment_id)
    return show(arguments, {"data": entries}, lambda: render.entries(entries))


def show_balance(api: Api, arguments: Namespace) -> int:
    """Show an account's balance in a currency, and the point that it is true for."""
    balance = api.balance(arguments.account, arguments.currency, consistency=arguments.consistency)
    return show(arguments, balance, lambda: render.balance(balance))


def verify_ledger(api: Api, arguments: Namespace) -> int:
    """Recompute the whole ledger from outside; 0 only when nothing was changed or is missing."""
    try:
        pinned = None if arguments.public_key is None else pin(arguments.public_key)
        known = None if arguments.known is None else read_note(arguments.known)
    except Unknowable as error:
        raise Misused(str(error)) from error
    found = verify(api, pinned=pinned, known=known)
    shown = show(arguments, found.as_json(), lambda: render.verification(found))
    if found.breaches:
        return FAILED
    if arguments.known is not None:
        arguments.known.write_text(found.note.written())
    return shown


def new_api_key(arguments: Namespace) -> int:
    """Make an API key: shown once, with the entry that the secret is to hold."""
    try:
        made = new_key(arguments.name, arguments.scopes)
    except ValueError as error:
        raise Misused(str(error)) from error
    if arguments.json:
        print(json.dumps({"key": made.key, "entry": made.entry}, indent=2))
    else:
        print(f"The key, shown this once:\n{made.key}\n\nIts entry in the api-keys secret:")
        print(json.dumps(made.entry))
    return OK


def _show_order(api: Api, arguments: Namespace, order: Order, wanted: set[str] | None) -> int:
    """Show the order, after a wait if asked; success is a wanted status at the end of the wait."""
    if not arguments.watch:
        return show(arguments, order, lambda: render.order(order))
    look = telling(
        lambda: api.order(order["order_id"]),
        lambda seen: f"{seen['order_id']} is {seen['status']}",
    )
    rested = until(look, lambda seen: not order_moves(seen), patience(arguments))
    show(arguments, rested, lambda: render.order(rested))
    return OK if wanted is None or rested["status"] in wanted else FAILED


def _show_payment(api: Api, arguments: Namespace, payment: Payment) -> int:
    """Show the payment, after a wait if asked."""
    if not arguments.watch:
        return show(arguments, payment, lambda: render.payment(payment))
    look = telling(
        lambda: api.payment(payment["payment_id"]),
        lambda seen: f"{seen['payment_id']} is {seen['status']}",
    )
    rested = until(look, lambda seen: not payment_moves(seen), patience(arguments))
    return show(arguments, rested, lambda: render.payment(rested))
