"""The commands this service accepts, the events it reacts to, and what each makes it do."""

from shared.contracts.payments import AuthorizePayment, CapturePayment, WebhookReceived

type Accepted = AuthorizePayment | CapturePayment
type Subscribed = WebhookReceived
