"""The Lambda behind the commands inbox of payments."""

import json
from typing import Any

from payments import wiring
from payments.application.reactions import Accepted, obey
from payments.infrastructure.providers import DEFAULT
from shared import clock
from shared.contracts.codec import adapter
from shared.contracts.envelope import Cause, Envelope
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    def obey_once(envelope: Envelope[Accepted], cause: Cause) -> None:
        """The guard spares a repeated command its work; the attempt's row makes it harmless."""
        command = envelope.data

        def action() -> dict[str, Any]:
            obey(
                envelope,
                cause,
                provider=DEFAULT,
                payments=wiring.payments(),
                gateways=wiring.provider,
            )
            return {"handled": envelope.id}

        wiring.guard().run(
            action,
            key=command.idempotency_key,
            payload=json.loads(adapter(type(command)).dump_json(command)),
            context=context,
        )

    consumer = Consumer(
        Accepted,
        react=obey_once,
        handled=wiring.table().handled,
        clock=clock.now,
        failures=FailureNotes(wiring.table()),
    )
    return consumer.on_queue(event)
