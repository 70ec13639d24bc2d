"""What a caller may send to orders, and how it becomes an order."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from orders.domain.order import LINES_MAX
from shared.money import AMOUNT_MAX, currencies, exponent

QUANTITY_MAX = 1_000_000


def _active(currency: str) -> str:
    exponent(currency)
    return currency


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$")]
Amount = Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
Currency = Annotated[
    str, AfterValidator(_active), Field(json_schema_extra={"enum": list(currencies())})
]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LineRequest(_Request):
    sku: Name
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
    unit_amount: Amount


class PaymentMethodRequest(_Request):
    token: Token


class OrderRequest(_Request):
    """The body of POST /orders."""

    customer_id: Name
    currency: Currency
    lines: Annotated[list[LineRequest], Field(min_length=1, max_length=LINES_MAX)]
    payment_method: PaymentMethodRequest
    capture: Literal["on_confirmation", "automatic"] = "on_confirmation"
    metadata: Annotated[
        dict[
            Annotated[str, StringConstraints(min_length=1, max_length=40)],
            Annotated[str, StringConstraints(max_length=500)],
        ],
        Field(max_length=50),
    ] = {}


class ConfirmationRequest(_Request):
    """The body of POST /orders/{order_id}/confirm."""

    amount: Amount | None = None
    currency: Currency | None = None


class CancellationRequest(_Request):
    """The body of POST /orders/{order_id}/cancel: nothing."""


class PaymentRetryRequest(_Request):
    """The body of POST /orders/{order_id}/payment-method."""

    payment_method: PaymentMethodRequest


class RefundRequest(_Request):
    """The body of POST /orders/{order_id}/refunds; without an amount, all that is left."""

    amount: Amount | None = None
    currency: Currency | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]
