"""The events this service reacts to: everything there is a posting rule for."""

from shared.contracts.payments import PaymentCaptured

type Subscribed = PaymentCaptured
