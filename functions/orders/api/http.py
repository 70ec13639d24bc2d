"""The orders routes of the REST API."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from orders import wiring
from orders.api.requests import ConfirmationRequest, OrderRequest
from orders.api.views import OrderView, order_view
from orders.application.confirm_order import confirm_order
from orders.application.place_order import place_order
from orders.domain.order import CaptureMode, Line, Order, Purchase, place
from shared import clock
from shared.contracts.envelope import Message
from shared.errors.taxonomy import NotFound
from shared.ids import derived
from shared.money import Money
from shared.rest.app import RestApp, ok
from shared.rest.events import listing
from shared.rest.requests import checked
from shared.rest.secret_access import api_keys

app = RestApp(api_keys=api_keys, guard=wiring.guard, clock=clock.now)


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
    app.caller.require("orders:write")
    key = app.idempotency_key()
    request = checked(ConfirmationRequest, app.body())

    def action() -> OrderView:
        order = confirm_order(
            order_id,
            minor=request.amount,
            currency=request.currency,
            orders=wiring.orders(),
            cause=app.caller.cause(app.caller.request_id(key)),
        )
        return order_view(order)

    return app.once(status=202, body=request.model_dump(), action=action)


@app.routes.get("/orders/<order_id>/events")
def get_order_events(order_id: str) -> Response[str]:
    app.caller.require("orders:read")
    _find(order_id)
    return ok(listing(wiring.orders().messages(order_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _placed(request: OrderRequest, request_id: str) -> tuple[Order, tuple[Message, ...]]:
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
