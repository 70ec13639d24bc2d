"""One run of the acquirer: everything it remembers and everything it still has to do."""

from sandbox.clock import Agenda, Clock
from sandbox.faults import Faults
from sandbox.idempotency import IdempotencyKeys
from sandbox.ids import Ids
from sandbox.processing import Processing
from sandbox.reports import Reports
from sandbox.webhooks import Endpoint, Postman


class World:
    """The parts of a run, put together; a reset is a new world with the old one stopped."""

    def __init__(
        self,
        *,
        seed: int,
        ids: Ids,
        endpoint: Endpoint | None = None,
        clock: Clock | None = None,
        reports: Reports | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.agenda = Agenda(self.clock)
        self.faults = Faults(seed)
        self.keys = IdempotencyKeys()
        self.postman = Postman(self.clock, self.agenda, ids, self.faults, endpoint)
        self.processing = Processing(self.clock, self.agenda, ids, self.postman)
        kept = (None, 0) if reports is None else (reports.bucket, reports.last_number)
        self.reports = Reports(self.clock, kept[0], before=kept[1])

    def start(self) -> None:
        self.agenda.start()
        self.postman.start()

    def stop(self) -> None:
        self.agenda.stop()
        self.postman.stop()
