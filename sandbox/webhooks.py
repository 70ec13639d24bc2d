"""Webhooks: signed as Standard Webhooks says, tried again with backoff until the receiver's 2xx."""

import base64
import binascii
import hashlib
import hmac
import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import urllib3

from sandbox.answers import Json, encoded, operation_view, timestamp
from sandbox.clock import Agenda, Clock
from sandbox.faults import FaultKind, Faults
from sandbox.ids import Ids
from sandbox.payment import Kind, Operation, Refused, Status
from sandbox.tokens import Notice

AFTER_THE_ANSWER = timedelta(milliseconds=50)
HELD_AT_MOST = timedelta(seconds=3)
GIVE_UP_AFTER = timedelta(days=3)
FIRST_RETRY = timedelta(milliseconds=500)
LONGEST_RETRY = timedelta(hours=1)
DOUBLINGS_MAX = 13  # beyond the longest retry
CONNECT_TIMEOUT_SECONDS = 2.0
READ_TIMEOUT_SECONDS = 10.0
FIRST_TRY_TIMEOUT_SECONDS = 5.0
WORKERS = 4
SECRET_PREFIX = "whsec_"  # noqa: S105  the mark of a secret, not one

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    url: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Event:
    id: str
    type: str
    payment_id: str
    body: bytes


@dataclass(eq=False)
class Delivery:
    """One event on its way; a second delivery of the same event is a duplicate on purpose."""

    event: Event
    since: datetime
    attempts: int = 0
    launched: bool = False
    releases: "Delivery | None" = None  # held back until this one has arrived
    tried: threading.Event = field(default_factory=threading.Event)


def signing_key(secret: str) -> bytes:
    """The key in `whsec_<base64>`; Refused `invalid_request` when it is not one."""
    encoded_key = secret.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded_key, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not key:
        raise Refused("invalid_request", "`secret` must be whsec_ followed by base64.")
    return key


def signature(key: bytes, *, webhook_id: str, sent_at_seconds: int, body: bytes) -> str:
    """The header `webhook-signature` of the Standard Webhooks specification."""
    signed = f"{webhook_id}.{sent_at_seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after this many attempts: half a second, doubling up to an hour."""
    doublings = min(attempts - 1, DOUBLINGS_MAX)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def event_type(operation: Operation) -> str:
    """What happened to the operation last: `operation.succeeded`, `dispute.opened` and so on."""
    if operation.status is Status.EXPIRED:
        return "authorization.expired"
    subject = "dispute" if operation.kind is Kind.DISPUTE else "operation"
    return f"{subject}.{operation.status}"


class Postman:
    """Queues events by the sandbox's clock and carries them to the one registered endpoint."""

    def __init__(
        self, clock: Clock, agenda: Agenda, ids: Ids, faults: Faults, endpoint: Endpoint | None
    ) -> None:
        self.endpoint = endpoint
        self._clock = clock
        self._agenda = agenda
        self._ids = ids
        self._faults = faults
        self._held: dict[str, Delivery] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._http = urllib3.PoolManager(
            maxsize=WORKERS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
        )

    def start(self) -> None:
        for number in range(WORKERS):
            name = f"postman-{number}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def stop(self) -> None:
        """Drop what still waits; a delivery under way ends within its timeout."""
        self.endpoint = None
        self._http.clear()
        for _ in range(WORKERS):
            self._queue.put(None)

    def post(self, operation: Operation, notice: Notice) -> Delivery | None:
        """Tell what became of the operation in its token's manner.

        A delivery to wait for comes back for FIRST.
        """
        if notice is Notice.NEVER or self.endpoint is None:
            return None
        if self._faults.strike(FaultKind.DROP_WEBHOOK):
            return None
        event = self._event(operation)
        if self._faults.strike(FaultKind.DOUBLE_WEBHOOK) or notice is Notice.TWICE:
            self._launch_later(self._delivery(event), AFTER_THE_ANSWER)
        delivery = self._delivery(event)
        if notice is Notice.FIRST:
            self._launch(delivery)
            return delivery
        if notice is Notice.REVERSED:
            self._swap(delivery)
        else:
            self._launch_later(delivery, AFTER_THE_ANSWER)
        return None

    def _event(self, operation: Operation) -> Event:
        event_id = self._ids.new("evt_")
        happened = event_type(operation)
        body: Json = {
            "id": event_id,
            "type": happened,
            "created_at": timestamp(self._clock.now()),
            "data": operation_view(operation),
        }
        return Event(event_id, happened, operation.payment_id, encoded(body))

    def _delivery(self, event: Event) -> Delivery:
        return Delivery(event, since=self._clock.now())

    def _swap(self, delivery: Delivery) -> None:
        """Hold this one for its payment's next, or let it overtake the one that is held."""
        payment_id = delivery.event.payment_id
        with self._lock:
            held = self._held.pop(payment_id, None)
            if held is None:
                self._held[payment_id] = delivery
                self._launch_later(delivery, HELD_AT_MOST)
                return
        delivery.releases = held
        self._launch_later(delivery, AFTER_THE_ANSWER)

    def _launch_later(self, delivery: Delivery, wait: timedelta) -> None:
        self._agenda.at(self._clock.now() + wait, lambda: self._launch(delivery))

    def _launch(self, delivery: Delivery) -> None:
        with self._lock:
            if delivery.launched:
                return
            delivery.launched = True
            if self._held.get(delivery.event.payment_id) is delivery:
                del self._held[delivery.event.payment_id]
        self._queue.put(delivery)

    def _work(self) -> None:
        while (delivery := self._queue.get()) is not None:
            try:
                self._try(delivery)
            except Exception:
                log.exception("delivering %s failed", delivery.event.id)

    def _try(self, delivery: Delivery) -> None:
        delivery.attempts += 1
        try:
            arrived = self._send(delivery.event)
        finally:
            delivery.tried.set()
        log.info(
            "webhook %s %s attempt %d %s",
            delivery.event.id,
            delivery.event.type,
            delivery.attempts,
            "arrived" if arrived else "failed",
        )
        if not arrived:
            self._retry(delivery)
        elif delivery.releases is not None:
            self._launch(delivery.releases)

    def _send(self, event: Event) -> bool:
        endpoint = self.endpoint
        if endpoint is None:
            return False
        # the machine's time, not the sandbox's: the receiver refuses what is minutes off its own
        sent_at_seconds = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "quittance-sandbox",
            "webhook-id": event.id,
            "webhook-timestamp": str(sent_at_seconds),
            "webhook-signature": signature(
                endpoint.key,
                webhook_id=event.id,
                sent_at_seconds=sent_at_seconds,
                body=event.body,
            ),
        }
        try:
            response = self._http.request(
                "POST", endpoint.url, body=event.body, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= response.status < 300  # noqa: PLR2004  the successes of HTTP

    def _retry(self, delivery: Delivery) -> None:
        due = self._clock.now() + retry_delay(delivery.attempts)
        if due - delivery.since > GIVE_UP_AFTER:
            log.warning("webhook %s given up", delivery.event.id)
            return
        self._agenda.at(due, lambda: self._queue.put(delivery))
