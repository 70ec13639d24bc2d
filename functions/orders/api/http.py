"""The orders routes of the REST API."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from orders import wiring
from orders.api import cases
from orders.api.app import app
from orders.api.requests import (
    CancellationRequest,
    ConfirmationRequest,
    OrderRequest,
    PaymentRetryRequest,
    RefundRequest,
)
from orders.api.views import OrderView, RefundView, order_view, refund_view
from orders.application.decide import decide
from orders.application.place_order import place_order
from orders.domain.decisions import Change, cancel, confirm, pay_anew, place, refund
from orders.domain.order import CaptureMode, Line, Order, Purchase
from shared.contracts.compensation import CompensationRequested
from shared.contracts.envelope import Message
from shared.contracts.orders import OrderCancelled, OrderConfirmed
from shared.contracts.payments import AuthorizePayment, RefundPayment
from shared.errors.taxonomy import InputError, InvalidRequest, NotFound
from shared.ids import derived
from shared.money import Money
from shared.rest.app import ok
from shared.rest.events import listing
from shared.rest.requests import checked

__all__ = ["app", "cases", "handler"]


@app.routes.post("/orders")
def post_order() -> Response[str]:
    app.caller.require("orders:write")
    key = app.idempotency_key()
    body = app.body()
    request = checked(OrderRequest, body)
    request_id = app.caller.request_id(key)
    order, messages = _placed(request, request_id)

    def action() -> OrderView:
        cause = app.caller.cause(request_id)
        return order_view(place_order(order, messages, orders=wiring.orders(), cause=cause))

    return app.once(status=201, body=request.model_dump(), action=action)


@app.routes.get("/orders/<order_id>")
def get_order(order_id: str) -> Response[str]:
    app.caller.require("orders:read")
    return ok(order_view(_find(order_id)))


@app.routes.post("/orders/<order_id>/confirm")
def post_confirmation(order_id: str) -> Response[str]:
    request = _asked(ConfirmationRequest)
    return _decided(
        order_id,
        request,
        lambda order, _: confirm(order, _amount(request, order, all_of_it=order.amount)),
        tells=(OrderConfirmed,),
    )


@app.routes.post("/orders/<order_id>/cancel")
def post_cancellation(order_id: str) -> Response[str]:
    request = _asked(CancellationRequest)
    return _decided(
        order_id,
        request,
        lambda order, asked: cancel(order, request_id=asked),
        tells=(OrderCancelled, CompensationRequested),
    )


@app.routes.post("/orders/<order_id>/payment-method")
def post_payment_method(order_id: str) -> Response[str]:
    request = _asked(PaymentRetryRequest)
    return _decided(
        order_id,
        request,
        lambda order, _: pay_anew(order, request.payment_method.token),
        tells=(AuthorizePayment,),
    )


@app.routes.post("/orders/<order_id>/refunds")
def post_refund(order_id: str) -> Response[str]:
    request = _asked(RefundRequest)

    def decision(order: Order, asked: str) -> Change:
        amount = _amount(request, order, all_of_it=order.refundable)
        return refund(order, amount, refund_id=_refund_id(asked), reason=request.reason)

    def view(order: Order, asked: str) -> RefundView:
        return refund_view(order, _refund_id(asked))

    return _decided(order_id, request, decision, view, tells=(RefundPayment,))


@app.routes.get("/orders/<order_id>/events")
def get_order_events(order_id: str) -> Response[str]:
    app.caller.require("orders:read")
    _find(order_id)
    return ok(listing(wiring.orders().messages(order_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _asked[R: BaseModel](shape: type[R]) -> R:
    """What is asked of an order, by someone who may and can ask it again under the same key."""
    app.caller.require("orders:write")
    app.idempotency_key()
    return checked(shape, app.body())


def _decided(
    order_id: str,
    request: BaseModel,
    decision: Callable[[Order, str], Change],
    view: Callable[[Order, str], Mapping[str, object]] = lambda order, _: order_view(order),
    *,
    tells: tuple[type[Message], ...],
) -> Response[str]:
    """Decide once for the caller's key; `decision` and `view` are also told the request's id."""
    request_id = app.caller.request_id(app.idempotency_key())

    def action() -> Mapping[str, object]:
        order = decide(
            order_id,
            lambda read: decision(read, request_id),
            tells=frozenset(each.__name__ for each in tells),
            orders=wiring.orders(),
            cause=app.caller.cause(request_id),
            terms=wiring.terms,
        )
        return view(order, request_id)

    return app.once(status=202, body=request.model_dump(), action=action)


def _amount(
    request: ConfirmationRequest | RefundRequest, order: Order, *, all_of_it: Money
) -> Money:
    """The amount asked for, in the order's currency; raises InvalidRequest for another one."""
    currency = order.amount.currency
    if request.currency not in {None, currency}:
        raise InvalidRequest(errors=(InputError("/currency", f"the order is in {currency}"),))
    return all_of_it if request.amount is None else Money(request.amount, currency)


def _refund_id(request_id: str) -> str:
    return derived("ref", request_id)


def _placed(request: OrderRequest, request_id: str) -> Change:
    purchase = Purchase(
        customer_id=request.customer_id,
        currency=request.currency,
        lines=tuple(
            Line(
                sku=line.sku,
                quantity=line.quantity,
                unit_amount=Money(line.unit_amount, request.currency),
            )
            for line in request.lines
        ),
        payment_method_token=request.payment_method.token,
        capture=CaptureMode(request.capture),
        metadata=request.metadata,
    )
    order_id = derived("ord", request_id)
    return place(
        purchase,
        order_id=order_id,
        payment_id=derived("pay", order_id),
        correlation_id=app.caller.correlation_id,
        now=app.caller.now,
    )


def _find(order_id: str) -> Order:
    order = wiring.orders().find(order_id)
    if order is None:
        raise NotFound("no such order")
    return order
