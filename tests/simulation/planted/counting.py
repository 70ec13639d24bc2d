"""Bugs in what orders count and accounting books."""

from typing import Final

from tests.simulation.planted.planting import bug

FACTS: Final = "orders.domain.facts"
ORDERS: Final = "orders.application.reactions"
DECIDE: Final = "orders.application.decide"
RULES: Final = "accounting.domain.posting_rules"
BOOK: Final = "accounting.application.book"
REACTIONS: Final = "accounting.application.reactions"
CORRECTION: Final = "orders.domain.correction"
CORRECTIONS: Final = "accounting.domain.corrections"
FOLD: Final = "accounting.application.fold"

BUGS: Final = (
    bug(
        "an older word of the hold writes over a newer",
        (
            FACTS,
            "    if sequence <= order.hold_sequence or order.hold is not",
            "    if order.hold is not",
        ),
        (
            FACTS,
            "    if sequence <= order.hold_sequence or order.hold not in",
            "    if order.hold not in",
        ),
        life="a hold is heard of when the next one is awaited",
    ),
    bug(
        "any entry of the ledger pays the order",
        (ORDERS, "    return event.fact == PaymentCaptured.__name__ or (", "    return True or ("),
        (ORDERS, "    if event.fact == PaymentCaptured.__name__:", "    if event.payment_id:"),
        why="the fact is looked at before the order is loaded, and again when it is applied",
    ),
    bug(
        "a capture that was undone stays paid",
        (
            FACTS,
            "    captured = order.captured - event.amount\n",
            "    captured = order.captured\n",
        ),
    ),
    bug(
        "a refund that is told again is listed again",
        (
            FACTS,
            "others = tuple(each for each in order.refunds if each.refund_id != changed.refund_id)",
            "others = order.refunds",
        ),
    ),
    bug(
        "a refund that failed later has succeeded",
        (
            FACTS,
            "    if known.withdrawn:\n        return order, ()",
            "    if False:\n        return order, ()",
        ),
        life="a refund comes back before it is heard of",
    ),
    bug(
        "a dispute that has ended is opened again",
        (
            FACTS,
            "    if status is DisputeStatus.OPENED and len(others)",
            "    if False and len(others)",
        ),
        life="a dispute has ended before it is heard of",
    ),
    bug(
        "a hold that is let go of does not end a cancelled order",
        (
            FACTS,
            "    if sequence <= order.hold_sequence or order.hold not in {Hold.PENDING, Hold.HELD}:",
            "    if sequence <= order.hold_sequence or order.hold is not Hold.HELD:",
        ),
    ),
    bug(
        "what a person knew of a hold is forgotten",
        (CORRECTION, "hold=Hold.RELEASED, by_hand=True)", "hold=Hold.RELEASED)"),
        life="a person knows that a hold is over before it is heard of",
    ),
    bug(
        "an entry is named by its moment, not by its cause",
        (
            RULES,
            "entry_id=entry_id_for(cause_id),",
            "entry_id=entry_id_for(cause_id, str(booked_at)),",
        ),
    ),
    bug(
        "a capture undone before it is booked is passed over",
        (
            BOOK,
            "        raise CaptureNotBooked(str(event.capture_id))",
            "        raise AlreadyHandled(cause.id)",
        ),
        life="a capture is withdrawn before it is booked",
    ),
    bug(
        "a capture undone is not booked",
        (REACTIONS, "    elif event.undoes_capture:", "    elif False:"),
    ),
    bug(
        "a reversal is named by its moment",
        (
            CORRECTIONS,
            "        entry_id=reversal_id(original.entry_id),\n        cause_id",
            "        entry_id=entry_id_for(original.entry_id, str(booked_at)),\n        cause_id",
        ),
    ),
    bug(
        "what was folded is folded again when it comes again",
        (
            FOLD,
            "for entry_id, row in entries.items() if entry_id not in known}",
            "for entry_id, row in entries.items()}",
        ),
    ),
    bug(
        "a hold stays in the memo when it is captured",
        (RULES, "    return (*earned, *authorization_released(amount))", "    return earned"),
    ),
    bug(
        "the same request is another request's order",
        (
            DECIDE,
            "        again=lambda: _get(order_id, orders),",
            "        again=lambda: orders.commit(*decision(_get(order_id, orders)), __import__('dataclasses').replace(cause, id=cause.id + '-again')),",
        ),
        life="a refund is asked for once more when nobody remembers the request",
    ),
)
